"""Nobody's answer follows from all figures that are ever given of 50 teams: every filter, every pair, every week."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest

from scoring.columns import Ints
from scoring.surveys.parting import NOTHING_SHOWN
from scoring.surveys.published import Published
from tests.scoring.surveys.teams import CODES, Team, determined, given, team

TEAMS = range(50)
Fifty = list[tuple[Team, list[tuple[Ints, Published]]]]


@pytest.fixture(scope="module")
def fifty() -> Fifty:
    """Fifty teams with all views that are given of them."""
    return [(one, given(one)) for one in map(team, TEAMS)]


def test_attacker_works_out_many_answers_where_nothing_is_hidden() -> None:
    found = [determined(one, given(one, guarded=False)).any(axis=1) for one in (team(seed, 16) for seed in range(4))]

    assert all(known.mean() > 0.2 for known in found)


def test_attacker_works_out_no_answer_of_fifty_teams() -> None:
    for seed in TEAMS:
        one = team(seed, 26)
        assert not determined(one, given(one)).any(), seed


def test_views_are_given_wherever_enough_people_answered_differently(fifty: Fifty) -> None:
    shown = [views for _, views in fifty]

    assert sum(bool(views) for views in shown) >= 45
    assert sum(len({tuple(view) for view, _ in views}) > 2 for views in shown) >= 25
    assert sum(any(one.cells or one.value for _, one in views) for views in shown) >= 25


def test_in_another_world_each_ballot_says_something_else_and_every_figure_is_the_same(fifty: Fifty) -> None:
    for one, shown in fifty:
        before = NOTHING_SHOWN
        for view, _ in shown:
            before = before.after(view)
        for place, ballot in enumerate(before.ballot):
            alike = before.ballot[before.group == before.group[place]]
            other = next(there for there in alike if one.code[there] != one.code[ballot])
            swapped = one.code.copy()
            swapped[[ballot, other]] = swapped[[other, ballot]]
            world = Team(one.filters, one.since, one.until, swapped)
            touched = [(view, was) for view, was in shown if (ballot in view) != (other in view)]
            assert touched == []
            if place == 0:
                assert all(world.published(view) == was for view, was in shown)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_attacker_who_knows_that_answers_are_whole_works_out_no_answer_either() -> None:
    """Ask for each ballot and code, by linear programming between nought and one, if it can be both."""
    optimize = import_module("scipy.optimize")
    for seed in range(200):
        one = team(seed, 24)
        shown = given(one)
        n = len(one.code)
        truth = np.eye(len(CODES))[one.code - 1].reshape(-1)
        lines = [np.kron(np.eye(n)[k], np.ones(len(CODES))) for k in range(n)]
        for view, was in shown:
            inside = np.isin(np.arange(n), view).astype(float)
            lines += [np.kron(inside, np.eye(len(CODES))[k]) for k, cell in enumerate(was.cells) if cell is not None]
            lines += [np.kron(inside, CODES)] if was.value is not None else []
        matrix = np.array(lines)
        for ballot in {int(b) for view, _ in shown for b in view}:
            for sign in (1, -1):
                goal = np.zeros(len(truth))
                said = ballot * len(CODES) + int(one.code[ballot]) - 1
                goal[said] = sign
                found = optimize.linprog(goal, A_eq=matrix, b_eq=matrix @ truth, bounds=(0, 1))
                assert found.success
                assert sign == -1 or found.x[said] < 1e-7, "the answer follows from the figures"


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_attacker_works_out_no_answer_of_many_larger_teams() -> None:
    for seed in range(50, 250):
        one = team(seed)
        assert not determined(one, given(one)).any(), seed

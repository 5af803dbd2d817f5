"""Synthetic teams with their answers over weeks, and an attacker who holds every figure that was ever shown.

Answers come late, are edited (then they are a new ballot) and erased. The attacker knows who is in which view; what
they do not know is what each ballot says. The figures are equations about that, and linear algebra says what they
determine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from scoring.columns import Bools, Ints
from scoring.surveys.answers import Coded, Floats, State, coded
from scoring.surveys.figures import counts
from scoring.surveys.parting import NOTHING_SHOWN, Ballots, Parting, ballots_of, refusal
from scoring.surveys.published import Published, scale

CODES = (1, 2, 3, 4, 5)
WEEKS = 4


@dataclass(frozen=True)
class Team:
    """A row per ballot: its filters, the weeks from and to which it is there, and what it says."""

    filters: Ints
    since: Ints
    until: Ints
    code: Ints

    def views(self, week: int) -> Iterator[Ints]:
        """Yield what can be asked for in a week: everybody, each value of each filter, each pair of these."""
        there = (self.since <= week) & (week < self.until)
        single = [(n, value) for n in range(self.filters.shape[1]) for value in np.unique(self.filters[:, n])]
        chosen = [(), *((one,) for one in single), *combinations(single, 2)]
        for wanted in chosen:
            rows = there.copy()
            for n, value in wanted:
                rows &= self.filters[:, n] == value
            yield np.flatnonzero(rows)

    def published(self, view: Ints) -> Published:
        """Return what is shown of a view."""
        return scale(Coded(np.full(len(view), int(State.ANSWERED)), self.code[view], CODES))

    @property
    def ballots(self) -> Ballots:
        """All ballots as the decision wants them."""
        return ballots_of(np.arange(len(self.code)), [coded(CODES, self.code.tolist())])


def team(seed: int, most: int = 60) -> Team:
    """Return a team of eight people or more, many of whom answer alike."""
    chance = np.random.default_rng(seed)
    n = int(chance.integers(8, most))
    liked = chance.dirichlet(np.array([0.4, 0.6, 1, 2, 1.5]))
    filters = np.stack([chance.integers(0, size, n) for size in (3, 3, 2)], axis=1)
    since, until = chance.integers(0, WEEKS, n), np.full(n, WEEKS)
    erased = chance.random(n) < 0.05
    until[erased] = chance.integers(1, WEEKS + 1, int(erased.sum()))
    code = chance.choice(CODES, n, p=liked)
    edited = np.flatnonzero((chance.random(n) < 0.1) & (since < WEEKS - 1))
    until[edited] = since[edited] + 1
    return Team(
        np.concatenate([filters, filters[edited]]),
        np.concatenate([since, since[edited] + 1]),
        np.concatenate([until, np.full(len(edited), WEEKS)]),
        np.concatenate([code, chance.choice(CODES, len(edited), p=liked)]),
    )


def given(of: Team, *, guarded: bool = True) -> list[tuple[Ints, Published]]:
    """Return all views that are given, week after week, with what is shown of them."""
    shown: list[tuple[Ints, Published]] = []
    before: Parting = NOTHING_SHOWN
    for week in range(WEEKS):
        for view in of.views(week):
            if not guarded:
                shown.append((view, _all(of, view)))
            elif refusal(before, [view], of.ballots) is None:
                before = before.after(view)
                shown.append((view, of.published(view)))
    return shown


def _all(of: Team, view: Ints) -> Published:
    """Return what would be shown without any hiding."""
    column = Coded(np.full(len(view), int(State.ANSWERED)), of.code[view], CODES)
    return Published(len(view), counts(column))


def determined(of: Team, shown: list[tuple[Ints, Published]]) -> Bools:
    """Return of which ballots what they say follows from the figures: a line per ballot, a column per code."""
    n = len(of.code)
    rows = [_each_says_one(n), *(_equations(n, view, one) for view, one in shown)]
    matrix = np.concatenate(rows)
    sizes, spaces = np.linalg.eigh(matrix.T @ matrix)
    free = spaces[:, sizes < 1e-10 * sizes[-1]]
    return np.asarray((np.abs(free) < 1e-7).all(axis=1).reshape(n, len(CODES)))


def _each_says_one(n: int) -> Floats:
    return np.asarray(np.kron(np.eye(n), np.ones(len(CODES))), np.float64)


def _equations(n: int, view: Ints, shown: Published) -> Floats:
    inside = np.isin(np.arange(n), view).astype(np.float64)
    wanted = [np.eye(len(CODES))[k] for k, cell in enumerate(shown.cells) if cell is not None]
    if shown.value is not None:
        wanted.append(np.array(CODES, np.float64))
    return np.array([np.kron(inside, one) for one in wanted]).reshape(len(wanted), n * len(CODES))

"""Pathways: how many of a cohort's people in one role come back in another (from mentee to mentor).

The measure behind "Let engagement lead the way", whose programme lost and won back the mentees who returned as mentors
of the next round.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.columns import Acts, Bools, Ints
from scoring.signals import Kind
from scoring.statistics import Ratio


@dataclass(frozen=True, slots=True)
class CohortPath:
    """What became of the people who held the first role in one cohort.

    `people` are they; `next` those of them in the second role in the cohort that began next, `later` in any cohort that
    began later, `any_role_later` in any role there. The three are None while no later cohort has begun: that is not yet
    known, which is something else than nobody.
    """

    cohort: str
    first_day: int
    people: int
    next: Ratio | None
    later: Ratio | None
    any_role_later: Ratio | None

    @property
    def known(self) -> bool:
        """Whether there was a later cohort to come back to."""
        return self.next is not None


@dataclass(frozen=True, slots=True)
class Pathway:
    """A pathway through a programme: its cohorts by first day, and everyone who could have gone it.

    `people` held the first role in any cohort; `later` are those of them who held the second one in a cohort that began
    after their first in the first role.
    """

    cohorts: tuple[CohortPath, ...]
    people: int
    later: Ratio


@dataclass(frozen=True, slots=True)
class _Places:
    """Participations in one programme: who, in which cohort (numbered by first day), when that began, in which role."""

    member: Ints
    cohort: Ints
    began: Ints
    first: Bools
    second: Bools


def pathway(acts: Acts, programme: str, from_role: str, to_role: str) -> Pathway:
    """Follow people from one role to another through the cohorts of a programme (letter case aside).

    A cohort begins on the day of its first participation. Cohorts that began on one day count as one step on the way.
    """
    names, days, places = _places(acts, programme, from_role, to_role)
    cohorts = tuple(_path(places, number, name, days) for number, name in enumerate(names))
    people, first_days = _first_days(places)
    back = _people(places, places.second, after=(people, first_days))
    return Pathway(cohorts, len(people), Ratio(len(np.intersect1d(people, back)), len(people)))


def _places(acts: Acts, programme: str, from_role: str, to_role: str) -> tuple[list[str], Ints, _Places]:
    """Return the cohorts' names and first days, and the participations that belong to them."""
    chosen = [n for n, one in enumerate(acts.contexts) if one.cohort and _same(one.programme, programme)]
    rows = np.flatnonzero((acts.kind == Kind.PARTICIPATION) & np.isin(acts.context, chosen))
    context, day = acts.context[rows], acts.day[rows]
    names = sorted({acts.contexts[n].cohort for n in np.unique(context).tolist()})
    number_of = {name: number for number, name in enumerate(names)}
    cohort = np.array([number_of.get(one.cohort, 0) for one in acts.contexts] or [0], np.int64)[context]
    began = np.full(len(names), np.iinfo(np.int64).max)
    np.minimum.at(began, cohort, day)
    order = np.argsort(began, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    first, second = (_in_role(acts, role)[context] for role in (from_role, to_role))
    places = _Places(acts.member[rows], rank[cohort], began[cohort], first, second)
    return [names[n] for n in order.tolist()], began[order], places


def _path(places: _Places, number: int, name: str, days: Ints) -> CohortPath:
    """Follow the people of one cohort."""
    here = np.unique(places.member[(places.cohort == number) & places.first])
    following = days[days > days[number]]
    if not len(following):
        return CohortPath(name, int(days[number]), len(here), None, None, None)

    def came_back(rows: Bools) -> Ratio:
        return Ratio(len(np.intersect1d(here, places.member[rows])), len(here))

    later = places.began > days[number]
    return CohortPath(
        cohort=name,
        first_day=int(days[number]),
        people=len(here),
        next=came_back(places.second & (places.began == following[0])),
        later=came_back(places.second & later),
        any_role_later=came_back(later),
    )


def _first_days(places: _Places) -> tuple[Ints, Ints]:
    """Return the people who held the first role and the first day of their first cohort in it."""
    people, who = np.unique(places.member[places.first], return_inverse=True)
    days = np.full(len(people), np.iinfo(np.int64).max)
    np.minimum.at(days, who, places.began[places.first])
    return people, days


def _people(places: _Places, rows: Bools, after: tuple[Ints, Ints]) -> Ints:
    """Return the members of some participations in cohorts that began after a day of each member's own."""
    people, days = after
    member, began = places.member[rows], places.began[rows]
    if not len(people):
        return people
    at = np.minimum(np.searchsorted(people, member), len(people) - 1)
    return np.unique(member[(people[at] == member) & (began > days[at])])


def _in_role(acts: Acts, role: str) -> Bools:
    return np.array([_same(one.role, role) for one in acts.contexts] or [False], np.bool_)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()

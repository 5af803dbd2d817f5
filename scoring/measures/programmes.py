"""Programmes: who engaged in which, and who in two or more at a band the community focuses on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np

from scoring.columns import Ints
from scoring.measures.history import Deeds
from scoring.mountain import Mountain
from scoring.signals import Context
from scoring.statistics import Ratio


@dataclass(frozen=True, slots=True)
class ProgrammeFigures:
    """Members who engaged in a programme, in one cohort of it or (cohort None) in any."""

    programme: str
    cohort: str | None
    members: Ratio


@dataclass(frozen=True, slots=True)
class CombinationFigures:
    """Members who engaged in exactly these programmes and no other."""

    programmes: tuple[str, ...]
    members: Ratio


def programmes(done: Deeds, contexts: Sequence[Context], whole: int) -> tuple[ProgrammeFigures, ...]:
    """Return each programme, by name, followed by its cohorts, by their first deed; ratios are over `whole`."""
    there = _in_programmes(done, contexts)
    found: list[ProgrammeFigures] = []
    for programme, numbers in _numbers([one.programme for one in contexts], there.context).items():
        of_programme = there.where(np.isin(there.context, numbers))
        found.append(ProgrammeFigures(programme, None, Ratio(len(of_programme.members), whole)))
        found += _cohorts(of_programme, programme, contexts, whole)
    return tuple(found)


def _cohorts(done: Deeds, programme: str, contexts: Sequence[Context], whole: int) -> list[ProgrammeFigures]:
    rows: list[tuple[int, ProgrammeFigures]] = []
    for cohort, numbers in _numbers([one.cohort for one in contexts], done.context).items():
        inside = done.where(np.isin(done.context, numbers))
        figures = ProgrammeFigures(programme, cohort, Ratio(len(inside.members), whole))
        rows.append((int(inside.day.min()), figures))
    return [figures for _, figures in sorted(rows, key=itemgetter(0))]


def focused(done: Deeds, contexts: Sequence[Context], mountain: Mountain) -> Deeds:
    """Keep the deeds in a programme at a focus band of members who have such in two or more programmes."""
    focus = [n for n, band in enumerate(mountain.bands) if band.focus]
    there = _in_programmes(done.where(np.isin(done.band, focus)), contexts)
    pairs = _member_programmes(there, contexts)
    members, counts = np.unique(pairs[:, 0], return_counts=True)
    return there.where(np.isin(there.member, members[counts >= 2]))


def combinations(done: Deeds, contexts: Sequence[Context], whole: int) -> tuple[CombinationFigures, ...]:
    """Count each exact set of programmes, the most frequent first; ratios are over `whole`."""
    names = sorted({one.programme for one in contexts})
    pairs = _member_programmes(done, contexts).tolist()
    sets = Counter(tuple(names[n] for _, n in rows) for _, rows in groupby(pairs, key=itemgetter(0)))
    ordered = sorted(sets.items(), key=lambda item: (-item[1], item[0]))
    return tuple(CombinationFigures(programmes, Ratio(members, whole)) for programmes, members in ordered)


def _in_programmes(done: Deeds, contexts: Sequence[Context]) -> Deeds:
    return done.where(np.isin(done.context, [n for n, one in enumerate(contexts) if one.programme]))


def _member_programmes(done: Deeds, contexts: Sequence[Context]) -> Ints:
    """Return the distinct rows of member and programme (an index into the sorted names), sorted."""
    names = sorted({one.programme for one in contexts})
    number_of = {name: number for number, name in enumerate(names)}
    programme = np.array([number_of[one.programme] for one in contexts] or [0], np.int64)[done.context]
    width = max(len(names), 1)
    keys = np.unique(done.member * width + programme)
    return np.column_stack((keys // width, keys % width))


def _numbers(labels: list[str], present: Ints) -> dict[str, list[int]]:
    """Return for each label, in alphabetical order, the contexts present that bear it; the empty label is left out."""
    found: dict[str, list[int]] = {}
    for number in np.unique(present).tolist():
        if labels[number]:
            found.setdefault(labels[number], []).append(number)
    return dict(sorted(found.items()))

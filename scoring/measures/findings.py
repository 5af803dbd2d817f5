"""The table of findings: what a community's period looks like on its Mountain.

Its two parts are those of the source text, "Let engagement lead the way": everyone who engaged, and those of them who
engaged in two or more programmes at a band the community focuses on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.columns import NOBODY, Acts
from scoring.measures import ties
from scoring.measures.bands import BandFigures, StepFigures, bands, steps
from scoring.measures.gaps import Stretch, within
from scoring.measures.groups import GroupFigures, groups
from scoring.measures.history import Deeds, History, Period, deeds
from scoring.measures.months import MonthFigures, months
from scoring.measures.programmes import CombinationFigures, ProgrammeFigures, combinations, focused, programmes
from scoring.signals import Kind
from scoring.statistics import Ratio


@dataclass(frozen=True, slots=True)
class TwoOrMore:
    """Members who engaged in two or more programmes at a focus band, over all engaged; what follows is over them."""

    members: Ratio
    programmes: tuple[ProgrammeFigures, ...]
    groups: tuple[GroupFigures, ...]
    combinations: tuple[CombinationFigures, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """A report's figures. `known` members did anything up to `as_of`; `engaged` did something typed in the period.

    `gaps` are the times in the period of which something is missing: no figure is whole where there are any.
    """

    known: int
    engaged: int
    engagements: int
    by_kind: dict[Kind, int]
    bands: tuple[BandFigures, ...]
    programmes: tuple[ProgrammeFigures, ...]
    groups: tuple[GroupFigures, ...]
    two_or_more: TwoOrMore
    months: tuple[MonthFigures, ...]
    ties: dict[Kind, ties.TieFigures]
    steps: tuple[StepFigures, ...]
    gaps: tuple[Stretch, ...]


def findings(history: History, period: Period) -> Findings:
    """Work out a report; the history must end with its `as_of`."""
    ever = deeds(history)
    done = ever.where(period.holds(ever.day))
    acts = history.acts.where(period.holds(history.acts.day))
    engaged = len(done.members)
    return Findings(
        known=int(np.count_nonzero(np.unique(history.acts.member) != NOBODY)),
        engaged=engaged,
        engagements=len(acts),
        by_kind=_by_kind(acts),
        bands=bands(history, done, period),
        programmes=programmes(done, acts.contexts, engaged),
        groups=groups(history.groups, done.members),
        two_or_more=_two_or_more(history, done),
        months=months(history.acts, ever, period, history.gaps),
        ties=ties.by_kind(acts),
        steps=steps(history, period),
        gaps=within(history.gaps, period.first, period.last),
    )


def _by_kind(acts: Acts) -> dict[Kind, int]:
    counts = np.bincount(acts.kind).tolist()
    return {Kind(number): count for number, count in enumerate(counts) if count}


def _two_or_more(history: History, done: Deeds) -> TwoOrMore:
    contexts = history.acts.contexts
    chosen = focused(done, contexts, history.mountain)
    members = len(chosen.members)
    return TwoOrMore(
        members=Ratio(members, len(done.members)),
        programmes=programmes(chosen, contexts, members),
        groups=groups(history.groups, chosen.members, within=done.members),
        combinations=combinations(chosen, contexts, members),
    )

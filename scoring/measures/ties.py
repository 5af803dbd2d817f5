"""Who turned to whom: ties between members from replies, mentions and reactions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from scoring.columns import NOBODY, Acts, Ints
from scoring.signals import Kind

TIE_KINDS = (Kind.REPLY, Kind.MENTION, Kind.REACTION)
"""The kinds of acts that tie one member to another."""


@dataclass(frozen=True, slots=True)
class Ties:
    """The distinct ordered pairs of members, sorted, and how many acts went from `source` to `target`.

    Pairs of a member with themselves are kept here; whoever draws a network leaves them out.
    """

    source: Ints
    target: Ints
    count: Ints


@dataclass(frozen=True, slots=True)
class TieFigures:
    """What is reported of the ties of one kind.

    `events` counts every act whose other side is known, `self_events` those of them to oneself, `pairs` the distinct
    ordered pairs of two people, `reciprocity` the share of those pairs whose reverse is there too (None without pairs).
    """

    events: int
    self_events: int
    pairs: int
    reciprocity: float | None


def ties(acts: Acts, kinds: Iterable[Kind] = TIE_KINDS) -> Ties:
    """Gather the acts of some kinds into ties; acts whose other side is not known make none."""
    chosen = np.isin(acts.kind, list(kinds)) & (acts.member != NOBODY) & (acts.counterpart != NOBODY)
    source, target = acts.member[chosen], acts.counterpart[chosen]
    width = _width(source, target)
    keys, count = np.unique(source * width + target, return_counts=True)
    return Ties(keys // width, keys % width, count.astype(np.int64))


def figures(of: Ties) -> TieFigures:
    """Sum ties up."""
    between = of.source != of.target
    source, target = of.source[between], of.target[between]
    width = _width(source, target)
    mutual = np.isin(target * width + source, source * width + target, assume_unique=True)
    pairs = len(source)
    return TieFigures(
        events=int(of.count.sum()),
        self_events=int(of.count[~between].sum()),
        pairs=pairs,
        reciprocity=int(mutual.sum()) / pairs if pairs else None,
    )


def by_kind(acts: Acts, kinds: Iterable[Kind] = TIE_KINDS) -> dict[Kind, TieFigures]:
    """Return the figures of each kind of tie apart."""
    return {kind: figures(ties(acts, (kind,))) for kind in kinds}


def _width(source: Ints, target: Ints) -> int:
    """Return a number above every member number, so that `source * width + target` names a pair."""
    return int(max(source.max(), target.max())) + 1 if len(source) else 1

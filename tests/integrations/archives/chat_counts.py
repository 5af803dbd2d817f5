"""Counts over the signals of an archive, in the words of the open data's facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from statistics import mean, median

import networkx

from bot.ports import Account, Archive, Kind, Signal, date_of, day_of

WRITTEN = (Kind.MESSAGE, Kind.REPLY)


def signals_of(archive: Archive) -> list[Signal]:
    """Read an archive to its end and close it."""
    with closing(archive):
        return [item for item in archive.items() if isinstance(item, Signal)]


@dataclass(frozen=True, slots=True)
class Ties:
    """Directed ties of one kind: all, to oneself, distinct pairs without oneself, share of pairs that go both ways."""

    events: int
    self: int
    pairs: int
    reciprocity: float


def written(signals: Iterable[Signal]) -> dict[str, Signal]:
    """Return the messages and replies by key."""
    return {one.key: one for one in signals if one.kind in WRITTEN and not one.retracted}


def per_writer(signals: Iterable[Signal]) -> list[int]:
    """Return how many messages each writer wrote, most first."""
    return sorted(Counter(one.account for one in written(signals).values()).values(), reverse=True)


def spread(signals: Iterable[Signal]) -> tuple[int, float, float]:
    """Return the most, the median and the mean of messages per writer."""
    counts = per_writer(signals)
    return counts[0], median(counts), round(mean(counts), 3)


def channels(signals: Iterable[Signal]) -> list[tuple[int, int]]:
    """Return messages and writers of each channel, largest first."""
    found: dict[str, list[Account | None]] = {}
    for one in written(signals).values():
        found.setdefault(one.context.place, []).append(one.account)
    return sorted(((len(authors), len(set(authors))) for authors in found.values()), reverse=True)


def writers_by_month(signals: Iterable[Signal]) -> list[int]:
    """Return the writers of each UTC month, from the first to the last in which someone wrote."""
    found: dict[tuple[int, int], set[Account | None]] = {}
    for one in written(signals).values():
        day = date_of(day_of(one.at))
        found.setdefault((day.year, day.month), set()).add(one.account)
    first, last = (year * 12 + month - 1 for year, month in (min(found), max(found)))
    return [len(found.get((number // 12, number % 12 + 1), ())) for number in range(first, last + 1)]


def links(signals: Sequence[Signal], kind: Kind) -> list[tuple[Account, Account]]:
    """Return who is tied to whom by each reply, mention or reaction; both messages must be a person's."""
    authors = {key: one.account for key, one in written(signals).items()}
    ends = ((one.account, one.target or authors.get(one.parent)) for one in signals if one.kind is kind)
    return [(begin, end) for begin, end in ends if begin and end]


def ties(signals: Sequence[Signal], kind: Kind) -> Ties:
    """Return the figures of one kind of tie."""
    found = links(signals, kind)
    pairs = {pair for pair in found if pair[0] != pair[1]}
    both = sum((end, begin) in pairs for begin, end in pairs)
    oneself = sum(begin == end for begin, end in found)
    return Ties(len(found), oneself, len(pairs), round(both / len(pairs), 4) if pairs else 0.0)


def graph(signals: Sequence[Signal], *kinds: Kind) -> tuple[int, int, float, int]:
    """Return nodes, edges, mean degree and components of the undirected graph without loops."""
    pairs = (pair for kind in kinds for pair in links(signals, kind) if pair[0] != pair[1])
    drawn = networkx.Graph(pairs)
    nodes, edges = drawn.number_of_nodes(), drawn.number_of_edges()
    return nodes, edges, round(2 * edges / nodes, 3), networkx.number_connected_components(drawn)

"""The times of a server that were not heard and are not read yet, and how far they are read in each place: one value.

All gaps that are open are read together, so that a thousand short ones cost no more than the one long one they make up.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from integrations.discord.payloads.ids import id_at


class Gap(NamedTuple):
    """A time that was not heard: its number at the desk, and its ends in ms."""

    number: int
    since: int
    until: int

    @property
    def end(self) -> int:
        """The last id that lies in it."""
        return id_at(self.until + 1) - 1


@dataclass(frozen=True, slots=True)
class Missed:
    """Gaps, and for each place the id up to which what lies in them is read; `floor` is that of places not listed."""

    gaps: tuple[Gap, ...] = ()
    floor: int = 0
    reached: Mapping[str, int] = field(default_factory=dict)
    _spans: tuple[tuple[int, int], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_spans", _spans(self.gaps))

    @property
    def since(self) -> int:
        """The first moment that is not heard (ms)."""
        return min(one.since for one in self.gaps)

    @property
    def end(self) -> int:
        """The last id that lies in any gap."""
        return self._spans[-1][1] if self._spans else 0

    def __contains__(self, number: int) -> bool:
        """Whether an id lies in one of the gaps."""
        n = bisect_left(self._spans, number, key=lambda one: one[1])
        return n < len(self._spans) and self._spans[n][0] <= number

    def with_gap(self, gap: Gap) -> Missed:
        """Return this and one more gap: what lies in that one is to be read everywhere."""
        start = id_at(gap.since) - 1
        reached = {place: min(number, start) for place, number in self.reached.items()}
        return Missed((*self.gaps, gap), min(self.floor, start) if self.gaps else start, reached)

    def made_of(self, gaps: Iterable[tuple[int, int, int]]) -> Missed:
        """Return this with those gaps that are open, whether it knows of them or not: a kill may come between."""
        still = {one[0]: Gap(*one) for one in gaps}
        found = replace(self, gaps=tuple(one for one in self.gaps if one.number in still))
        for number in still.keys() - {one.number for one in found.gaps}:
            found = found.with_gap(still[number])
        return found

    def at(self, place: str) -> int:
        """Return up to which id a place is read."""
        return self.reached.get(place, self.floor)

    def next_in(self, place: str) -> int | None:
        """Return the id after which a place is to be read on, None where all of it is read."""
        number = self.at(place)
        n = bisect_left(self._spans, number + 1, key=lambda one: one[1])
        return max(number, self._spans[n][0] - 1) if n < len(self._spans) else None

    def read(self, place: str, number: int) -> Missed:
        """Return this with a place read up to an id."""
        return replace(self, reached={**self.reached, place: number})

    def ended(self, refused: Collection[str]) -> tuple[list[int], Missed]:
        """Return the gaps that are read whole, and what is left: all places are read but those that are refused."""
        lowest = min(map(self.at, refused), default=self.end)
        good = [one.number for one in self.gaps if one.end <= lowest]
        left = tuple(one for one in self.gaps if one.end > lowest)
        return good, Missed(left, self.end, {place: self.at(place) for place in refused} if left else {})


def written(missed: Missed) -> str:
    """Return it as a note."""
    return json.dumps({"gaps": missed.gaps, "floor": missed.floor, "reached": missed.reached})


def read(note: str | None) -> Missed:
    """Read a note; one of an earlier version told of the gaps alone, each with what was read of it."""
    found = json.loads(note) if note else []
    if isinstance(found, list):
        missed = Missed()
        for row in found:
            missed = missed.with_gap(Gap(*row[:3]))
        return missed
    return Missed(tuple(Gap(*row) for row in found["gaps"]), found["floor"], found["reached"])


def _spans(gaps: Iterable[Gap]) -> tuple[tuple[int, int], ...]:
    """Return the first and last ids of the times that gaps make up together, in their order."""
    found: list[tuple[int, int]] = []
    for first, last in sorted((id_at(one.since), one.end) for one in gaps):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return tuple(found)

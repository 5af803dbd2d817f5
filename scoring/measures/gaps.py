"""Times in which not everything was heard, and what is missing of them: the one place that decides it.

A count of such a time is incomplete, which is something else than low. Whatever shows counts says so beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from scoring.signals import Kind, day_of

NOT_HEARD = frozenset({Kind.SURVEY_ANSWER, Kind.LOGGED})
"""Kinds that people give to Cairn, or files do: while it does not listen, nothing of them goes by."""

SHOWN_LATER = frozenset({Kind.MESSAGE, Kind.REPLY, Kind.MENTION, Kind.THREAD, Kind.JOIN, Kind.RSVP, Kind.MODERATION})
"""Kinds of which a platform still tells who asks later. Of all others something may be missing for good: who left
again, how long somebody stayed, who spoke on a stage, a role held for an hour, a reaction to a message from before that
time."""

BRIEF_MS = 300_000
"""A stretch up to this long of which history was read is a restart, and not worth a word."""


class Unheard(NamedTuple):
    """A time (ms) that was not heard, as it was put down; `made_good` says that what history still shows was read."""

    space: str
    since: int
    until: int
    made_good: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time (ms) of which something is missing in a space, and of which kinds.

    It is `open` while not even what history shows is all there: it is being read, or Cairn may not read it.
    """

    space: str
    since: int
    until: int
    open: bool
    missing: tuple[Kind, ...]


def stretches(found: Iterable[Unheard], kinds: Iterable[Kind]) -> tuple[Stretch, ...]:
    """Return what is missing of the times that were not heard, the earliest first; `kinds` are those in use.

    Times of a space that meet are one: a Cairn that dies again and again hears nothing in between, either.
    """
    used = sorted(frozenset(kinds) - NOT_HEARD)
    lost = {True: tuple(used), False: tuple(one for one in used if one not in SHOWN_LATER)}
    rows = [Stretch(space, since, until, not good, lost[not good]) for space, since, until, good in found]
    together = _together(sorted(rows, key=lambda one: (one.space, one.open, one.since)))
    told = [one for one in together if one.missing and (one.open or one.until - one.since > BRIEF_MS)]
    return tuple(sorted(told, key=lambda one: (one.since, one.until, one.space)))


def within(found: Iterable[Stretch], first: int, last: int) -> tuple[Stretch, ...]:
    """Return the stretches that touch the days from `first` to `last`."""
    return tuple(one for one in found if day_of(one.since) <= last and day_of(one.until - 1) >= first)


def missing(found: Iterable[Stretch], first: int, last: int) -> tuple[Kind, ...]:
    """Return of which kinds something is missing in the days from `first` to `last`; none where all is there."""
    return tuple(sorted({kind for one in within(found, first, last) for kind in one.missing}))


def _together(rows: Sequence[Stretch]) -> list[Stretch]:
    """Join those that meet, of rows sorted by space and beginning."""
    found: list[Stretch] = []
    for one in rows:
        last = found[-1] if found else None
        if last is not None and (last.space, last.open) == (one.space, one.open) and one.since <= last.until:
            found[-1] = replace(last, until=max(last.until, one.until))
        else:
            found.append(one)
    return found

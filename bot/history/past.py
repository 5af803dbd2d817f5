"""What was done in a space before it was listened to, as integrations read it through `bot.ports` (back-fill)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from scoring.signals import Signal


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back a space's history is to be read: from `since` up to `until`, both in ms; `since` 0 is all of it."""

    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a place is read: down to the object `cursor` (the platform's id), and whole back to `since` (ms).

    `since` is None while something older is still to be read.
    """

    cursor: str
    since: int | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a place's history, read from the newest to the oldest: what it says, and how far that is.

    `cursor` is the platform's id of the oldest object read, `at` its moment (ms; 0 where nothing was read). `since`
    says back to when the place is read whole with it, None while something older is still to be read.
    """

    place: str
    cursor: str
    at: int
    since: int | None
    signals: Sequence[Signal] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of a space's channels are read, and which cannot be read (their ids)."""

    places: int
    done: int
    refused: tuple[str, ...] = ()


class Past(Protocol):
    """A space's history as far as it is wanted. How far it is read is put down with what was read, in one commit.

    All methods raise MachineError as the storage does.
    """

    async def wanted(self, now: int) -> Reach | None:
        """Return what is to be read, None where nothing is or all has been; `now` (ms) ends it where it begins."""
        ...

    async def marks(self, places: Collection[str]) -> Mapping[str, Mark]:
        """Return how far these places are read; those that were not begun are left out."""
        ...

    async def record(self, stretch: Stretch) -> bool:
        """Store a stretch; returns False where the reading is to end, because it was taken back or the space went."""
        ...

    async def tell(self, progress: Progress) -> None:
        """Put down how it goes."""
        ...

    async def end(self) -> None:
        """Put down that all that is wanted and can be read has been."""
        ...

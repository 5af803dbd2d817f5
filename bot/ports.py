"""All that an integration may import from `bot`: what it hands over, and what it is handed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.errors import InputError, MachineError
from scoring.signals import Account, Context, Kind, Signal, date_of, day_number, day_of, milliseconds

__all__ = [
    "Account",
    "Archive",
    "Context",
    "Count",
    "Inbox",
    "InputError",
    "Item",
    "Kind",
    "MachineError",
    "Person",
    "Read",
    "Receipt",
    "Signal",
    "Space",
    "date_of",
    "day_number",
    "day_of",
    "milliseconds",
]


@dataclass(frozen=True, slots=True)
class Space:
    """One Discord server or Slack workspace, as its platform names it; `id` is the platform's own."""

    platform: str
    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Identities that a source vouches to be one person, and what it declares of them (`country`: `Peru`)."""

    accounts: tuple[Account, ...]
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """An anonymous number from outside: `n` of `kind` at `place` on a day. `key` makes it unique within its source."""

    kind: str
    day: int
    place: str
    n: int
    key: str


Item = Signal | Person | Count


@dataclass(slots=True)
class Read:
    """What an archive has read so far; it grows while `Archive.items` is consumed.

    `objects` are the file's records of any sort, `accounts` the people's identities it lists or saw writing, `bots`
    those of them that are machines, `skipped` what was left aside by reason, `first` and `last` moments in ms.
    """

    objects: int = 0
    channels: int = 0
    accounts: int = 0
    bots: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    first: int | None = None
    last: int | None = None

    def saw(self, moment: int) -> None:
        """Widen `first` and `last` to include a moment."""
        if self.first is None or moment < self.first:
            self.first = moment
        if self.last is None or moment > self.last:
            self.last = moment


class Archive(Protocol):
    """A file of a community's history, opened and checked.

    Opening raises `InputError` for what is not such a file at all. `items` streams in one pass with flat memory, always
    in the same order for the same file (an interrupted import goes on at a position), and raises `InputError` where the
    file is damaged. `size` and `position` are in the same unit (bytes) and drive the progress bar.
    """

    source: str
    space: Space | None
    captured: int
    size: int
    position: int
    read: Read

    def items(self) -> Iterator[Item]:
        """Yield what the file holds."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


@dataclass(slots=True)
class Receipt:
    """What became of recorded signals. `again` counts those this very source had given before, by kind.

    `dropped` counts, by reason, what was not stored: kinds no rule uses, people who are left out, poisoned signals.
    """

    new: int = 0
    known: int = 0
    changed: int = 0
    retracted: int = 0
    again: Counter[Kind] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)


class Inbox(Protocol):
    """Where an integration hands in signals."""

    async def record(self, signals: Sequence[Signal]) -> Receipt:
        """Store signals; returns after the commit, so that the platform can be acknowledged then."""
        ...

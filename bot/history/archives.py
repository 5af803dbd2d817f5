"""What a reader of archives hands over: a community's history as it lies in a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from bot.hearing.space_settings import Space
from scoring.signals import Account, Signal


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
    in the same order for the same file (an interrupted import goes on at a position); InputError where it is damaged.
    `size` and `position` are in the same unit (bytes) and drive the progress bar.
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

"""A clock that a story sets, and the moments of a story, told in their order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from scoring.signals import DAY_MS

_MINUTE_MS = 60_000


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is set, or is told to go on. Moments are in ms since 1970."""

    moment: int
    _since: float | None = None

    def __call__(self) -> int:
        """Return what time it is."""
        gone = 0.0 if self._since is None else time.monotonic() - self._since
        return self.moment + int(gone * 1000)

    def seconds(self) -> float:
        """Return what time it is in seconds since 1970."""
        return self() / 1000

    def next_minute(self) -> None:
        """Set it a minute forward."""
        self.moment += _MINUTE_MS

    def go_on(self) -> None:
        """Let it go from now on as any clock does."""
        self._since = time.monotonic()


class Beat(NamedTuple):
    """Something that happens at a moment."""

    at: int
    do: Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a story is told: `seconds` for all of it, 0 for as fast as it can be heard."""

    first: int
    last: int
    seconds: float = 0.0

    def due(self, moment: int) -> float:
        """Return how many seconds after the beginning a moment's UTC day is due."""
        days = max((self.last - self.first) // DAY_MS, 1)
        return self.seconds * ((moment - self.first) // DAY_MS) / days

    def done(self, moment: int) -> float:
        """Return how much of the story has been told at a moment, from 0 to 1."""
        return min(max((moment - self.first) / max(self.last - self.first, 1), 0.0), 1.0)


async def tell(beats: Iterable[Beat], clock: Clock, pace: Pace, heard: Callable[[], Awaitable[None]]) -> None:
    """Let everything happen in its order.

    The clock goes on only when all that happened has been `heard`: reactions and stays carry no time of their own, so
    they would else be dated by a later moment.
    """
    began = time.monotonic()
    for beat in sorted(beats, key=lambda one: one.at):
        if beat.at > clock.moment:
            await heard()
            await asyncio.sleep(max(began + pace.due(beat.at) - time.monotonic(), 0.0))
            clock.moment = beat.at
        await beat.do()
    await heard()

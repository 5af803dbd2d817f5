"""A clock that a story sets, and the moments of a story, told in their order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from scoring.signals import DAY_MS


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is set. Moments are in ms since 1970."""

    moment: int

    def __call__(self) -> int:
        """Return what time it is."""
        return self.moment

    def seconds(self) -> float:
        """Return what time it is in seconds since 1970."""
        return self.moment / 1000


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

"""Discord's ids: unique numbers that carry their moment and rise with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime

EPOCH_MS = 1_420_070_400_000
_PLACED = 1 << 21


def moment_of(number: int) -> int:
    """Return the moment inside an id, in ms since 1970."""
    return (number >> 22) + EPOCH_MS


def iso(moment: int) -> str:
    """Return a moment in ms as Discord writes times."""
    return datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="microseconds")


def moment_from(text: str) -> int:
    """Return the moment of a time in ISO 8601, in ms. Raises ValueError."""
    read = datetime.fromisoformat(text)
    return round((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp() * 1000)


class Snowflakes:
    """Gives out ids by a clock that returns ms; ids of now always rise, also where the clock stands or steps back."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._last = 0
        self._placed: defaultdict[int, int] = defaultdict(lambda: _PLACED)

    def now(self) -> int:
        """Return an id for this moment."""
        self._last = max((self._clock() - EPOCH_MS) << 22, self._last + 1)
        return self._last

    def at(self, moment: int) -> int:
        """Return an id for a given moment in ms; for the same moment, later calls give higher ids."""
        low = self._placed[moment]
        self._placed[moment] = low + 1
        return (moment - EPOCH_MS) << 22 | low

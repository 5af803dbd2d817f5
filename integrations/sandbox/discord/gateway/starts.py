"""How often sessions were begun, and how many more may be today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

_DAY_MS = 86_400_000


@dataclass(slots=True)
class Starts:
    """Counts IDENTIFYs by shard and moment. `clock` returns ms; `total` is how many a day may have.

    `every` are the seconds between two of one concurrency group (5 at Discord's; 0 lets them come at any pace).
    """

    clock: Callable[[], int]
    total: int = 1000
    max_concurrency: int = 1
    every: float = 0.0
    made: list[tuple[int, int]] = field(default_factory=list)

    def begin(self, shard: int) -> bool:
        """Note one IDENTIFY; returns False for one that comes too soon after another."""
        now, group = self.clock(), shard % self.max_concurrency
        last = max((moment for moment, other in self.made if other % self.max_concurrency == group), default=None)
        if last is not None and now - last < self.every * 1000:
            return False
        self.made.append((now, shard))
        return True

    def recent(self) -> list[int]:
        """Return the moments of the last day's."""
        since = self.clock() - _DAY_MS
        return [moment for moment, _ in self.made if moment > since]

    @property
    def remaining(self) -> int:
        """How many are left; below zero the token is reset."""
        return self.total - len(self.recent())

    def limit(self) -> dict[str, int]:
        """Return Discord's `session_start_limit`."""
        recent = self.recent()
        return {
            "total": self.total,
            "remaining": max(0, self.remaining),
            "reset_after": recent[0] + _DAY_MS - self.clock() if recent else 0,
            "max_concurrency": self.max_concurrency,
        }

"""The time of a sandbox: it runs by itself, and can be moved on."""

from __future__ import annotations

from collections.abc import Callable


class Time:
    """Moments in ms since 1970 and monotonic seconds. `skipped` is how many seconds were skipped."""

    def __init__(self, clock: Callable[[], int], timer: Callable[[], float]) -> None:
        self._clock = clock
        self._timer = timer
        self.skipped = 0.0

    def moment(self) -> int:
        """Return the moment, in ms since 1970."""
        return self._clock() + round(self.skipped * 1000)

    def seconds(self) -> float:
        """Return monotonic seconds, by which limits and deadlines run."""
        return self._timer() + self.skipped

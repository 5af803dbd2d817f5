"""Rate limits: per route and major value, and one for everything."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from integrations.sandbox.discord.hub import Limits


@dataclass(slots=True)
class Bucket:
    """How many requests a window of seconds takes, and how far the present one is used."""

    most: int
    seconds: float
    ends: float = 0.0
    used: int = 0

    def take(self, now: float) -> float:
        """Use one; returns 0, or in how many seconds there is room again."""
        if now >= self.ends:
            self.ends, self.used = now + self.seconds, 0
        if self.used >= self.most:
            return self.ends - now
        self.used += 1
        return 0.0


@dataclass(frozen=True, slots=True)
class Taken:
    """What a request got: the seconds to wait (0 if none), whether the limit is everybody's, and its headers."""

    wait: float
    everywhere: bool
    headers: dict[str, str]


class Buckets:
    """All buckets of the one token. `timer` returns monotonic seconds, `epoch` the wall clock in seconds."""

    def __init__(self, limits: Limits, timer: Callable[[], float], epoch: Callable[[], float]) -> None:
        self._limits = limits
        self._timer = timer
        self._epoch = epoch
        self._everywhere = Bucket(*limits.everywhere)
        self._routes = {route: (most, seconds) for route, most, seconds in limits.routes}
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def take(self, route: str, major: str, *, counted: bool) -> Taken:
        """Use one request of a route (method and path); `counted` is False for those the overall limit leaves out."""
        now = self._timer()
        wait = self._everywhere.take(now) if counted else 0.0
        if wait:
            return Taken(wait, True, {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"})
        bucket = self._buckets.get((route, major))
        if bucket is None:
            bucket = self._buckets[route, major] = Bucket(*self._routes.get(route, self._limits.others))
        wait = bucket.take(now)
        return Taken(wait, False, self._headers(route, bucket, bucket.ends - now))

    def _headers(self, route: str, bucket: Bucket, left: float) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(bucket.most),
            "X-RateLimit-Remaining": str(bucket.most - bucket.used),
            "X-RateLimit-Reset": f"{self._epoch() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(route.encode()).hexdigest()[:32],
        }

"""Slack's limits, which rehearsals keep and tests may lift."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from integrations.sandbox.slack.clock import Time

TIER_1, TIER_2, TIER_3, TIER_4, SPECIAL, FREE = 1, 2, 3, 4, 5, 0


@dataclass(frozen=True, slots=True)
class Limits:
    """How much Slack takes. `tiers` are requests a minute per method, workspace and app, for tier 1 to 4.

    `special` is a minute's requests to `auth.test` and the like, `post` how many messages in how many seconds a
    channel takes. `commercial` is a minute's requests for history where an app is `commercial`. With `lifted`, none of
    these hold. `answer` is the seconds an app has to answer, `trigger` those a trigger can be used, `response` how
    often and for how many seconds a response URL can, `hourly` the events a workspace sends an app in an hour,
    `enough` the attempts in an hour of which too many failed ones switch an app's subscriptions off, `sockets` how
    many an app may open, `at_once` how many requests are on their way to apps at the same time.
    """

    tiers: tuple[int, int, int, int] = (1, 20, 50, 100)
    special: int = 600
    post: tuple[int, float] = (1, 1.0)
    commercial: int = 1
    lifted: bool = False
    answer: float = 3.0
    trigger: float = 3.0
    response: tuple[int, float] = (5, 1800.0)
    hourly: int = 30_000
    enough: int = 1_000
    sockets: int = 10
    at_once: int = 200


LIFTED = Limits(lifted=True)


@dataclass(slots=True)
class Meters:
    """Counts requests by a key over a sliding time."""

    time: Time
    _taken: dict[tuple[str, ...], deque[float]] = field(default_factory=dict)

    def wait(self, key: tuple[str, ...], most: int, seconds: float) -> int:
        """Count a request; returns the whole seconds to wait where there were too many, and counts it not."""
        now = self.time.seconds()
        taken = self._taken.setdefault(key, deque())
        while taken and taken[0] <= now - seconds:
            taken.popleft()
        if len(taken) >= most:
            return max(1, math.ceil(taken[0] + seconds - now))
        taken.append(now)
        return 0

    def clear(self) -> None:
        """Forget all that was counted."""
        self._taken.clear()

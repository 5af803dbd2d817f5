"""How an app stands: how many events a workspace sends it, and how many of them it takes.

Source: Slack's page "The Events API", "Rate limits" and "Failure limits".
"""

from __future__ import annotations

from collections import defaultdict, deque

from integrations.sandbox.slack.clock import Time
from integrations.sandbox.slack.limits import Limits
from integrations.sandbox.slack.model import Json
from integrations.sandbox.slack.registered import App

_HOUR = 3600.0
_LEAST = 0.05


class Standing:
    """`switched_off` are the apps whose subscriptions Slack has ended; `back_on` is their owner's click."""

    def __init__(self, time: Time, limits: Limits) -> None:
        self._time = time
        self._limits = limits
        self._sent: dict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._warned: dict[tuple[str, str], int] = {}
        self._ends: dict[str, deque[tuple[float, bool]]] = defaultdict(deque)
        self._well: dict[str, int] = defaultdict(int)
        self.switched_off: set[str] = set()

    def share(self, app: App) -> float:
        """Return the share of attempts in the last hour that went well, 1 where there was none."""
        ends = self._ends[app.id]
        self._forget(app.id)
        return self._well[app.id] / len(ends) if ends else 1.0

    def back_on(self, app: App) -> None:
        """Switch an app's subscriptions on again."""
        self.switched_off.discard(app.id)
        self._ends[app.id].clear()
        self._well[app.id] = 0

    def limits(self, app: App, team_id: str) -> Json | None:
        """Count an event. Returns None where it may be sent; else what to say of that, which is empty but once a
        minute.
        """
        if app.id in self.switched_off:
            return {}
        key, now = (app.id, team_id), self._time.seconds()
        sent = self._sent[key]
        while sent and sent[0] <= now - _HOUR:
            sent.popleft()
        if len(sent) < self._limits.hourly:
            sent.append(now)
            return None
        minute = self._time.moment() // 60_000 * 60
        if self._warned.get(key) == minute:
            return {}
        self._warned[key] = minute
        return {
            "token": app.verification,
            "type": "app_rate_limited",
            "team_id": team_id,
            "minute_rate_limited": minute,
            "api_app_id": app.id,
        }

    def count(self, app: App, *, well: bool) -> None:
        """Count how an attempt ended; too many that went wrong in an hour end the subscriptions."""
        ends = self._ends[app.id]
        ends.append((self._time.seconds(), well))
        self._well[app.id] += well
        self._forget(app.id)
        if len(ends) >= self._limits.enough and self._well[app.id] < _LEAST * len(ends):
            self.switched_off.add(app.id)

    def _forget(self, app_id: str) -> None:
        ends, since = self._ends[app_id], self._time.seconds() - _HOUR
        while ends and ends[0][0] <= since:
            self._well[app_id] -= ends.popleft()[1]

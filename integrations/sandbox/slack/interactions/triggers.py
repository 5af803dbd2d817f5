"""Trigger ids: each lets the app open one view, for three seconds."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from integrations.sandbox.slack.clock import Time
from integrations.sandbox.slack.interactions.uses import Use
from integrations.sandbox.slack.refusals import Refused

_KEPT = 10_000


@dataclass(slots=True)
class Trigger:
    """One trigger; `until` by the sandbox's seconds."""

    app_id: str
    use: Use
    until: float
    used: bool = False


@dataclass(slots=True)
class Triggers:
    """All triggers; the oldest are forgotten in the end."""

    time: Time
    lasts: float
    _known: dict[str, Trigger] = field(default_factory=dict)

    def new(self, app_id: str, use: Use) -> str:
        """Make a trigger for an interaction."""
        if len(self._known) >= _KEPT:
            del self._known[next(iter(self._known))]
        made = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._known[made] = Trigger(app_id, use, self.time.seconds() + self.lasts)
        return made

    def take(self, app_id: str, text: str) -> Use:
        """Use a trigger up; returns its interaction. Refuses one that is unknown, another app's, used or too old."""
        known = self._known.get(text)
        if known is None or known.app_id != app_id:
            raise Refused("invalid_trigger_id")
        if known.used:
            raise Refused("exchanged_trigger_id")
        if known.until < self.time.seconds():
            raise Refused("expired_trigger_id")
        known.used = True
        return known.use

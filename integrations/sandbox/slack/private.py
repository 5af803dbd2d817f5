"""What single people see: ephemeral messages, open modals, their Home tab."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from integrations.sandbox.slack.model import Json, Message, View


@dataclass(slots=True)
class Private:
    """By person. `modals` has the stack of open ones per person, the topmost last; `homes` by person and app;
    `typed` is what somebody has chosen in the fields of a message, by its timestamp."""

    ephemerals: dict[str, list[Message]] = field(default_factory=lambda: defaultdict(list))
    modals: dict[str, list[View]] = field(default_factory=lambda: defaultdict(list))
    homes: dict[tuple[str, str], View] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    typed: dict[tuple[str, str], Json] = field(default_factory=dict)

    def ephemeral(self, user_id: str, ts: str) -> Message | None:
        """Return an ephemeral message that somebody sees."""
        return next((one for one in self.ephemerals[user_id] if one.ts == ts), None)

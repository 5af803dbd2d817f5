"""The figures that integrations tell of themselves, through `bot.ports`."""

from __future__ import annotations

from enum import StrEnum


class Meter(StrEnum):
    """What an integration counts, beside signals, which its desks count."""

    CONNECTS = "connects"
    RECONNECTS = "reconnects"
    RATE_LIMITED = "rate_limited"
    GAPS = "gaps"
    MALFORMED = "malformed"
    LATE = "late_answers"
    TAKEN = "events_taken"
    REFUSED = "events_refused"


class Level(StrEnum):
    """What an integration measures from time to time."""

    IDENTIFIES_LEFT = "identifies_left"
    HISTORY_LEFT = "history_channels_left"

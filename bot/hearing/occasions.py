"""Convenings that the team announced, as integrations need them: who stays there meanwhile is at them."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.signals import Context


@dataclass(frozen=True, slots=True)
class Occasion:
    """A convening in a channel, from one moment to another (ms); attendance of it is stored under its key and day."""

    key: str
    key_day: int
    context: Context
    channel: str
    since: int
    until: int

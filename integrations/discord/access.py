"""How to reach Discord, and what is asked of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.ports import SpaceSettings
from integrations.discord.timing import wall_clock


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach Discord: the bot's token, and where its interfaces are.

    `members` says whether joins, leaves and roles are listened to, `audit_log` whether acts of moderation are.
    `clock` (ms since 1970) dates what tells no time itself. `holds` says what holds in a server by its id, for `check`.
    """

    token: str
    api_url: str = "https://discord.com/api/v10"
    gateway_url: str | None = None
    members: bool = False
    audit_log: bool = False
    clock: Callable[[], int] = wall_clock
    holds: Callable[[str], SpaceSettings] = lambda _: SpaceSettings()

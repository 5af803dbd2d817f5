"""Servers that nobody listens to yet: asks again and again whether that has changed, as by `cairn config apply`."""

from __future__ import annotations

import logging
from collections.abc import Callable

from discord.http import HTTPClient

from bot.ports import Host, Space
from integrations.discord.history.pages import FAILURES
from integrations.discord.listening.ear import Ear
from integrations.discord.payloads.ids import Payload

_logger = logging.getLogger(__name__)


class Doors:
    """Lets servers in that were refused when they told of themselves."""

    def __init__(self, http: HTTPClient, host: Host, ear: Ear, clock: Callable[[], int]) -> None:
        """Take the way to Discord, whom to ask, who hears, and the clock (ms)."""
        self._http = http
        self._host = host
        self._ear = ear
        self._clock = clock

    async def knock(self) -> None:
        """Ask once for every server that is not listened to; what fails is asked next time."""
        for number in sorted(self._ear.refused):
            try:
                if await self._host.desk(Space("discord", number)) is not None:
                    self._ear.hear("GUILD_CREATE", await self._whole(number), self._clock())
            except FAILURES as error:
                _logger.warning("discord %s cannot be asked for yet (%s)", number, type(error).__name__)

    async def _whole(self, number: str) -> Payload:
        """Return a server as the gateway tells it when the bot comes in; who is in a voice channel it tells later."""
        http, guild = self._http, int(number)
        told: dict[str, object] = {**await http.get_guild(guild, with_counts=False)}
        told["channels"] = await http.get_all_guild_channels(guild)
        told["threads"] = (await http.get_active_threads(guild))["threads"]
        told["guild_scheduled_events"] = await http.get_scheduled_events(guild, False)
        return told

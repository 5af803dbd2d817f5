"""Keeps each server's list of commands as it ought to be; Discord is told only when that has changed.

What was registered last is put down as a digest. When the bot came into the server is part of it, because Discord
forgets the commands of a bot that is sent away.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping

import aiohttp
import discord
import orjson
from discord.http import HTTPClient

from bot.ports import LANGUAGES, Desk, MachineError
from integrations.discord.listening.server import Server
from integrations.discord.payloads.ids import Payload
from integrations.discord.sentences import unreachable
from integrations.discord.speaking.commands import MOST_LETTERS, Json, size_of, tree

_NOTE = "commands"
_logger = logging.getLogger(__name__)


class Registering:
    """Registers commands, server by server."""

    def __init__(self, http: HTTPClient, servers: Mapping[str, Server]) -> None:
        """Take discord.py's way to Discord, and the servers that are listened to."""
        self._http = http
        self._servers = servers
        self._came: dict[str, str] = {}
        self._done: dict[str, str] = {}
        self._turn = asyncio.Lock()

    def came(self, d: Payload) -> None:
        """Note since when the bot is in a server that tells of itself (GUILD_CREATE)."""
        number, joined = (d.get("id"), d.get("joined_at")) if isinstance(d, dict) else (None, None)
        if isinstance(number, str) and isinstance(joined, str) and self._came.get(number) != joined:
            self._came[number] = joined
            self._done.pop(number, None)

    async def look(self, app: int) -> None:
        """Register what is not as it ought to be, in every server; what fails is tried again next time."""
        for number, server in list(self._servers.items()):
            if self._done.get(number) != server.desk.settings.language:
                async with self._turn:
                    await self._tried(app, number, server)

    async def _tried(self, app: int, number: str, server: Server) -> None:
        language = server.desk.settings.language
        try:
            await self._register(app, number, server.desk)
        except discord.Forbidden:
            _logger.warning("discord %s: Cairn may not offer commands there; invite it again", number)
        except (discord.DiscordException, aiohttp.ClientError, OSError, MachineError) as error:
            _logger.warning("discord %s: the commands are offered later: %s", number, unreachable(error))
            return
        self._done[number] = language

    async def _register(self, app: int, number: str, desk: Desk) -> None:
        wanted = wanted_of(desk)
        name = hashlib.sha256(f"{app} {self._came.get(number, '')} ".encode() + orjson.dumps(wanted)).hexdigest()
        if await desk.notes.read(_NOTE) != name:
            await self._http.bulk_upsert_guild_commands(app, int(number), wanted)
            await desk.notes.write(_NOTE, name)
            _logger.info("discord %s: %d commands are offered", number, len(wanted))


def wanted_of(desk: Desk) -> list[Json]:
    """Return what is to be registered in a space."""
    others = {tag: desk.offered_in(tag) for tag in LANGUAGES}
    found = tree(desk.offered, others)
    for one in found:
        if size_of(one) > MOST_LETTERS:
            _logger.error("the command %s says more than Discord takes; it will not be offered", one["name"])
    return [one for one in found if size_of(one) <= MOST_LETTERS]

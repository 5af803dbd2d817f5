"""What was administered while Cairn was away: the server's audit log tells, for 45 days, and the list of members.

How far it has to be read is put down, so that a reading that fails or is broken off is made good later.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import discord
from discord.http import HTTPClient

from bot.ports import Kind, MachineError, Unreadable
from integrations.discord.access import Access
from integrations.discord.listening.server import Server
from integrations.discord.payloads.audit import learn, noted
from integrations.discord.payloads.ids import Payload, UnreadableError, id_at, readable, snowflake
from integrations.discord.payloads.members import holding, let_go

PAGE = 100
_NOTE = "audit log"
_logger = logging.getLogger(__name__)


class Administration:
    """Reads what the audit log says of a time that was missed, and compares roles with what is stored."""

    def __init__(self, http: HTTPClient, access: Access) -> None:
        """Take discord.py's way to Discord's REST interface, and what is listened to."""
        self._http = http
        self._clock: Callable[[], int] = access.clock
        self._reads = access.audit_log

    async def missed(self, server: Server, since: int) -> None:
        """Read what was entered in the log since a moment (ms), and what an earlier reading left."""
        if not self._reads:
            return
        if not await server.desk.notes.read(_NOTE):
            await server.desk.notes.write(_NOTE, str(since))
        await self.again(server)

    async def again(self, server: Server) -> None:
        """Read what is left to be read, where there is anything."""
        since = await server.desk.notes.read(_NOTE) if self._reads else None
        if not since or not self._asked(server):
            return
        try:
            async for page in self._pages(server, int(since)):
                await self._take(server, page)
        except discord.Forbidden:  # what is missing is told of at the start; once it is there, this is read
            return
        await server.desk.notes.write(_NOTE, "")

    async def compare(self, server: Server) -> None:
        """Take back roles of which the list of members, as it has just come, shows that people lost them meanwhile.

        Who was given one meanwhile it does not show: they may have held it before Cairn came.
        """
        guild = server.guild
        if Kind.ROLE not in guild.kinds:
            return
        for role in guild.roles:
            there = await server.desk.held(*holding(role))
            lost = [one.who for one in there if one.counts and guild.holders.lacks(one.who.id, role)]
            gone = [one for who in lost for one in let_go(guild, who, [role], guild.stamp(self._clock()))]
            if gone:
                await server.desk.record(gone)

    def _asked(self, server: Server) -> bool:
        guild = server.guild
        return bool(guild.watch.names) or not guild.kinds.isdisjoint((Kind.MODERATION, Kind.ROLE))

    async def _pages(self, server: Server, since: int) -> AsyncIterator[list[Payload]]:
        """Yield the log's entries since a moment (ms), the oldest first, a page at a time."""
        after = id_at(since)
        while True:
            page = await self._http.get_audit_logs(int(server.guild.id), PAGE, after=after)
            try:
                entries = _entries(page, server)
            except UnreadableError:
                raise MachineError("Discord gave an answer that cannot be read") from None
            yield entries
            if len(entries) < PAGE:
                return
            after = int(entries[-1]["id"])

    async def _take(self, server: Server, page: list[Payload]) -> None:
        now, found = self._clock(), []
        for one in page:
            try:
                found += noted(one, server.guild, now)
            except UnreadableError as error:
                await server.desk.unread.add([Unreadable("audit log entry", str(error), now)])
        if held := server.guild.watch.take():
            await server.desk.holding(held)
        if found:
            await server.desk.record(found)


@readable
def _entries(page: Any, server: Server) -> list[Payload]:  # noqa: ANN401 - a JSON object
    learn(page.get("users") or [], server.guild)
    return sorted(page["audit_log_entries"], key=lambda one: snowflake(one["id"]))

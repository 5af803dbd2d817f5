"""Who comes to a server's convenings, as Discord's lists tell: what the gateway did not bring is made good by them.

The gateway tells of answers only while Cairn listens. So the list is read at the start, hourly, and when a convening
begins or ends, and compared with what is stored: it needs no memory and forgets nothing at a restart.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import discord
from discord.http import HTTPClient

from bot.ports import Account, Kind
from integrations.discord.listening.server import Server
from integrations.discord.payloads.convenings import (
    ORGANIZER,
    Convening,
    answers_to,
    presence_at,
    read_convening,
    recall,
    took_part,
)
from integrations.discord.payloads.ids import Payload, UnreadableError, readable

PAGE = 100
_PLANNED, _CALLED_OFF = 1, 4
_CREDITED = 1_000
"""Of how many convenings it is remembered that their organizer has been told of."""


class Guests:
    """Reads lists of who comes, and takes up again who was there before a restart."""

    def __init__(self, http: HTTPClient, clock: Callable[[], int]) -> None:
        """Take discord.py's way to Discord's REST interface, and the clock (ms)."""
        self._http = http
        self._clock = clock
        self._credited: OrderedDict[str, None] = OrderedDict()

    async def recall(self, server: Server) -> None:
        """Take from the store for how long people have been at the convenings that are open; once after a start."""
        if Kind.ATTENDANCE not in server.guild.kinds:
            return
        now_open = [one for one in server.guild.convenings if one.open]
        held = [await server.desk.held(*presence_at(one)) for one in now_open]
        for one, there in zip(now_open, held, strict=True):
            recall(one, there, server.guild.stays.there)

    async def look(self, server: Server) -> None:
        """Read the lists of all convenings that are not over, and tell who organized those that are open."""
        for one in list(server.guild.convenings):
            await self._compare(server, one)
            if one.open:
                await self._credit(server, one)

    async def look_at(self, server: Server, d: Payload) -> None:
        """Read the list of a convening (as an event of the gateway shows it) that has begun or is over."""
        try:
            one = _begun(d)
        except UnreadableError:
            return
        if one is not None:
            await self._compare(server, one)
            if d["status"] != _CALLED_OFF:
                await self._credit(server, one)

    async def _credit(self, server: Server, one: Convening) -> None:
        """Tell that who scheduled a convening organized it, now that it takes place; a machine organizes nothing."""
        guild = server.guild
        if not one.by or one.occasion in self._credited or Kind.PARTICIPATION not in guild.kinds:
            return
        if not guild.heeds(one):
            return
        try:
            who = _somebody(await self._http.get_user(int(one.by)), server)
        except (discord.NotFound, UnreadableError):
            return
        if not who.bot:
            await server.desk.record([took_part(one, who, ORGANIZER, self._clock())])
        self._credited[one.occasion] = None
        if len(self._credited) > _CREDITED:
            self._credited.popitem(last=False)

    async def _compare(self, server: Server, one: Convening) -> None:
        if not server.guild.hosts(one):
            return
        captured = self._clock()
        try:
            listed = await self._listed(server, one)
            found = server.guild.rsvps(one, listed, await server.desk.held(*answers_to(one)), captured)
        except (discord.Forbidden, discord.NotFound, UnreadableError):
            return
        if found:
            await server.desk.record(found)

    async def _listed(self, server: Server, one: Convening) -> list[Any]:
        found: list[Any] = []
        while True:
            after = int(found[-1]["user"]["id"]) if found else None
            page = await self._http.get_scheduled_event_users(
                int(server.guild.id), int(one.id), PAGE, with_member=False, after=after
            )
            found += page
            if len(page) < PAGE:
                return found


@readable
def _somebody(user: Any, server: Server) -> Account:  # noqa: ANN401 - a JSON object
    return server.guild.people.user(user)


@readable
def _begun(d: Payload) -> Convening | None:
    return read_convening(d)[0] if d["status"] != _PLANNED else None

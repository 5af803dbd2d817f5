"""What Discord tells now of the channels, people and roles that somebody gave with an interaction.

What roles people hold comes along with the interaction; all else is asked for, nothing is remembered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.ports import Account, Caller, ChannelNow, MachineError, RoleNow
from integrations.discord.payloads.ids import Payload, UnreadableError, readable
from integrations.discord.rights import VIEW, Rights, rights
from integrations.discord.speaking.asked import RUNS_SPACE, Interaction
from integrations.discord.speaking.line import Line

_WRITTEN_IN = frozenset({0, 2, 5, 13})
"""Types of channels in which messages stand: text, announcements, and the chats of voice and stage channels."""
_NO_ACCESS, _UNKNOWN = 403, 404


@dataclass(frozen=True, slots=True)
class Looking:
    """A `bot.ports.Look` for one interaction in one server. `own` is the bot's id, `named` tells a role's name."""

    line: Line
    one: Interaction
    guild: str
    own: str
    named: Callable[[str], str]

    async def channel(self, place: str) -> ChannelNow | None:
        """Ask for a channel, for what everyone may do in it, and for the bot's own roles."""
        if not (place.isascii() and place.isdecimal()):
            return None
        found = await self.line.send("GET", f"/channels/{place}")
        if found.status == _UNKNOWN:
            return None
        if found.status == _NO_ACCESS:  # hidden from the bot, or another server's
            return ChannelNow(everyone=False, writable=False)
        if not found.done:
            raise _silent()
        server, member = await asyncio.gather(self._server(), self._ask(f"/guilds/{self.guild}/members/{self.own}"))
        try:
            return _channel(self.guild, found.body, server, member)
        except UnreadableError:
            raise _silent() from None

    async def person(self, who: Account) -> Caller | None:
        """Return somebody whom the interaction names, with the roles that came along."""
        member = (self.one.data.get("resolved") or {}).get("members", {}).get(who.id)
        if member is None:
            return None
        server = await self._server()
        try:
            held, runs = _held(self.guild, who.id, member, server)
        except UnreadableError:
            raise _silent() from None
        return Caller(who, frozenset((one, self.named(one)) for one in held), runs, bot=who.bot)

    async def role(self, role: str) -> RoleNow | None:
        """Ask for a role of the server."""
        server = await self._server()
        try:
            found = _permissions(server).get(role)
        except UnreadableError:
            raise _silent() from None
        return None if found is None else RoleNow(self.named(role), bool(found & RUNS_SPACE))

    async def _server(self) -> Payload:
        return await self._ask(f"/guilds/{self.guild}")

    async def _ask(self, path: str) -> Payload:
        found = await self.line.send("GET", path)
        if not found.done:
            raise _silent()
        return found.body


def _silent() -> MachineError:
    return MachineError("Discord did not say how that is")


@readable
def _channel(guild: str, channel: Payload, server: Payload, own: Payload) -> ChannelNow | None:
    """Return a channel as everyone and the bot may use it; None where no messages of this server can be in it."""
    kind = channel["type"]
    if channel.get("guild_id") != guild or kind not in _WRITTEN_IN:
        return None
    rules = [(one["id"], int(one["allow"]), int(one["deny"])) for one in channel.get("permission_overwrites") or ()]
    everyone = Rights(guild, "", (), _permissions(server)).within(rules)
    return ChannelNow(bool(everyone & VIEW), rights(guild, own, server["roles"]).writes(kind, rules))


@readable
def _held(guild: str, person: str, member: Payload, server: Payload) -> tuple[list[str], bool]:
    """Return the roles that somebody holds, and whether they run the server: it is theirs, or their roles say so."""
    held = [str(one) for one in member["roles"]]
    may = Rights(guild, person, held, _permissions(server)).within(())
    return held, server["owner_id"] == person or bool(may & RUNS_SPACE)


@readable
def _permissions(server: Payload) -> Mapping[str, int]:
    return {one["id"]: int(one["permissions"]) for one in server["roles"]}

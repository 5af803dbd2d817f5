"""What Discord tells of channels, roles and people that were given with an interaction, asked of a made-up Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.ports import Account, ChannelNow, MachineError, RoleNow
from integrations.discord.speaking.asked import Interaction
from integrations.discord.speaking.line import Line
from integrations.discord.speaking.looking import Looking
from integrations.sandbox.discord.changes import places
from integrations.sandbox.discord.guilds import GuildHandle
from integrations.sandbox.discord.hub import By
from integrations.sandbox.discord.model import Channel, Overwrite
from integrations.sandbox.discord.permissions import Permission
from integrations.sandbox.discord.server import Sandbox

READABLE, HIDDEN = ChannelNow(everyone=True, writable=True), ChannelNow(everyone=False, writable=False)
PRIVATE = ChannelNow(everyone=False, writable=True)


@asynccontextmanager
async def looking(
    server: Sandbox, guild: GuildHandle, resolved: Mapping[str, Any] | None = None
) -> AsyncIterator[Looking]:
    """Look from within an interaction in a server."""
    line = Line(server.rest_url, server.token)
    who = Account("discord", "", "1")
    data = {"resolved": resolved} if resolved is not None else {}
    one = Interaction("1", "token", "1", 2, who, str(guild.id), "", "en", data, {})
    names = {str(number): role.name for number, role in guild.guild.roles.items()}
    try:
        yield Looking(line, one, str(guild.id), str(server.world.bot.id), lambda number: names.get(number, ""))
    finally:
        await line.close()


async def test_channel_is_told_of_as_everyone_and_the_bot_may_use_it() -> None:
    async with Sandbox() as server:
        guild, other = server.guild("Garden"), server.guild("Mirage")
        general, team, shut, mute = (guild.text(one) for one in ("general", "team", "shut", "mute"))
        guild.make_private(team, guild.bot_role)
        guild.make_private(shut)
        silence(server, guild, mute)
        voice, forum, category = guild.voice("talk"), guild.forum("asks"), guild.category("all")
        elsewhere, gone = other.text("general"), guild.text("gone")
        guild.delete(gone)
        wanted = (general, team, shut, mute, voice, forum, category, elsewhere, gone)
        async with looking(server, guild) as look:
            told = [await look.channel(str(one.id)) for one in wanted]
            nonsense = [await look.channel(one) for one in ("", "x", "../../users/@me", "٣")]

    assert told == [READABLE, PRIVATE, HIDDEN, ChannelNow(everyone=True, writable=False), READABLE, *[None] * 4]
    assert nonsense == [None] * 4


async def test_people_and_roles_who_run_the_server_are_told_apart() -> None:
    async with Sandbox() as server:
        guild = server.guild("Garden")
        chiefs, plain = guild.role("chiefs", int(Permission.MANAGE_GUILD)), guild.role("plain")
        ann, bob = guild.person("ann"), guild.person("bob")
        members = {str(ann.id): {"roles": [str(chiefs.id)]}, str(bob.id): {"roles": [str(plain.id)]},
                   str(guild.guild.owner_id): {"roles": []}}  # fmt: skip
        async with looking(server, guild, {"members": members}) as look:
            people = [await look.person(Account("discord", "", one)) for one in (*members, "77")]
            roles = [await look.role(str(one)) for one in (chiefs.id, plain.id, 77)]

    assert [one.runs_space for one in people if one is not None] == [True, False, True]
    assert [dict(one.roles) for one in people if one] == [{str(chiefs.id): "chiefs"}, {str(plain.id): "plain"}, {}]
    assert people[3] is None
    assert roles == [RoleNow("chiefs", runs_space=True), RoleNow("plain"), None]


async def test_discord_that_does_not_say_is_not_taken_for_a_yes() -> None:
    async with Sandbox() as server:
        guild = server.guild("Garden")
        general = guild.text("general")
        server.faults.inject("GET", "/channels/*", 500, 0)
        async with looking(server, guild, {"members": {"5": {"roles": []}}}) as look:
            with pytest.raises(MachineError):
                await look.channel(str(general.id))
            await server.stop()
            for asked in (look.person(Account("discord", "", "5")), look.role("5")):
                with pytest.raises(MachineError):
                    await asked


def silence(server: Sandbox, guild: GuildHandle, channel: Channel) -> None:
    """Let the bot see a channel and not write in it."""
    rule = Overwrite(server.world.bot.id, 1, 0, int(Permission.SEND_MESSAGES))
    places.overwrite(server.hub, By(guild.guild.owner_id), channel, rule)

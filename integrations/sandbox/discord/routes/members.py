"""Members of a guild and their roles."""

from __future__ import annotations

from integrations.sandbox.discord.changes import members
from integrations.sandbox.discord.gateway.intents import Intent
from integrations.sandbox.discord.model import Member
from integrations.sandbox.discord.payloads.users import member
from integrations.sandbox.discord.permissions import Permission
from integrations.sandbox.discord.refusals import Refused, check_length, unknown
from integrations.sandbox.discord.routing import Call, Json, Routes

routes = Routes()


@routes.on("GET", "/guilds/{guild_id}/members")
async def every(call: Call) -> list[Json]:
    """Return members by id in pages of up to 1000; only apps with the members intent are given the list."""
    guild = call.guild()
    if not call.hub.world.application.privileged & Intent.MEMBERS:
        raise Refused(403, 50001)
    after = call.asked("after") or 0
    chosen = sorted(number for number in guild.members if number > after)[: call.count("limit", 1, 1000)]
    return [member(call.hub.world, guild.members[number]) for number in chosen]


@routes.on("GET", "/guilds/{guild_id}/members/search")
async def search(call: Call) -> list[Json]:
    """Return the members whose name or nick begins with a text."""
    guild, world = call.guild(), call.hub.world
    text = call.query.get("query", "").lower()
    chosen = [
        one
        for one in guild.members.values()
        if world.users[one.user_id].name.lower().startswith(text) or (one.nick or "").lower().startswith(text)
    ]
    return [member(world, one) for one in chosen[: call.count("limit", 1, 1000)]]


@routes.on("GET", "/guilds/{guild_id}/members/{user_id}")
async def one(call: Call) -> Json:
    """Return a member."""
    return member(call.hub.world, _member(call))


@routes.on("PATCH", "/guilds/{guild_id}/members/@me")
async def change_me(call: Call) -> Json:
    """Change the bot's nick."""
    guild = call.guild()
    nick = call.body.get("nick")
    checked = check_length("nick", nick, 32) if nick else None
    members.change(call.hub, call.by, guild, call.hub.world.bot.id, nick=checked)
    return member(call.hub.world, guild.members[call.hub.world.bot.id])


@routes.on("PATCH", "/guilds/{guild_id}/members/{user_id}")
async def change(call: Call) -> Json:
    """Change a member's roles or nick."""
    guild, known = call.guild(), _member(call)
    call.need(guild, Permission.MANAGE_ROLES)
    changes: Json = {}
    if "roles" in call.body:
        changes["roles"] = [int(number) for number in call.body["roles"] or ()]
    if "nick" in call.body:
        changes["nick"] = call.body["nick"]
    members.change(call.hub, call.by, guild, known.user_id, **changes)
    return member(call.hub.world, known)


@routes.on("PUT", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
async def give_role(call: Call) -> None:
    """Give a member a role that stands below the bot's own."""
    known, number = _member(call), _role(call)
    if number not in known.roles:
        members.change(call.hub, call.by, call.guild(), known.user_id, roles=[*known.roles, number])


@routes.on("DELETE", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
async def take_role(call: Call) -> None:
    """Take a role from a member."""
    known, number = _member(call), _role(call)
    kept = [role for role in known.roles if role != number]
    members.change(call.hub, call.by, call.guild(), known.user_id, roles=kept)


def _role(call: Call) -> int:
    """Return the role of the path, if the bot may give it: its own highest role has to stand above."""
    guild = call.guild()
    call.need(guild, Permission.MANAGE_ROLES)
    role = guild.roles.get(call.number("role_id"))
    if role is None:
        raise unknown(10011)
    mine = [guild.roles[number].position for number in guild.members[call.hub.world.bot.id].roles]
    if role.position >= max(mine, default=0):
        raise Refused(403, 50013)
    return role.id


def _member(call: Call) -> Member:
    known = call.guild().members.get(call.number("user_id"))
    if known is None:
        raise unknown(10007 if call.number("user_id") in call.hub.world.users else 10013)
    return known

"""Guilds, their channels, roles and active threads."""

from __future__ import annotations

from integrations.sandbox.discord.changes import places
from integrations.sandbox.discord.model import Channel, Role
from integrations.sandbox.discord.payloads.channels import channel, thread, thread_member
from integrations.sandbox.discord.payloads.guilds import active_threads, guild, own_emoji, role
from integrations.sandbox.discord.permissions import Permission
from integrations.sandbox.discord.refusals import check_length, unknown
from integrations.sandbox.discord.routing import Call, Json, Routes

routes = Routes()


@routes.on("GET", "/guilds/{guild_id}")
async def one(call: Call) -> Json:
    """Return a guild."""
    found = call.guild()
    if not call.says("with_counts"):
        return guild(found)
    return {**guild(found), "approximate_member_count": len(found.members), "approximate_presence_count": 0}


@routes.on("GET", "/guilds/{guild_id}/channels")
async def channels(call: Call) -> list[Json]:
    """Return the channels, threads left out."""
    return [channel(call.hub.world, found) for found in call.guild().channels.values()]


@routes.on("POST", "/guilds/{guild_id}/channels")
async def make_channel(call: Call) -> Json:
    """Make a channel."""
    found = call.guild()
    call.need(found, Permission.MANAGE_CHANNELS)
    name = check_length("name", call.body.get("name"), 100, 1)
    parent = call.body.get("parent_id")
    made = Channel(call.hub.world.ids.now(), int(call.body.get("type") or 0), name, found.id)
    made.parent_id = int(parent) if parent else None
    made.topic = call.body.get("topic")
    call.status = 201
    return channel(call.hub.world, places.make_channel(call.hub, call.by, found, made))


@routes.on("GET", "/guilds/{guild_id}/threads/active")
async def threads(call: Call) -> Json:
    """Return the threads that are not archived, and the bot's memberships of them."""
    found = sorted(active_threads(call.hub.world, call.guild()), key=lambda one: -one.id)
    bot = call.hub.world.bot.id
    mine = [one for one in found if one.thread is not None and bot in one.thread.members]
    return {
        "threads": [thread(one, bot) for one in found],
        "members": [thread_member(one, bot) for one in mine],
        "has_more": False,
    }


@routes.on("GET", "/guilds/{guild_id}/emojis")
async def emojis(call: Call) -> list[Json]:
    """Return the guild's own emojis."""
    return [own_emoji(found) for found in call.guild().emojis.values()]


@routes.on("GET", "/guilds/{guild_id}/roles")
async def roles(call: Call) -> list[Json]:
    """Return the roles."""
    return [role(found) for found in call.guild().roles.values()]


@routes.on("GET", "/guilds/{guild_id}/roles/{role_id}")
async def one_role(call: Call) -> Json:
    """Return a role."""
    return role(_role(call))


@routes.on("POST", "/guilds/{guild_id}/roles")
async def make_role(call: Call) -> Json:
    """Make a role."""
    found = call.guild()
    call.need(found, Permission.MANAGE_ROLES)
    name = check_length("name", call.body.get("name") or "new role", 100)
    allowed = int(call.body.get("permissions") or 0)
    return role(places.make_role(call.hub, call.by, found, name, allowed))


@routes.on("PATCH", "/guilds/{guild_id}/roles/{role_id}")
async def change_role(call: Call) -> Json:
    """Change a role's name or permissions."""
    found, known = call.guild(), _role(call)
    call.need(found, Permission.MANAGE_ROLES)
    changes: Json = {}
    if "name" in call.body:
        changes["name"] = check_length("name", call.body["name"], 100)
    if "permissions" in call.body:
        changes["permissions"] = int(call.body["permissions"])
    places.change_role(call.hub, call.by, found, known, **changes)
    return role(known)


@routes.on("DELETE", "/guilds/{guild_id}/roles/{role_id}")
async def delete_role(call: Call) -> None:
    """Delete a role."""
    found, known = call.guild(), _role(call)
    call.need(found, Permission.MANAGE_ROLES)
    places.delete_role(call.hub, call.by, found, known)


def _role(call: Call) -> Role:
    known = call.guild().roles.get(call.number("role_id"))
    if known is None:
        raise unknown(10011)
    return known

"""Channels themselves, and typing in them."""

from __future__ import annotations

from integrations.sandbox.discord.changes import places, threads
from integrations.sandbox.discord.model import Channel, Overwrite
from integrations.sandbox.discord.payloads.channels import channel
from integrations.sandbox.discord.permissions import Permission
from integrations.sandbox.discord.refusals import Refused, check_length
from integrations.sandbox.discord.routing import Call, Json, Routes

routes = Routes()


@routes.on("GET", "/channels/{channel_id}")
async def one(call: Call) -> Json:
    """Return a channel, thread or direct conversation."""
    return channel(call.hub.world, call.channel())


@routes.on("PATCH", "/channels/{channel_id}")
async def change(call: Call) -> Json:
    """Change a channel's name or topic; archive or lock a thread."""
    known = call.channel()
    _need(call, known)
    if known.thread is not None:
        archived, locked = call.body.get("archived"), call.body.get("locked")
        if archived is not None or locked is not None:
            threads.update(call.hub, call.by, known, archived=archived, locked=locked)
    changes: Json = {}
    if "name" in call.body:
        changes["name"] = check_length("name", call.body["name"], 100, 1)
    if "topic" in call.body:
        changes["topic"] = check_length("topic", call.body["topic"] or "", 1024) or None
    if changes:
        places.change_channel(call.hub, call.by, known, **changes)
    return channel(call.hub.world, known)


@routes.on("DELETE", "/channels/{channel_id}")
async def delete(call: Call) -> Json:
    """Delete a channel or thread."""
    known = call.channel()
    _need(call, known)
    guild = call.hub.world.guild_of(known)
    if guild is None:
        raise Refused(403, 50013)
    found = channel(call.hub.world, known)
    if known.thread is not None:
        threads.delete(call.hub, call.by, known)
    else:
        places.delete_channel(call.hub, call.by, guild, known)
    return found


@routes.on("PUT", "/channels/{channel_id}/permissions/{overwrite_id}")
async def overwrite(call: Call) -> None:
    """Set what a channel allows and denies a role or member."""
    known = call.channel(Permission.MANAGE_ROLES)
    body = call.body
    one = Overwrite(call.number("overwrite_id"), int(body["type"]), int(body["allow"]), int(body["deny"]))
    places.overwrite(call.hub, call.by, known, one)


@routes.on("POST", "/channels/{channel_id}/typing")
async def typing(call: Call) -> None:
    """Show that the bot is typing."""
    known = call.channel()
    call.values["channel"] = str(known.id)


def _need(call: Call, known: Channel) -> None:
    """Refuse unless the bot may change a channel, or opened the thread that it is."""
    bot = call.hub.world.bot.id
    needed = Permission.MANAGE_CHANNELS if known.thread is None else Permission.MANAGE_THREADS
    own = known.thread is not None and known.thread.owner_id == bot
    if not own and not call.hub.world.allowed(bot, known) & needed:
        raise Refused(403, 50013)

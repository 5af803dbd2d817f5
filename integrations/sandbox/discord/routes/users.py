"""The bot itself, other users, and direct conversations."""

from __future__ import annotations

from integrations.sandbox.discord.changes import members
from integrations.sandbox.discord.payloads.channels import channel
from integrations.sandbox.discord.payloads.guilds import guild
from integrations.sandbox.discord.payloads.users import me, user
from integrations.sandbox.discord.permissions import in_guild
from integrations.sandbox.discord.refusals import Refused, invalid, unknown
from integrations.sandbox.discord.routing import Call, Json, Routes

routes = Routes()


@routes.on("GET", "/users/@me")
async def myself(call: Call) -> Json:
    """Return the bot."""
    return me(call.hub.world)


@routes.on("GET", "/users/@me/guilds")
async def my_guilds(call: Call) -> list[Json]:
    """Return the bot's guilds in pages of 200, by id."""
    world = call.hub.world
    after, before = call.asked("after") or 0, call.asked("before")
    chosen = sorted(one.id for one in world.guilds_of_bot() if one.id > after and one.id < (before or one.id + 1))
    limit = call.count("limit", 200, 200)
    page = chosen[-limit:] if before is not None else chosen[:limit]
    found = []
    for one in (world.guilds[number] for number in page):
        whole = guild(one)
        kept = {key: whole[key] for key in ("id", "name", "icon", "banner", "features")}
        allowed = str(int(in_guild(one, world.bot.id)))
        found.append({**kept, "owner": False, "permissions": allowed, **_counts(call, len(one.members))})
    return found


def _counts(call: Call, members: int) -> Json:
    asked = call.says("with_counts")
    return {"approximate_member_count": members, "approximate_presence_count": 0} if asked else {}


@routes.on("DELETE", "/users/@me/guilds/{guild_id}")
async def leave_guild(call: Call) -> None:
    """Leave a guild."""
    members.bot_leaves(call.hub, call.guild())


@routes.on("GET", "/users/{user_id}")
async def somebody(call: Call) -> Json:
    """Return a user."""
    known = call.hub.world.users.get(call.number("user_id"))
    if known is None:
        raise unknown(10013)
    return user(known)


@routes.on("POST", "/users/@me/channels")
async def open_dm(call: Call) -> Json:
    """Open the direct conversation with somebody; opening too many new ones is refused."""
    hub = call.hub
    said = str(call.body.get("recipient_id") or "")
    if not said.isdigit():
        raise invalid("recipient_id", "BASE_TYPE_REQUIRED", "This field is required")
    who = hub.world.users.get(int(said))
    if who is None:
        raise unknown(10013)
    if who.bot:
        raise Refused(403, 50007)
    if hub.world.dm_with(who.id) is None:
        _count_opening(call)
    call.values["user"] = str(who.id)
    return channel(hub.world, hub.world.dm(who.id))


def _count_opening(call: Call) -> None:
    hub = call.hub
    most, seconds = hub.limits.dm_opens
    since = hub.timer() - seconds
    hub.dms_opened[:] = [moment for moment in hub.dms_opened if moment > since]
    if len(hub.dms_opened) >= most:
        raise Refused(403, 40003)
    hub.dms_opened.append(hub.timer())

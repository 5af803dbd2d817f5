"""Who is in voice, and live stages."""

from __future__ import annotations

from integrations.sandbox.discord.changes import voice
from integrations.sandbox.discord.model import ChannelType, StageInstance
from integrations.sandbox.discord.payloads.voice import stage, voice_state
from integrations.sandbox.discord.permissions import Permission
from integrations.sandbox.discord.refusals import Refused, check_length, unknown
from integrations.sandbox.discord.routing import Call, Json, Routes

routes = Routes()


@routes.on("GET", "/guilds/{guild_id}/voice-states/{user_id}")
async def state(call: Call) -> Json:
    """Return somebody's state in voice."""
    guild = call.guild()
    known = guild.voice.get(call.number("user_id"))
    if known is None:
        raise unknown(10065)
    return voice_state(call.hub.world, guild, known)


@routes.on("GET", "/voice/regions")
async def regions(call: Call) -> list[Json]:
    """Return the one region there is."""
    return [{"id": "local", "name": "Local", "optimal": True, "deprecated": False, "custom": False}]


@routes.on("POST", "/stage-instances")
async def begin(call: Call) -> Json:
    """Let a stage go live."""
    place = call.hub.world.channels.get(int(call.body.get("channel_id") or 0))
    if place is None or place.guild_id is None:
        raise unknown(10003)
    if place.type != ChannelType.STAGE:
        raise Refused(400, 50024)
    if not call.hub.world.allowed(call.hub.world.bot.id, place) & Permission.MANAGE_CHANNELS:
        raise Refused(403, 50013)
    topic = check_length("topic", call.body.get("topic"), 120, 1)
    event = call.body.get("guild_scheduled_event_id")
    made = StageInstance(call.hub.world.ids.now(), place.guild_id, place.id, topic, int(event) if event else None)
    voice.stage_begins(call.hub, call.by, made)
    return stage(made)


@routes.on("GET", "/stage-instances/{channel_id}")
async def one(call: Call) -> Json:
    """Return a live stage."""
    return stage(_stage(call))


@routes.on("PATCH", "/stage-instances/{channel_id}")
async def change(call: Call) -> Json:
    """Change a live stage's topic."""
    call.channel(Permission.MANAGE_CHANNELS)
    known = _stage(call)
    voice.stage_changes(call.hub, call.by, known, check_length("topic", call.body.get("topic"), 120, 1))
    return stage(known)


@routes.on("DELETE", "/stage-instances/{channel_id}")
async def end(call: Call) -> None:
    """End a live stage."""
    call.channel(Permission.MANAGE_CHANNELS)
    voice.stage_ends(call.hub, call.by, _stage(call))


def _stage(call: Call) -> StageInstance:
    place = call.channel()
    guild = call.hub.world.guild_of(place)
    known = None if guild is None else guild.stages.get(place.id)
    if known is None:
        raise unknown(10067)
    return known

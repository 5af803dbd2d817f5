"""Who is in voice, and stages that are live."""

from __future__ import annotations

from integrations.sandbox.discord.model import Guild, StageInstance, VoiceState
from integrations.sandbox.discord.payloads.users import Json, member
from integrations.sandbox.discord.snowflakes import iso
from integrations.sandbox.discord.world import World


def voice_state(world: World, guild: Guild, of: VoiceState) -> Json:
    """Return somebody's state in voice, with their member where they still are one."""
    found: Json = {
        "channel_id": None if of.channel_id is None else str(of.channel_id),
        "guild_id": str(guild.id),
        "user_id": str(of.user_id),
        "session_id": of.session_id,
        "deaf": False,
        "mute": False,
        "self_deaf": of.self_deaf,
        "self_mute": of.self_mute,
        "self_stream": of.self_stream,
        "self_video": of.self_video,
        "suppress": of.suppress,
        "request_to_speak_timestamp": None if of.asked_to_speak is None else iso(of.asked_to_speak),
    }
    known = guild.members.get(of.user_id)
    return found if known is None else {**found, "member": member(world, known)}


def stage(of: StageInstance) -> Json:
    """Return a live stage."""
    return {
        "id": str(of.id),
        "guild_id": str(of.guild_id),
        "channel_id": str(of.channel_id),
        "topic": of.topic,
        "privacy_level": 2,
        "discoverable_disabled": True,
        "guild_scheduled_event_id": None if of.event_id is None else str(of.event_id),
    }

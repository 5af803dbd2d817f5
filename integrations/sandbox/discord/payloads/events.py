"""Scheduled events and who is interested in them."""

from __future__ import annotations

from integrations.sandbox.discord.model import ScheduledEvent
from integrations.sandbox.discord.payloads.users import Json, member, user
from integrations.sandbox.discord.snowflakes import iso
from integrations.sandbox.discord.world import World

EXTERNAL = 3


def event(world: World, of: ScheduledEvent, *, counted: bool = False) -> Json:
    """Return an event; with the number of interested people where that was asked for."""
    found: Json = {
        "id": str(of.id),
        "guild_id": str(of.guild_id),
        "name": of.name,
        "description": of.description,
        "channel_id": None if of.channel_id is None else str(of.channel_id),
        "creator_id": str(of.creator_id),
        "creator": user(world.users[of.creator_id]),
        "image": None,
        "scheduled_start_time": iso(of.start),
        "scheduled_end_time": None if of.end is None else iso(of.end),
        "status": of.status,
        "entity_type": of.kind,
        "entity_id": None,
        "recurrence_rule": of.rule,
        "privacy_level": 2,
        "guild_scheduled_event_exceptions": [],
        "entity_metadata": {"location": of.location} if of.kind == EXTERNAL else None,
    }
    if not of.shows_creator:
        del found["creator"]
    return {**found, "user_count": len(of.users)} if counted else found


def interested(world: World, of: ScheduledEvent, user_id: int, *, with_member: bool) -> Json:
    """Return one interested person."""
    found: Json = {
        "guild_scheduled_event_id": str(of.id),
        "user_id": str(user_id),
        "user": user(world.users[user_id]),
        "response": 1,
    }
    known = world.guilds[of.guild_id].members.get(user_id)
    return {**found, "member": member(world, known)} if with_member and known is not None else found

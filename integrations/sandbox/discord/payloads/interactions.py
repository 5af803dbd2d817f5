"""Interactions as the bot hears of them, and what its answers are told."""

from __future__ import annotations

from integrations.sandbox.discord.model import Message
from integrations.sandbox.discord.payloads.channels import channel
from integrations.sandbox.discord.payloads.messages import message
from integrations.sandbox.discord.payloads.users import Json, member, user
from integrations.sandbox.discord.pending import COMPONENT, MODAL, Pending
from integrations.sandbox.discord.permissions import ALL
from integrations.sandbox.discord.world import World

_IN_GUILD, _DIRECT = 0, 1
_LARGEST_FILE = 10_485_760


def interaction(world: World, of: Pending, data: Json) -> Json:
    """Return an interaction as an event. It tells the person's whole member, whatever the intents."""
    place = world.channels[of.channel_id]
    allowed = world.allowed(of.user_id, place)
    found: Json = {
        "id": str(of.id),
        "application_id": str(world.application.id),
        "type": of.kind,
        "data": data,
        "token": of.token,
        "version": 1,
        "channel_id": str(of.channel_id),
        "channel": {**channel(world, place), "permissions": str(allowed)},
        "app_permissions": str(world.allowed(world.bot.id, place) if of.guild_id is not None else ALL),
        "locale": world.users[of.user_id].locale,
        "entitlements": [],
        "authorizing_integration_owners": _owners(of),
        "context": _DIRECT if of.guild_id is None else _IN_GUILD,
        "attachment_size_limit": _LARGEST_FILE,
    }
    if of.message is not None:
        found["message"] = message(world, of.message, reads=True)
    if of.guild_id is None:
        return {**found, "user": user(world.users[of.user_id])}
    guild = world.guilds[of.guild_id]
    found |= {"guild_id": str(guild.id), "guild_locale": guild.locale}
    found["guild"] = {"id": str(guild.id), "features": ["COMMUNITY"], "locale": guild.locale}
    known = member(world, guild.members[of.user_id])
    return {**found, "member": {**known, "permissions": str(allowed)}}


def _owners(of: Pending) -> Json:
    return {"0": str(of.guild_id or 0)}


def metadata(world: World, of: Pending, opener: Pending | None) -> Json:
    """Return what an answer tells of the interaction it came from."""
    found: Json = {
        "id": str(of.id),
        "type": of.kind,
        "user": user(world.users[of.user_id]),
        "authorizing_integration_owners": _owners(of),
    }
    if of.kind == COMPONENT and of.message is not None:
        found["interacted_message_id"] = str(of.message.id)
    if of.kind == MODAL and opener is not None:
        found["triggering_interaction_metadata"] = opener.metadata
    return found


def callback(world: World, of: Pending, made: Message | None, kind: int) -> Json:
    """Return what the bot is told of its own answer (`with_response`)."""
    told: Json = {"id": str(of.id), "type": of.kind, "channel_id": str(of.channel_id)}
    if of.guild_id is not None:
        told["guild_id"] = str(of.guild_id)
    if made is not None:
        told |= {
            "response_message_id": str(made.id),
            "response_message_loading": of.loading,
            "response_message_ephemeral": of.private,
        }
    found: Json = {"interaction": told}
    if made is not None and not of.loading:
        found["resource"] = {"type": kind, "message": message(world, made, reads=True)}
    return found

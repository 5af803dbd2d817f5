"""Reactions given and taken back."""

from __future__ import annotations

from integrations.sandbox.discord.changes.messages import in_guild
from integrations.sandbox.discord.hub import By, Hub
from integrations.sandbox.discord.model import Emoji, Message
from integrations.sandbox.discord.payloads.messages import emoji
from integrations.sandbox.discord.payloads.users import Json, member


def add(hub: Hub, by: By, message: Message, what: Emoji) -> None:
    """React to a message; a second time changes nothing."""
    people = message.reactions.setdefault(what, {})
    if by.user_id in people:
        return
    people[by.user_id] = hub.now(by)
    channel = hub.home(message)
    found = _told(message, what, by.user_id) | in_guild(channel)
    found |= {"message_author_id": str(message.author_id), "burst": False, "type": 0}
    guild = hub.world.guild_of(channel)
    known = None if guild is None else guild.members.get(by.user_id)
    if known is not None:
        found["member"] = member(hub.world, known)
    hub.tell_in(by, "MESSAGE_REACTION_ADD", found, channel)
    hub.note(by, "reaction", channel, what=message.id, about=message.author_id, detail=what.id or what.name)


def remove(hub: Hub, by: By, message: Message, what: Emoji, user_id: int) -> None:
    """Take somebody's reaction away."""
    people = message.reactions.get(what, {})
    if people.pop(user_id, None) is None:
        return
    if not people:
        del message.reactions[what]
    channel = hub.home(message)
    found = _told(message, what, user_id) | in_guild(channel) | {"burst": False, "type": 0}
    hub.tell_in(by, "MESSAGE_REACTION_REMOVE", found, channel)
    hub.note(by, "reaction_removed", channel, what=message.id, about=user_id, detail=what.id or what.name)


def clear(hub: Hub, by: By, message: Message, what: Emoji | None) -> None:
    """Take all reactions away, or all with one emoji."""
    channel = hub.home(message)
    found: Json = {"channel_id": str(channel.id), "message_id": str(message.id), **in_guild(channel)}
    if what is None:
        message.reactions.clear()
        hub.tell_in(by, "MESSAGE_REACTION_REMOVE_ALL", found, channel)
    else:
        message.reactions.pop(what, None)
        hub.tell_in(by, "MESSAGE_REACTION_REMOVE_EMOJI", {**found, "emoji": emoji(what)}, channel)
    detail = "" if what is None else what.id or what.name
    hub.note(by, "reactions_cleared", channel, what=message.id, detail=detail)


def _told(message: Message, what: Emoji, user_id: int) -> Json:
    return {
        "user_id": str(user_id),
        "channel_id": str(message.channel_id),
        "message_id": str(message.id),
        "emoji": emoji(what),
    }

"""Writing, editing, deleting and pinning messages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from integrations.sandbox.discord import components
from integrations.sandbox.discord.changes import audit, threads
from integrations.sandbox.discord.changes.audit import Deed
from integrations.sandbox.discord.hub import By, Hub
from integrations.sandbox.discord.model import Channel, Message, MessageType, Poll, Reference
from integrations.sandbox.discord.payloads.messages import announced
from integrations.sandbox.discord.snowflakes import iso

_USER, _ROLE = re.compile(r"<@!?(\d{1,20})>"), re.compile(r"<@&(\d{1,20})>")


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to become a message. `pings` says whether the author of the answered message is mentioned.

    `silent` are the sorts of mention that reach nobody; where `named` is set, mentions of people reach only those.
    """

    content: str = ""
    type: int = MessageType.DEFAULT
    reference: Reference | None = None
    pings: bool = True
    silent: frozenset[str] = frozenset()
    named: frozenset[int] | None = None
    embeds: tuple[dict[str, Any], ...] = ()
    components: tuple[dict[str, Any], ...] = ()
    attachments: tuple[dict[str, Any], ...] = ()
    poll: Poll | None = None
    nonce: str | int | None = None
    flags: int = 0
    tts: bool = False
    interaction: dict[str, Any] | None = None


def make(hub: Hub, by: By, channel: Channel, draft: Draft, number: int | None = None) -> Message:
    """Make a message that lies nowhere yet; a private answer stays like that."""
    made = Message(number or hub.new_id(by), channel.id, by.user_id, draft.content, draft.type, channel.guild_id)
    made.reference, made.poll, made.nonce, made.tts = draft.reference, draft.poll, draft.nonce, draft.tts
    made.embeds, made.components, made.attachments = list(draft.embeds), list(draft.components), list(draft.attachments)
    made.flags, made.interaction = draft.flags, draft.interaction
    _mentions(hub, made, draft)
    return made


def _mentions(hub: Hub, made: Message, draft: Draft) -> None:
    """Find whom a message names. `draft.silent` are the sorts of mention that are not to reach anybody."""
    text = "\n".join((made.content, *components.texts(made.components)))
    named = [] if "users" in draft.silent else [int(one) for one in _USER.findall(text)]
    if draft.named is not None:
        named = [one for one in named if one in draft.named]
    answered = None
    if draft.reference is not None and draft.reference.kind == 0 and draft.pings:
        answered = hub.world.message(draft.reference.channel_id, draft.reference.message_id)
    if answered is not None and answered.author_id != made.author_id:
        named.append(answered.author_id)
    made.mentions = [one for one in dict.fromkeys(named) if one in hub.world.users]
    if "roles" not in draft.silent:
        made.mention_roles = list(dict.fromkeys(int(one) for one in _ROLE.findall(text)))
    everyone = "@everyone" in text or "@here" in text
    made.mention_everyone = everyone and "everyone" not in draft.silent


def pinged(message: Message) -> tuple[str, ...]:
    """Return the ids of the people and roles whom a message notifies, and `everyone`."""
    everyone = ("everyone",) if message.mention_everyone else ()
    return (*map(str, message.mentions), *map(str, message.mention_roles), *everyone)


def post(hub: Hub, by: By, channel: Channel, draft: Draft, number: int | None = None) -> Message:
    """Write a message into a channel."""
    made = make(hub, by, channel, draft, number)
    channel.add(made)
    if channel.thread is not None:
        threads.grows(hub, by, channel)
    answers = draft.reference.message_id if draft.reference is not None and draft.reference.kind == 0 else None
    hub.tell_message(by, "MESSAGE_CREATE", channel, lambda reads: announced(hub.world, made, reads=reads))
    if made.type in (MessageType.DEFAULT, MessageType.REPLY):
        kind = "reply" if made.type == MessageType.REPLY else "message"
        hub.note(by, kind, channel, what=made.id, about=answers)
        for named in dict.fromkeys(int(one) for one in _USER.findall(made.content)):
            hub.note(by, "mention", channel, what=made.id, about=named)
    hub.wake()
    return made


def edit(hub: Hub, by: By, message: Message, changes: dict[str, Any]) -> None:
    """Change fields of a message; a new content is looked through for mentions again."""
    for key, value in changes.items():
        setattr(message, key, value)
    message.edited = hub.now(by)
    if "content" in changes:
        _mentions(hub, message, Draft(message.content, reference=message.reference))
    told(hub, by, message)
    hub.note(by, "edit", hub.home(message), what=message.id)


def told(hub: Hub, by: By, message: Message) -> None:
    """Tell of a message's new state."""
    hub.tell_message(by, "MESSAGE_UPDATE", hub.home(message), lambda reads: announced(hub.world, message, reads=reads))


def delete(hub: Hub, by: By, message: Message) -> None:
    """Delete a message; the channel forgets it."""
    channel = hub.home(message)
    channel.remove(message.id)
    found = {"id": str(message.id), "channel_id": str(channel.id), **in_guild(channel)}
    hub.tell_in(by, "MESSAGE_DELETE", found, channel)
    hub.note(by, "delete", channel, what=message.id)
    if message.author_id != by.user_id:
        _log(hub, by, channel, audit.MESSAGE_DELETED, message.author_id, count="1")


def delete_many(hub: Hub, by: By, channel: Channel, messages: Iterable[Message]) -> None:
    """Delete many messages in one go."""
    gone = list(messages)
    for message in gone:
        channel.remove(message.id)
    found = {"ids": [str(one.id) for one in gone], "channel_id": str(channel.id), **in_guild(channel)}
    hub.tell_in(by, "MESSAGE_DELETE_BULK", found, channel)
    for message in gone:
        hub.note(by, "delete", channel, what=message.id)
    _log(hub, by, channel, audit.MESSAGES_DELETED, channel.id, count=str(len(gone)))


def pin(hub: Hub, by: By, message: Message, *, on: bool) -> None:
    """Pin a message to its channel, or take it off."""
    message.pinned = hub.now(by) if on else None
    channel = hub.home(message)
    last = {"channel_id": str(channel.id), **in_guild(channel), "last_pin_timestamp": iso(hub.now(by))}
    hub.tell_in(by, "CHANNEL_PINS_UPDATE", last, channel)
    told(hub, by, message)
    action = audit.MESSAGE_PINNED if on else audit.MESSAGE_UNPINNED
    _log(hub, by, channel, action, message.author_id, message_id=str(message.id))
    if on:
        about = Reference(channel.id, message.id, channel.guild_id)
        post(hub, by, channel, Draft(type=MessageType.PINNED, reference=about, pings=False))


def _log(hub: Hub, by: By, channel: Channel, action: int, target_id: int, **options: str) -> None:
    """Write into the audit log; direct conversations have none."""
    guild = hub.world.guild_of(channel)
    if guild is not None:
        audit.write(hub, by, guild, Deed(action, target_id, options={"channel_id": str(channel.id), **options}))


def in_guild(channel: Channel) -> dict[str, Any]:
    """Return the guild of a channel as events name it; nothing for a direct conversation."""
    return {} if channel.guild_id is None else {"guild_id": str(channel.guild_id)}

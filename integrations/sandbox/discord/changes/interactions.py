"""Interactions: a person begins one, the bot answers it in time, and goes on with its token."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from integrations.sandbox.discord.changes import messages
from integrations.sandbox.discord.changes.messages import Draft
from integrations.sandbox.discord.hub import By, Hub
from integrations.sandbox.discord.model import Channel, Message, MessageType, Reference
from integrations.sandbox.discord.payloads import interactions as shown
from integrations.sandbox.discord.payloads.users import Json
from integrations.sandbox.discord.pending import COMMAND, COMPONENT, MODAL, Pending

EPHEMERAL, LOADING = 1 << 6, 1 << 7


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a person does: its kind and data by Discord's reference; the message or interaction it comes from."""

    kind: int
    channel: Channel
    data: Json
    message: Message | None = None
    opener: Pending | None = None


def begin(hub: Hub, by: By, beginning: Beginning) -> Pending:
    """Begin an interaction and tell the bot."""
    made = Pending(
        id=hub.new_id(by),
        # not "secrets" in earnest: a token only has to be another one each time
        token=secrets.token_urlsafe(32),
        kind=beginning.kind,
        user_id=by.user_id,
        channel_id=beginning.channel.id,
        guild_id=beginning.channel.guild_id,
        began=hub.timer(),
        metadata={},
        message=beginning.message,
    )
    made.metadata = shown.metadata(hub.world, made, beginning.opener)
    hub.pending.add(made, hub.timer() - 2 * hub.limits.token)
    payload = shown.interaction(hub.world, made, beginning.data)
    hub.gateway.tell("INTERACTION_CREATE", payload, made.guild_id)
    hub.note(by, _kind(made), beginning.channel, what=made.id, about=_message_id(made))
    return made


def _kind(of: Pending) -> str:
    return {COMMAND: "command", COMPONENT: "click", MODAL: "form"}.get(of.kind, "typing_command")


def _message_id(of: Pending) -> int | None:
    return None if of.message is None else of.message.id


def say(hub: Hub, of: Pending, draft: Draft, *, original: bool) -> Message:
    """Say something in answer; a private message lies in no channel."""
    channel = hub.world.channels[of.channel_id]
    by = By(hub.world.bot.id)
    draft = _as_answer(of, draft, original=original)
    put = messages.make if draft.flags & EPHEMERAL else messages.post
    made = put(hub, by, channel, draft)
    if original:
        of.original, of.private = made, bool(draft.flags & EPHEMERAL)
    else:
        of.more.append(made)
    hub.wake()
    return made


def _as_answer(of: Pending, draft: Draft, *, original: bool) -> Draft:
    """Return a draft with what ties it to its interaction."""
    if original:
        if of.kind == COMMAND:
            return replace(draft, type=MessageType.COMMAND, interaction=of.metadata)
        about = None
        if of.message is not None:
            about = Reference(of.message.channel_id, of.message.id, of.guild_id)
        kind = MessageType.DEFAULT if about is None else MessageType.REPLY
        return replace(draft, type=kind, reference=about, pings=False, interaction=of.metadata)
    about = None if of.original is None else Reference(of.original.channel_id, of.original.id, of.guild_id)
    kind = MessageType.DEFAULT if about is None else MessageType.REPLY
    return replace(draft, type=kind, reference=about, pings=False, interaction=of.metadata)


def change(hub: Hub, of: Pending, message: Message, changes: Json) -> None:
    """Change an answer; one that was still loading is there with that."""
    if message is of.original:
        of.loading = False
        changes = {**changes, "flags": changes.get("flags", message.flags) & ~LOADING}
    if message.flags & EPHEMERAL:
        for key, value in changes.items():
            setattr(message, key, value)
        message.edited = hub.world.clock()
    else:
        messages.edit(hub, By(hub.world.bot.id), message, changes)
    hub.wake()


def take_back(hub: Hub, of: Pending, message: Message) -> None:
    """Delete an answer or follow-up."""
    if not message.flags & EPHEMERAL:
        messages.delete(hub, By(hub.world.bot.id), message)
    if message is of.original:
        of.original = None
    elif message in of.more:
        of.more.remove(message)
    hub.wake()


def answered(hub: Hub, of: Pending, kind: int, **state: object) -> None:
    """Note that the bot has answered."""
    of.answer = kind
    for key, value in state.items():
        setattr(of, key, value)
    of.answered.set()
    hub.wake()

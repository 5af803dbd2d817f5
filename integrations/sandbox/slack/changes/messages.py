"""Writing, editing and deleting messages."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from integrations.sandbox.slack.hub import By, Hub
from integrations.sandbox.slack.model import Channel, Json, Kind, Message
from integrations.sandbox.slack.payloads.messages import announced, plain, thread
from integrations.sandbox.slack.text import named, rich
from integrations.sandbox.slack.world import SLACKBOT

_WRITTEN = ("", "file_share", "me_message", "thread_broadcast", "bot_message")


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to become a message. `broadcast` shows an answer in its channel too."""

    text: str = ""
    subtype: str = ""
    thread_ts: str = ""
    broadcast: bool = False
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    files: tuple[str, ...] = ()
    metadata: Json | None = None
    room: Json | None = None
    username: str = ""
    extra: Json = field(default_factory=dict)


def make(hub: Hub, by: By, channel: Channel, draft: Draft) -> Message:
    """Make a message that lies nowhere yet; an ephemeral one stays like that."""
    author = hub.world.users.get(by.user_id)
    team = channel.team_id if author is None else author.team_id
    made = Message(hub.stamp(by, channel), channel.id, by.user_id, team, draft.text, draft.subtype, draft.thread_ts)
    made.blocks, made.attachments, made.files = list(draft.blocks), list(draft.attachments), list(draft.files)
    made.metadata, made.room, made.username, made.extra = draft.metadata, draft.room, draft.username, dict(draft.extra)
    made.broadcast = draft.broadcast and made.is_reply
    if author is not None and author.bot:
        made.bot_id, made.app_id = author.bot_id, author.app_id
        if author.webhook:
            made.subtype, made.username = draft.subtype or "bot_message", draft.username or author.real_name
    elif author is not None and made.subtype in ("", "file_share"):
        if not made.subtype:
            made.client_msg_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{channel.id}{made.ts}"))
        made.blocks = made.blocks or ([rich(made.text, made.ts[-6:])] if made.text else [])
    return made


def post(hub: Hub, by: By, channel: Channel, draft: Draft) -> Message:
    """Write a message into a conversation."""
    made = make(hub, by, channel, draft)
    channel.add(made)
    root = channel.messages.get(made.thread_ts) if made.is_reply else None
    if root is not None:
        root.thread_ts = root.ts
    hub.tell_in(by, channel, announced(hub.world, made))
    _mention(hub, by, channel, made)
    if made.subtype in _WRITTEN:
        about = made.thread_ts if made.is_reply else None
        hub.note(by, "reply" if made.is_reply else "message", channel, what=made.ts, about=about, detail=made.subtype)
        for who in named(made.text):
            hub.note(by, "mention", channel, what=made.ts, about=who)
    hub.wake()
    return made


def _mention(hub: Hub, by: By, channel: Channel, made: Message) -> None:
    """Tell an app that its bot was named; a conversation with it alone needs no naming."""
    if by.quiet or channel.kind == Kind.DIRECT or made.subtype not in ("", "file_share"):
        return
    event = {name: part for name, part in announced(hub.world, made).items() if name != "channel_type"}
    for who in named(made.text):
        bot, app = hub.world.users.get(who), hub.world.of_app(who)
        if bot is not None and app is not None and who != by.user_id and who in channel.members:
            hub.courier.tell(hub.world, app.id, bot.team_id, {**event, "type": "app_mention"}, channel)


def edit(hub: Hub, by: By, of: Message, changes: dict[str, Any]) -> None:
    """Change fields of a message."""
    before = replace(of)
    for name, value in changes.items():
        setattr(of, name, value)
    channel = hub.home(of)
    stamp = hub.event_stamp(by)
    of.edited = (by.user_id, stamp)
    changed(hub, by, channel, before, of)
    hub.note(by, "edit", channel, what=of.ts)


def changed(hub: Hub, by: By, channel: Channel, before: Message, after: Message) -> None:
    """Tell of a message's new state, beside the one that it had before."""
    stamp = hub.event_stamp(by)
    hub.tell_in(
        by,
        channel,
        {
            "type": "message",
            "subtype": "message_changed",
            "message": plain(hub.world, after) | thread(channel, after),
            "previous_message": plain(hub.world, before) | thread(channel, before),
            "channel": channel.id,
            "hidden": True,
            "ts": stamp,
            "event_ts": stamp,
            "channel_type": channel.kind.value,
        },
    )


def delete(hub: Hub, by: By, gone: Message) -> None:
    """Delete a message. Where others have answered it, something is left to hold their thread."""
    channel = hub.home(gone)
    if channel.replies(gone.ts):
        _bury(hub, by, channel, gone)
    else:
        previous = plain(hub.world, gone)
        channel.remove(gone.ts)
        stamp = hub.event_stamp(by)
        event: Json = {"type": "message", "subtype": "message_deleted", "previous_message": previous}
        event |= {"channel": channel.id, "hidden": True, "deleted_ts": gone.ts, "event_ts": stamp, "ts": stamp}
        hub.tell_in(by, channel, event | {"channel_type": channel.kind.value})
    hub.note(by, "delete", channel, what=gone.ts)


def _bury(hub: Hub, by: By, channel: Channel, gone: Message) -> None:
    before = replace(gone)
    gone.text, gone.subtype, gone.user, gone.bot_id = "This message was deleted.", "tombstone", SLACKBOT, ""
    gone.blocks, gone.attachments, gone.files, gone.client_msg_id = [], [], [], ""
    gone.reactions, gone.metadata, gone.extra = {}, None, {"hidden": True}
    changed(hub, by, channel, before, gone)

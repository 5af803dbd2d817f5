"""Reactions given and taken back."""

from __future__ import annotations

from integrations.sandbox.slack.hub import By, Hub
from integrations.sandbox.slack.model import Json, Message


def add(hub: Hub, by: By, message: Message, name: str) -> bool:
    """React to a message; returns False where that had been done before."""
    people = message.reactions.setdefault(name, {})
    if by.user_id in people:
        return False
    people[by.user_id] = hub.now(by)
    _tell(hub, by, message, "reaction_added", name)
    return True


def remove(hub: Hub, by: By, message: Message, name: str) -> bool:
    """Take a reaction back; returns False where there was none."""
    people = message.reactions.get(name, {})
    if people.pop(by.user_id, None) is None:
        return False
    if not people:
        del message.reactions[name]
    _tell(hub, by, message, "reaction_removed", name)
    return True


def _tell(hub: Hub, by: By, message: Message, kind: str, name: str) -> None:
    channel = hub.home(message)
    event: Json = {
        "type": kind,
        "user": by.user_id,
        "reaction": name,
        "item": {"type": "message", "channel": channel.id, "ts": message.ts},
        "item_user": message.user,
        "event_ts": hub.event_stamp(by),
    }
    hub.tell_in(by, channel, event)
    noted = "reaction" if kind == "reaction_added" else "reaction_removed"
    about = message.user if noted == "reaction" else by.user_id
    hub.note(by, noted, channel, what=message.ts, about=about, detail=name)

"""Pins."""

from __future__ import annotations

from integrations.sandbox.slack.hub import By, Hub
from integrations.sandbox.slack.ids import seconds_of
from integrations.sandbox.slack.model import Json, Message
from integrations.sandbox.slack.payloads.messages import pinned


def pin(hub: Hub, by: By, message: Message, *, on: bool = True) -> None:
    """Pin a message to its channel, or take it off."""
    channel, moment = hub.home(message), seconds_of(hub.now(by))
    message.pinned = on
    link = f"https://slack.invalid/archives/{channel.id}/p{message.ts.replace('.', '')}"
    shown = pinned(hub.world, message) | {"permalink": link} | ({"pinned_to": [channel.id]} if on else {})
    item: Json = {"type": "message", "created": moment, "created_by": by.user_id, "channel": channel.id}
    event: Json = {
        "type": "pin_added" if on else "pin_removed",
        "user": by.user_id,
        "channel_id": channel.id,
        "item": item | {"message": shown},
        "item_user": message.user,
        "pin_count": sum(one.pinned for one in channel.messages.values()),
        "pinned_info": {"channel": channel.id, "pinned_by": by.user_id, "pinned_ts": moment},
        "event_ts": hub.event_stamp(by),
    }
    if not on:
        event["has_pins"] = event["pin_count"] > 0
    hub.tell_in(by, channel, event)
    hub.note(by, "pin" if on else "unpin", channel, what=message.ts)

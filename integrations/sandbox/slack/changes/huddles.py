"""Huddles: begun in a channel, come to, left, and over when nobody is there any more."""

from __future__ import annotations

import copy
from dataclasses import replace

from integrations.sandbox.slack.changes import belonging, messages
from integrations.sandbox.slack.changes.messages import Draft
from integrations.sandbox.slack.hub import By, Hub
from integrations.sandbox.slack.ids import seconds_of
from integrations.sandbox.slack.model import Channel, Json, Kind, Message, User
from integrations.sandbox.slack.world import SLACKBOT


def going_on(hub: Hub, channel: Channel) -> Message | None:
    """Return the message of the huddle that is going on in a channel, if there is one."""
    known = [one for one in hub.world.huddles.values() if one.channel_id == channel.id]
    return next((one for one in known if one.room is not None and not one.room["has_ended"]), None)


def come(hub: Hub, by: By, channel: Channel) -> Message:
    """Come to the huddle of a channel, or begin one; whoever is in another leaves that. Returns its message."""
    who = hub.world.users[by.user_id]
    if who.huddle:
        leave(hub, by)
    told = going_on(hub, channel)
    if told is None:
        room = _room(hub, by, channel)
        slackbot = By(SLACKBOT, by.at, by.told)
        extra: Json = {"no_notifications": True, "permalink": room["huddle_link"]}
        told = messages.post(hub, slackbot, channel, Draft("A huddle started", "huddle_thread", room=room, extra=extra))
        hub.world.huddles[room["id"]] = told
    else:
        _change(hub, by, told, *_with(told, who.id))
    _moved(hub, by, who, str((told.room or {})["id"]))
    hub.note(by, "huddle", channel, what=who.huddle)
    return told


def leave(hub: Hub, by: By) -> None:
    """Leave a huddle; it is over when the last one has left."""
    who = hub.world.users[by.user_id]
    told = hub.world.huddles.get(who.huddle)
    if told is None or told.room is None:
        return
    here = [one for one in told.room["participants"] if one != who.id]
    over: Json = {} if here else {"has_ended": True, "date_end": seconds_of(hub.now(by))}
    _change(hub, by, told, {**copy.deepcopy(told.room), "participants": here, **over}, over=bool(over))
    hub.note(by, "huddle_left", hub.home(told), what=who.huddle)
    _moved(hub, by, who, "")


def _with(told: Message, who: str) -> tuple[Json]:
    room = copy.deepcopy(told.room or {})
    room["participants"].append(who)
    if who not in room["participant_history"]:
        room["participant_history"].append(who)
    return (room,)


def _change(hub: Hub, by: By, told: Message, room: Json, *, over: bool = False) -> None:
    before = replace(told)
    told.room = room
    if over:
        told.text, told.edited = "", (SLACKBOT, hub.event_stamp(by))
    messages.changed(hub, By(SLACKBOT, by.at, by.told), hub.home(told), before, told)


def _moved(hub: Hub, by: By, who: User, huddle: str) -> None:
    who.huddle = huddle
    belonging.told(hub, by, who, "user_huddle_changed")


def _room(hub: Hub, by: By, channel: Channel) -> Json:
    number = hub.world.ids.new("R")
    return {
        "id": number,
        "name": "",
        "media_server": "",
        "created_by": by.user_id,
        "date_start": seconds_of(hub.now(by)),
        "date_end": 0,
        "participants": [by.user_id],
        "participant_history": [by.user_id],
        "participants_camera_on": [],
        "participants_camera_off": [],
        "participants_screenshare_on": [],
        "participants_screenshare_off": [],
        "canvas_thread_ts": "",
        "thread_root_ts": "",
        "channels": [channel.id],
        "is_dm_call": channel.kind == Kind.DIRECT,
        "was_rejected": False,
        "was_missed": False,
        "was_accepted": False,
        "has_ended": False,
        "background_id": "GRADIENT_01",
        "canvas_background": "GRADIENT_01",
        "is_prewarmed": False,
        "is_scheduled": False,
        "attached_file_ids": [],
        "media_backend_type": "free_willy",
        "display_id": "",
        "external_unique_id": number,
        "app_id": "A00",
        "call_family": "huddle",
        "pending_invitees": {},
        "last_invite_status_by_user": {},
        "knocks": {},
        "huddle_link": f"https://slack.invalid/huddle/{channel.team_id}/{channel.id}",
    }

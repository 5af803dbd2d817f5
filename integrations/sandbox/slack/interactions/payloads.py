"""What an app is told of an interaction. Source: Slack's reference, "Interaction payloads"."""

from __future__ import annotations

from integrations.sandbox.slack.model import Channel, Json, Kind, Message, User, View
from integrations.sandbox.slack.payloads.messages import message
from integrations.sandbox.slack.payloads.views import view
from integrations.sandbox.slack.registered import App
from integrations.sandbox.slack.world import World


def command(world: World, app: App, who: User, place: Channel, line: tuple[str, str]) -> Json:
    """Return a slash command; all of it is text, as in the form that it comes in."""
    team = world.teams[who.team_id]
    return {
        "token": app.verification,
        "team_id": team.id,
        "team_domain": team.domain,
        "channel_id": place.id,
        "channel_name": place_name(place),
        "user_id": who.id,
        "user_name": who.name,
        "command": line[0],
        "text": line[1],
        "api_app_id": app.id,
        "is_enterprise_install": "false",
    }


def place_name(place: Channel) -> str:
    """Return what interactions call a conversation."""
    names = {Kind.DIRECT: "directmessage", Kind.PRIVATE: "privategroup"}
    return names.get(place.kind, place.name)


def common(world: World, app: App, who: User, kind: str) -> Json:
    """Return what all interactions but commands have."""
    team = world.teams[who.team_id]
    return {
        "type": kind,
        "user": {"id": who.id, "username": who.name, "name": who.name, "team_id": who.team_id},
        "api_app_id": app.id,
        "token": app.verification,
        "team": {"id": team.id, "domain": team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def about(world: World, target: Message | View, typed: Json) -> Json:
    """Return where an action was done: in a message or in a view. An ephemeral message is not told itself; `typed` is
    what the person has chosen in a message's fields."""
    if isinstance(target, View):
        return {"container": {"type": "view", "view_id": target.id}, "view": view(target)}
    place = world.channels[target.channel_id]
    container: Json = {
        "type": "message",
        "message_ts": target.ts,
        "channel_id": place.id,
        "is_ephemeral": bool(target.only_for),
    }
    if target.is_reply:
        container["thread_ts"] = target.thread_ts
    found: Json = {"container": container, "channel": {"id": place.id, "name": place_name(place)}}
    found["state"] = {"values": typed}
    return found if target.only_for else {**found, "message": message(world, target)}


def shortcut(world: World, callback_id: str, target: Message | None, stamp: str) -> Json:
    """Return what a shortcut adds: a global one nothing but its name, one on a message that message."""
    found: Json = {"callback_id": callback_id, "action_ts": stamp}
    if target is None:
        return found
    place = world.channels[target.channel_id]
    found |= {"channel": {"id": place.id, "name": place_name(place)}, "message_ts": target.ts}
    return {**found, "message": message(world, target)}

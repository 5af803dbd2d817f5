"""The envelope that every event comes in."""

from __future__ import annotations

import base64

import orjson

from integrations.sandbox.slack.ids import seconds_of
from integrations.sandbox.slack.model import Channel, Installation, Json
from integrations.sandbox.slack.registered import App
from integrations.sandbox.slack.world import World


def envelope(world: World, app: App, known: Installation, event: Json, channel: Channel | None) -> Json:
    """Return what an app is told of an event in one of its workspaces."""
    return {
        "token": app.verification,
        "team_id": _actor_team(world, event, channel) or known.team_id,
        "context_team_id": known.team_id,
        "context_enterprise_id": None,
        "api_app_id": app.id,
        "event": event,
        "type": "event_callback",
        "event_id": world.ids.new("Ev"),
        "event_time": seconds_of(world.clock()),
        "authorizations": [authorization(known)],
        "is_ext_shared_channel": channel is not None and channel.shared,
        "event_context": context(event, known, channel),
    }


def _actor_team(world: World, event: Json, channel: Channel | None) -> str:
    """Return the workspace of who did something in a shared channel; the app may be installed elsewhere."""
    if channel is None or not channel.shared:
        return ""
    who = event.get("user") or event.get("message", {}).get("user")
    actor = world.users.get(who) if isinstance(who, str) else None
    return "" if actor is None else actor.team_id


def authorization(known: Installation) -> Json:
    """Return an installation as one of those that an event is seen by."""
    return {
        "enterprise_id": None,
        "team_id": known.team_id,
        "user_id": known.bot_user,
        "is_bot": True,
        "is_enterprise_install": False,
    }


def context(event: Json, known: Installation, channel: Channel | None) -> str:
    """Return what `apps.event.authorizations.list` is asked with: where the event was, in a form for Slack only."""
    said = {"et": event.get("type"), "tid": known.team_id, "aid": known.app_id, "cid": channel.id if channel else ""}
    return f"4-{base64.urlsafe_b64encode(orjson.dumps(said)).decode().rstrip('=')}"


def read_context(text: str) -> Json | None:
    """Return what a context says; None for something that is none."""
    try:
        part = text.removeprefix("4-")
        found = orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None

"""People and bots."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from integrations.sandbox.slack.ids import seconds_of
from integrations.sandbox.slack.model import Json, User
from integrations.sandbox.slack.world import World

_SIZES = ("24", "32", "48", "72", "192", "512")
_COLOR = "9f69e7"


def user(world: World, of: User, *, seen_from: str = "", email: bool = False) -> Json:
    """Return somebody as a workspace sees them (their own where none is given); `email` where a scope allows it."""
    stranger = seen_from not in ("", of.team_id)
    found: Json = {
        "id": of.id,
        "team_id": of.team_id,
        "name": of.name,
        "deleted": of.deleted,
        "profile": profile(world, of, email=email and not stranger),
        "is_bot": of.bot,
        "is_app_user": False,
        "updated": seconds_of(of.updated),
    }
    if stranger:
        found["is_stranger"] = True
    if of.deleted:
        return found
    found |= {"color": _COLOR, "real_name": of.real_name, **_zone(world, of), **_standing(of)}
    found |= {"is_email_confirmed": not of.bot, "who_can_share_contact_card": "EVERYONE"}
    if of.workflow:
        found["is_workflow_bot"] = True
    return found


def profile(world: World, of: User, *, email: bool = False) -> Json:
    """Return somebody's profile, with their status, huddle and pictures."""
    first, _, last = of.real_name.partition(" ")
    found: Json = {
        "title": "",
        "phone": "",
        "skype": "",
        "real_name": of.real_name,
        "real_name_normalized": of.real_name,
        "display_name": "" if of.bot else of.name,
        "display_name_normalized": "" if of.bot else of.name,
        "status_text": "",
        "status_emoji": "",
        "status_emoji_display_info": [],
        "status_expiration": 0,
        "avatar_hash": "sandbox",
        "first_name": first,
        "last_name": last,
        "status_text_canonical": "",
        "team": of.team_id,
        **{f"image_{size}": f"https://avatars.invalid/{of.id}-{size}.png" for size in _SIZES},
    }
    if of.bot:
        found |= {"bot_id": of.bot_id, "api_app_id": of.app_id, "always_active": True}
    else:
        found |= {"huddle_state": "in_a_huddle" if of.huddle else "default_unset", "huddle_state_expiration_ts": 0}
    if of.huddle:
        found["huddle_state_call_id"] = of.huddle
    if email and not of.bot:
        found["email"] = f"{of.name}@{world.teams[of.team_id].domain}.example"
    if of.restricted:
        found["guest_invited_by"] = world.owner(world.teams[of.team_id]).id
    return {**found, **of.profile}


def _zone(world: World, of: User) -> Json:
    """Return a time zone as Slack shows it: its name, its label and how many seconds it is ahead now."""
    if of.tz is None:
        return {}
    try:
        zone = ZoneInfo(of.tz)
    except (ZoneInfoNotFoundError, ValueError):
        return {"tz": of.tz, "tz_label": of.tz, "tz_offset": 0}
    moment = datetime.fromtimestamp(world.clock() / 1000, zone)
    ahead = moment.utcoffset() or timedelta()
    return {"tz": of.tz, "tz_label": moment.tzname(), "tz_offset": int(ahead.total_seconds())}


def _standing(of: User) -> Json:
    return {
        "is_admin": of.admin,
        "is_owner": of.owner,
        "is_primary_owner": of.owner,
        "is_restricted": of.restricted,
        "is_ultra_restricted": of.ultra_restricted,
    }


def bot_profile(world: World, of: User) -> Json:
    """Return a bot as its messages show it."""
    return {
        "id": of.bot_id,
        "deleted": of.deleted,
        "name": of.real_name,
        "updated": seconds_of(of.updated),
        "app_id": of.app_id,
        "icons": icons(of),
        "team_id": of.team_id,
        **({"is_workflow_bot": True} if of.workflow else {}),
    }


def icons(of: User) -> Json:
    """Return a bot's pictures."""
    return {f"image_{size}": f"https://avatars.invalid/{of.id}-{size}.png" for size in ("36", "48", "72")}

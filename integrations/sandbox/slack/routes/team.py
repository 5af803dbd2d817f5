"""The workspace, its bots, and who is not to be disturbed."""

from __future__ import annotations

from integrations.sandbox.slack.ids import seconds_of
from integrations.sandbox.slack.limits import TIER_2, TIER_3
from integrations.sandbox.slack.model import Json
from integrations.sandbox.slack.payloads.users import icons
from integrations.sandbox.slack.refusals import Refused, invalid_arguments
from integrations.sandbox.slack.routing import Call, Methods

methods = Methods()
_SIZES = ("34", "44", "68", "88", "102", "132", "230")


@methods.on("team.info", TIER_3, "team:read")
async def info(call: Call) -> Json:
    """Return the workspace, or one that shares a channel with it."""
    number = call.args.text("team") or call.team.id
    known = call.hub.world.teams.get(number)
    if known is None or not (known is call.team or any(number in one.teams for one in call.team.channels.values())):
        raise Refused("team_not_found")
    pictures = {f"image_{size}": f"https://avatars.invalid/{known.id}-{size}.png" for size in _SIZES}
    url = f"https://{known.domain}.slack.com/"
    found: Json = {"id": known.id, "name": known.name, "url": url, "domain": known.domain, "email_domain": ""}
    return {"team": found | {"icon": pictures | {"image_default": True}, "is_verified": False}}


@methods.on("bots.info", TIER_3, "users:read")
async def bot(call: Call) -> Json:
    """Return a bot by its bot id."""
    number = call.args.need("bot")
    known = next((one for one in call.team.users.values() if one.bot_id == number), None)
    if known is None:
        raise Refused("bot_not_found")
    found: Json = {
        "id": number,
        "deleted": known.deleted,
        "name": known.real_name,
        "updated": seconds_of(known.updated),
    }
    found |= {"app_id": known.app_id, "icons": icons(known)}
    return {"bot": found if known.webhook else found | {"user_id": known.id}}


@methods.on("dnd.teamInfo", TIER_2, "dnd:read")
async def dnd(call: Call) -> Json:
    """Return when people are not to be disturbed, up to fifty at once."""
    people = call.args.several("users")
    if not people or len(people) > 50:
        raise invalid_arguments("must have 1 to 50 items [json-pointer:/users]")
    found = {}
    for one in people:
        start, end = call.hub.world.users[one].quiet if one in call.hub.world.users else (0, 0)
        # Slack says 1 where there is no such time
        found[one] = {
            "dnd_enabled": bool(end),
            "next_dnd_start_ts": seconds_of(start) or 1,
            "next_dnd_end_ts": seconds_of(end) or 1,
        }
    return {"users": found, "cached": True}

"""People."""

from __future__ import annotations

from integrations.sandbox.slack.limits import TIER_2, TIER_4
from integrations.sandbox.slack.model import Json, Team, User
from integrations.sandbox.slack.pages import page
from integrations.sandbox.slack.payloads.users import profile, user
from integrations.sandbox.slack.routing import Call, Methods
from integrations.sandbox.slack.world import SLACKBOT

methods = Methods()


@methods.on("users.list", TIER_2, "users:read")
async def listed(call: Call) -> Json:
    """List the people of the workspace and those whom it meets in shared channels."""
    met = {one for place in call.team.channels.values() if place.shared for one in place.members}
    others = [call.hub.world.users[one] for one in sorted(met) if one not in call.team.users]
    found, more = page(call.args, [slackbot(call.team), *call.team.users.values(), *others], 1000, 1000)
    cached = call.hub.world.clock() // 1000
    return {"members": [_shown(call, one) for one in found], "cache_ts": cached, **more}


@methods.on("users.info", TIER_4, "users:read")
async def info(call: Call) -> Json:
    """Return somebody."""
    if call.args.text("user") == SLACKBOT:
        return {"user": _shown(call, slackbot(call.team))}
    return {"user": _shown(call, call.person())}


@methods.on("users.profile.get", TIER_4, "users.profile:read")
async def profile_get(call: Call) -> Json:
    """Return somebody's profile, the bot's where nobody is named."""
    known = call.person() if call.args.text("user") else call.hub.world.users[call.token.user]
    return {"profile": profile(call.hub.world, known, email=call.granted("users:read.email"))}


def slackbot(team: Team) -> User:
    """Return Slack's own voice, which is in every workspace under the same id and is not marked as a bot."""
    return User(SLACKBOT, team.id, "slackbot", "Slackbot", 0)


def _shown(call: Call, of: User) -> Json:
    shown = user(call.hub.world, of, seen_from=call.team.id, email=call.granted("users:read.email"))
    return shown | {"locale": of.locale} if call.args.flag("include_locale") else shown

"""Reactions."""

from __future__ import annotations

from integrations.sandbox.slack.changes import reactions
from integrations.sandbox.slack.limits import TIER_2, TIER_3
from integrations.sandbox.slack.model import Channel, Json, Message
from integrations.sandbox.slack.pages import page
from integrations.sandbox.slack.payloads.messages import message
from integrations.sandbox.slack.refusals import Refused
from integrations.sandbox.slack.routing import Call, Methods

methods = Methods()


@methods.on("reactions.get", TIER_3, "reactions:read")
async def get(call: Call) -> Json:
    """Return a message with its reactions."""
    place, known = _target(call)
    return {"type": "message", "channel": place.id, "message": message(call.hub.world, known)}


@methods.on("reactions.list", TIER_2, "reactions:read")
async def listed(call: Call) -> Json:
    """List the messages that somebody has reacted to, the bot where nobody is named, the newest first."""
    who = call.person().id if call.args.text("user") else call.token.user
    found = []
    for place in call.team.channels.values():
        if call.token.user in place.members:
            found += [
                (place, one) for one in place.messages.values() if any(who in of for of in one.reactions.values())
            ]
    found.sort(key=lambda pair: pair[1].ts, reverse=True)
    shown, more = page(call.args, found, 100, 1000)
    world = call.hub.world
    items = [{"type": "message", "channel": place.id, "message": message(world, one)} for place, one in shown]
    return {"items": items, **more}


@methods.on("reactions.add", TIER_3, "reactions:write")
async def add(call: Call) -> Json:
    """React as the bot."""
    place, known = _target(call)
    if not reactions.add(call.hub, call.by, known, call.args.need("name").strip(":")):
        raise Refused("already_reacted")
    call.values |= {"channel": place.id, "about": known.ts}
    return {}


@methods.on("reactions.remove", TIER_2, "reactions:write")
async def remove(call: Call) -> Json:
    """Take a reaction of the bot back."""
    place, known = _target(call)
    if not reactions.remove(call.hub, call.by, known, call.args.need("name").strip(":")):
        raise Refused("no_reaction")
    call.values |= {"channel": place.id, "about": known.ts}
    return {}


def _target(call: Call) -> tuple[Channel, Message]:
    place = call.channel(scope="")
    known = place.messages.get(call.args.need("timestamp"))
    if known is None:
        raise Refused("message_not_found")
    if call.token.user not in place.members:
        raise Refused("not_in_channel")
    return place, known

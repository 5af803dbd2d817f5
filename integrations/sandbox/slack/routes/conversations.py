"""Conversations: listed, looked at, opened, joined."""

from __future__ import annotations

from integrations.sandbox.slack.changes import belonging
from integrations.sandbox.slack.delivery.subscriptions import place as scope_of
from integrations.sandbox.slack.limits import TIER_2, TIER_3, TIER_4
from integrations.sandbox.slack.model import Channel, Json, Kind
from integrations.sandbox.slack.pages import page
from integrations.sandbox.slack.payloads.channels import channel
from integrations.sandbox.slack.refusals import Refused, missing_scope
from integrations.sandbox.slack.routing import Call, Methods

methods = Methods()
_READ = ("channels:read", "groups:read", "mpim:read", "im:read")
_TYPES = {
    "public_channel": Kind.CHANNEL,
    "private_channel": Kind.PRIVATE,
    "mpim": Kind.MANY,
    "im": Kind.DIRECT,
}


@methods.on("conversations.list", TIER_2, *_READ)
async def listed(call: Call) -> Json:
    """List the conversations that the bot can see."""
    kinds = _kinds(call)
    known = [one for one in call.team.channels.values() if one.kind in kinds and call.visible(one)]
    if call.args.flag("exclude_archived"):
        known = [one for one in known if not one.archived]
    found, more = page(call.args, known, 100, 1000)
    return {"channels": [_listed(call, one) for one in found], **more}


@methods.on("users.conversations", TIER_3, *_READ)
async def of_user(call: Call) -> Json:
    """List the conversations that somebody is in, the bot where nobody is named."""
    kinds = _kinds(call)
    who = call.person().id if call.args.text("user") else call.token.user
    known = [one for one in call.team.channels.values() if one.kind in kinds and who in one.members]
    known = [one for one in known if call.visible(one)]
    if call.args.flag("exclude_archived"):
        known = [one for one in known if not one.archived]
    found, more = page(call.args, known, 100, 999)
    return {"channels": [_listed(call, one) for one in found], **more}


def _kinds(call: Call) -> set[Kind]:
    """Return the kinds asked for. Refuses one that there is not, and one whose scope is missing."""
    names = call.args.several("types", "public_channel")
    if any(one not in _TYPES for one in names):
        raise Refused("invalid_types")
    kinds = {_TYPES[one] for one in names}
    missing = [f"{scope_of(one)}:read" for one in kinds if not call.granted(f"{scope_of(one)}:read")]
    if missing:
        raise missing_scope(",".join(sorted(missing)), call.token.scopes)
    return kinds


@methods.on("conversations.info", TIER_3, *_READ)
async def info(call: Call) -> Json:
    """Return a conversation."""
    found = _shown(call, call.channel())
    if not call.args.flag("include_num_members"):
        found.pop("num_members", None)
    return {"channel": found}


@methods.on("conversations.members", TIER_4, *_READ)
async def members(call: Call) -> Json:
    """List who is in a conversation."""
    found, more = page(call.args, list(call.channel().members), 100, 1000)
    return {"members": list(found), **more}


@methods.on("conversations.open", TIER_3, "im:write", "mpim:write")
async def opened(call: Call) -> Json:
    """Open a conversation with one person, or with up to eight."""
    if call.args.text("channel"):
        return _opened(call, call.channel(scope=""), already=True)
    people = call.args.several("users")
    if not people:
        raise Refused("users_list_not_supplied")
    if len(people) > 8:
        raise Refused("too_many_users")
    for one in people:
        _check(call, one)
    if len(people) == 1:
        call.need("im:write")
        known = call.hub.world.direct_known(call.token.user, people[0])
        return _opened(call, known or call.hub.world.direct(call.token.user, people[0]), already=known is not None)
    call.need("mpim:write")
    return _opened(call, *_many(call, {call.token.user, *people}))


def _check(call: Call, user_id: str) -> None:
    known = call.hub.world.users.get(user_id)
    if known is None or not call.meets(known):
        raise Refused("user_not_found")
    if known.deleted:
        raise Refused("user_disabled")
    if known.bot and user_id != call.token.user:
        raise Refused("cannot_dm_bot")


def _many(call: Call, people: set[str]) -> tuple[Channel, bool]:
    """Return the conversation of several people and whether it was there before."""
    here = call.team.channels.values()
    known = next((one for one in here if one.kind == Kind.MANY and set(one.members) == people), None)
    if known is not None:
        return known, True
    names = "--".join(call.hub.world.users[one].name for one in sorted(people))
    made = call.hub.world.channel(call.team, f"mpdm-{names}-1", Kind.MANY, call.token.user)
    made.members = dict.fromkeys(sorted(people), call.hub.world.clock())
    return made, False


def _opened(call: Call, place: Channel, already: bool) -> Json:
    call.values["channel"] = place.id
    shown = _shown(call, place) if call.args.flag("return_im") else {"id": place.id}
    return {"channel": shown, **({"no_op": True, "already_open": True} if already else {})}


@methods.on("conversations.join", TIER_3, "channels:join")
async def join(call: Call) -> Json:
    """Let the bot come into a public channel."""
    place = call.channel(scope="")
    if place.kind != Kind.CHANNEL:
        raise Refused("method_not_supported_for_channel_type")
    if place.archived:
        raise Refused("is_archived")
    inside = call.token.user in place.members
    if inside:
        call.warnings.append("already_in_channel")
    belonging.join(call.hub, call.by, place)
    call.values["channel"] = place.id
    return {"channel": _shown(call, place)}


def _shown(call: Call, of: Channel) -> Json:
    return channel(call.hub.world, of, call.token.user, call.team.id)


def _listed(call: Call, of: Channel) -> Json:
    """Return a conversation as lists have it, which do not tell the workspaces that are connected to it."""
    return {name: part for name, part in _shown(call, of).items() if name != "connected_team_ids"}

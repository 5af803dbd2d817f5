"""Messages of the app: written, shown to one person, changed, deleted."""

from __future__ import annotations

from integrations.sandbox.slack.changes import messages
from integrations.sandbox.slack.drafts import changes_of, draft_of
from integrations.sandbox.slack.limits import SPECIAL, TIER_3, TIER_4
from integrations.sandbox.slack.model import Channel, Json, Kind, Message
from integrations.sandbox.slack.payloads.messages import message
from integrations.sandbox.slack.refusals import Refused
from integrations.sandbox.slack.routing import Call, Methods
from integrations.sandbox.slack.text import pings

methods = Methods()
_UPDATE_MOST = 4_000


@methods.on("chat.postMessage", SPECIAL, "chat:write", "chat:write.public")
async def post(call: Call) -> Json:
    """Write a message into a channel, or to a person whose id is given as the channel."""
    place = _place(call)
    draft = draft_of(call)
    if draft.thread_ts and draft.thread_ts not in place.messages:
        raise Refused("thread_not_found")
    made = messages.post(call.hub, call.by, place, draft)
    call.values |= {"channel": place.id, "message": made.ts, "pings": tuple(pings(made.text))} | _about(call, place)
    if draft.metadata is not None:
        call.values["metadata"] = draft.metadata["event_type"]
    return {"channel": place.id, "ts": made.ts, "message": message(call.hub.world, made, metadata=True)}


def _about(call: Call, place: Channel) -> Json:
    """Return whom a direct message is for, as the ledger keeps it."""
    others = [one for one in place.members if one != call.token.user]
    return {"user": others[0]} if place.kind == Kind.DIRECT and others else {}


def _place(call: Call) -> Channel:
    """Return where a message is to go. Refuses where the app may not write."""
    said = call.args.need("channel")
    if said[0] in "UW":
        return _direct(call, said)
    named = said.removeprefix("#")
    known = call.hub.world.channels.get(said)
    if known is None:
        known = next((one for one in call.team.channels.values() if one.name and one.name == named), None)
    if known is None or not call.visible(known):
        raise Refused("channel_not_found")
    if known.archived:
        raise Refused("is_archived")
    _check_member(call, known)
    if known.kind == Kind.DIRECT:
        _check_reachable(call, next(one for one in known.members if one != call.token.user))
    return known


def _check_member(call: Call, place: Channel) -> None:
    inside = call.token.user in place.members
    if not inside and not call.granted("chat:write.public"):
        raise Refused("not_in_channel")
    if inside:
        call.need("chat:write")


def _direct(call: Call, user_id: str) -> Channel:
    known = call.hub.world.users.get(user_id)
    if known is None or not call.meets(known) or known.deleted:
        raise Refused("channel_not_found")
    _check_reachable(call, user_id)
    return call.hub.world.direct(call.token.user, user_id)


def _check_reachable(call: Call, user_id: str) -> None:
    if call.hub.world.users[user_id].bot:
        raise Refused("cannot_dm_bot")
    if not call.app.messages_tab:
        raise Refused("messages_tab_disabled")


@methods.on("chat.postEphemeral", TIER_4, "chat:write")
async def post_ephemeral(call: Call) -> Json:
    """Show a message to one person in a channel; it lies nowhere."""
    place = call.channel(scope="")
    who = call.args.need("user")
    if place.archived:
        raise Refused("is_archived")
    if call.token.user not in place.members:
        raise Refused("not_in_channel" if place.kind == Kind.CHANNEL else "channel_not_found")
    if who not in place.members:
        raise Refused("user_not_in_channel")
    made = messages.make(call.hub, call.by, place, draft_of(call))
    made.only_for = who
    call.hub.private.ephemerals[who].append(made)
    call.values |= {"channel": place.id, "user": who, "message": made.ts, "private": True}
    return {"message_ts": made.ts}


@methods.on("chat.update", TIER_3, "chat:write")
async def update(call: Call) -> Json:
    """Change one of the app's own messages."""
    place, known = _own(call, "cant_update_message")
    if len(call.args.text("text")) > _UPDATE_MOST:
        raise Refused("msg_too_long")
    messages.edit(call.hub, call.by, known, changes_of(call))
    call.values |= {"channel": place.id, "changed": known.ts}
    shown = message(call.hub.world, known, metadata=True)
    return {"channel": place.id, "ts": known.ts, "text": known.text, "message": shown}


@methods.on("chat.delete", TIER_3, "chat:write")
async def delete(call: Call) -> Json:
    """Delete one of the app's own messages."""
    place, known = _own(call, "cant_delete_message")
    messages.delete(call.hub, call.by, known)
    call.values |= {"channel": place.id, "deleted": known.ts}
    return {"channel": place.id, "ts": known.ts}


def _own(call: Call, error: str) -> tuple[Channel, Message]:
    place = call.channel(scope="")
    known = place.messages.get(call.args.need("ts"))
    if known is None:
        raise Refused("message_not_found")
    if known.user != call.token.user:
        raise Refused(error)
    return place, known


@methods.on("chat.getPermalink", SPECIAL)
async def permalink(call: Call) -> Json:
    """Return the address of a message."""
    place = call.channel(scope="")
    known = place.messages.get(call.args.need("message_ts"))
    if known is None:
        raise Refused("message_not_found")
    root = f"https://{call.team.domain}.slack.com/archives/{place.id}/p{known.ts.replace('.', '')}"
    thread = f"?thread_ts={known.thread_ts}&cid={place.id}" if known.is_reply else ""
    return {"channel": place.id, "permalink": root + thread}

"""What messages tell: written, edited, deleted. Texts are looked at for whom they name, then dropped.

Natural keys, versions and meanings are those of the importer, so that both copies of a message are one.
"""

from __future__ import annotations

from bot.ports import Kind, Payload, Signal, day_of, readable
from integrations.formats.slack import ARRIVALS, GONE, WRITTEN, gone, key_of, mentions, moment_of, named_in, written
from integrations.slack.payloads import huddles
from integrations.slack.payloads.channels import Spot
from integrations.slack.payloads.ids import heard_at, not_later
from integrations.slack.payloads.workspace import Workspace

_CHANGED, _DELETED, _HUDDLE = "message_changed", "message_deleted", "huddle_thread"
_DIRECT = frozenset({"im", "mpim"})


@readable
def said(event: Payload, workspace: Workspace, now: int) -> list[Signal]:
    """Return what an event about a message says (`message`, with all its subtypes)."""
    subtype = event.get("subtype")
    if event.get("channel_type") in _DIRECT:
        return []
    if subtype in WRITTEN:
        return posted(event, workspace, workspace.channels.spot(event["channel"]), now)
    if subtype == _CHANGED:
        return _changed(event, workspace, now)
    if subtype == _DELETED:
        return _deleted(event, workspace, now)
    if subtype in ARRIVALS:
        return arrived(event, workspace, workspace.channels.spot(event["channel"]), now)
    if subtype == _HUDDLE:
        return huddles.told(event, event["channel"], workspace, now)
    return []


def posted(message: Payload, workspace: Workspace, spot: Spot, now: int, captured: int = 0) -> list[Signal]:
    """Return what a message says that somebody wrote, live or on a page of history; may raise anything of `BROKEN`.

    `captured` is when its page was asked for (ms), where all reactions to it are known from there.
    """
    if message.get("bot_id") or not spot.allowed:
        return []
    who = workspace.actor(message["user"], spot, message.get("user_team") or message.get("team"))
    if who is None:
        return []
    not_later(moment_of(message["ts"]), now)
    told = written(message, spot.context, who, captured)
    if told.kind not in workspace.kinds:
        return []
    names = named_in(message) if Kind.MENTION in workspace.kinds else ()
    return [told, *mentions(told, [workspace.people.account(one) for one in names])]


def arrived(message: Payload, workspace: Workspace, spot: Spot, now: int) -> list[Signal]:
    """Return that somebody came to a channel, or went; as `posted`."""
    kind, ts = ARRIVALS[message["subtype"]], message["ts"]
    at = not_later(moment_of(ts), now)
    who = workspace.actor(message["user"], spot) if kind in workspace.kinds and spot.allowed else None
    return [Signal(kind, key_of(spot.context.place, ts), day_of(at), at, who, at, spot.context)] if who else []


def _changed(event: Payload, workspace: Workspace, now: int) -> list[Signal]:
    """Return what an edit says. Previews of links, answers to a message and the like are no edits and say nothing."""
    message, spot = event["message"], workspace.channels.spot(event["channel"])
    subtype = message.get("subtype")
    if subtype == GONE:
        return _gone(message, event, spot, workspace, now)
    if subtype == _HUDDLE:
        return huddles.told(message, event["channel"], workspace, now)
    if subtype not in WRITTEN or not message.get("edited"):
        return []
    return posted(message, workspace, spot, now)


def _deleted(event: Payload, workspace: Workspace, now: int) -> list[Signal]:
    before = event.get("previous_message") or {}
    if before.get("subtype") not in WRITTEN and before.get("subtype") not in ARRIVALS:
        return []
    spot = workspace.channels.spot(event["channel"])
    return _gone({"ts": event["deleted_ts"], "thread_ts": before.get("thread_ts")}, event, spot, workspace, now)


def _gone(message: Payload, event: Payload, spot: Spot, workspace: Workspace, now: int) -> list[Signal]:
    not_later(moment_of(message["ts"]), now)
    version = max(heard_at(event, now), workspace.stamp(now))
    found = gone(spot.context.place, message["ts"], message.get("thread_ts"), version, spot.context)
    return [found]

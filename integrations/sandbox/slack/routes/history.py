"""What was written in conversations."""

from __future__ import annotations

from integrations.sandbox.slack.limits import TIER_3
from integrations.sandbox.slack.model import Channel, Json, Message
from integrations.sandbox.slack.pages import cursor, told
from integrations.sandbox.slack.payloads.messages import message
from integrations.sandbox.slack.refusals import Refused
from integrations.sandbox.slack.routing import Call, Methods

methods = Methods()
_SCOPES = ("channels:history", "groups:history", "mpim:history", "im:history")
_MOST, _COMMERCIAL = 999, 15


@methods.on("conversations.history", TIER_3, *_SCOPES)
async def history(call: Call) -> Json:
    """Return the messages of a conversation, the newest first."""
    place = _readable(call)
    known = [place.messages[one] for one in place.order]
    within = [one for one in known if _within(call, one.ts)]
    latest_page = call.args.text("cursor")
    if latest_page:
        before = told(latest_page, "next_ts")
        within = [one for one in within if one.ts <= before]
    limit = _limit(call)
    # with only an oldest moment, Slack still begins with the newest
    within.reverse()
    return _page(call, within[:limit], within[limit : limit + 1], pin_count=_pins(place))


@methods.on("conversations.replies", TIER_3, *_SCOPES)
async def replies(call: Call) -> Json:
    """Return a message and the answers in its thread, the oldest first; the message itself leads every page."""
    place = _readable(call)
    known = place.messages.get(call.args.need("ts"))
    if known is None:
        raise Refused("thread_not_found")
    root = place.messages.get(known.thread_ts, known) if known.is_reply else known
    answers = [one for one in place.replies(root.ts) if _within(call, one.ts)]
    following = call.args.text("cursor")
    if following:
        after = told(following, "next_ts")
        answers = [one for one in answers if one.ts >= after]
    limit = _limit(call)
    return _page(call, [root, *answers[: limit - 1]], answers[limit - 1 : limit])


def _readable(call: Call) -> Channel:
    place = call.channel(scope="history")
    if call.token.user not in place.members:
        raise Refused("not_in_channel")
    return place


def _limit(call: Call) -> int:
    if call.app.commercial:
        return call.args.number("limit", _COMMERCIAL, _COMMERCIAL)
    return call.args.number("limit", 100, _MOST)


def _within(call: Call, ts: str) -> bool:
    oldest, latest = call.args.text("oldest"), call.args.text("latest")
    inclusive = call.args.flag("inclusive")
    late_enough = not oldest or _key(ts) > _key(oldest) or (inclusive and _key(ts) == _key(oldest))
    return late_enough and (not latest or _key(ts) < _key(latest) or (inclusive and _key(ts) == _key(latest)))


def _key(ts: str) -> tuple[int, int]:
    seconds, _, micro = ts.partition(".")
    if not seconds.isdigit() or (micro and not micro.isdigit()):
        raise Refused("invalid_ts_oldest")
    return int(seconds), int((micro or "0").ljust(6, "0")[:6])


def _pins(place: Channel) -> int:
    return sum(one.pinned for one in place.messages.values())


def _page(call: Call, found: list[Message], following: list[Message], **more: int) -> Json:
    metadata = call.args.flag("include_all_metadata")
    answer: Json = {
        "messages": [message(call.hub.world, one, metadata=metadata) for one in found],
        "has_more": bool(following),
        **more,
    }
    if following:
        answer["response_metadata"] = {"next_cursor": cursor(f"next_ts:{following[0].ts}")}
    return answer

"""Polls: who chose what, and ending one."""

from __future__ import annotations

from integrations.sandbox.discord.changes import polls
from integrations.sandbox.discord.model import Message
from integrations.sandbox.discord.payloads.users import user
from integrations.sandbox.discord.refusals import Refused, unknown
from integrations.sandbox.discord.routes.messages import shown
from integrations.sandbox.discord.routing import Call, Json, Routes

routes = Routes()


@routes.on("GET", "/channels/{channel_id}/polls/{message_id}/answers/{answer_id}")
async def voters(call: Call) -> Json:
    """Return those who chose an answer, by id in pages of up to 100."""
    known = _poll(call)
    chosen = polls.poll_of(known).votes.get(call.number("answer_id"), {})
    after = call.asked("after") or 0
    numbers = sorted(one for one in chosen if one > after)[: call.count("limit", 25, 100)]
    return {"users": [user(call.hub.world.users[one]) for one in numbers]}


@routes.on("POST", "/channels/{channel_id}/polls/{message_id}/expire")
async def end(call: Call) -> Json:
    """End one of the bot's own polls."""
    known = _poll(call)
    if known.author_id != call.hub.world.bot.id:
        raise Refused(403, 50005)
    if polls.poll_of(known).finalized:
        raise Refused(400, 520006)
    polls.end(call.hub, call.by, known)
    return shown(call, known)


def _poll(call: Call) -> Message:
    known = call.message()
    if known.poll is None:
        raise unknown(10008)
    return known

"""Pinned messages, by the present routes and by the older ones."""

from __future__ import annotations

from integrations.sandbox.discord.changes import messages
from integrations.sandbox.discord.model import Message
from integrations.sandbox.discord.permissions import Permission
from integrations.sandbox.discord.routes.messages import shown
from integrations.sandbox.discord.routing import Call, Json, Routes
from integrations.sandbox.discord.snowflakes import iso, moment_from

routes = Routes()

_NEW, _OLD = "/channels/{channel_id}/messages/pins", "/channels/{channel_id}/pins"


@routes.on("GET", _NEW)
async def page(call: Call) -> Json:
    """Return pinned messages, those pinned last first, before a moment where given."""
    before = moment_from(call.query["before"]) if call.query.get("before") else None
    found = [one for one in _pinned(call) if before is None or (one.pinned or 0) < before]
    limit = call.count("limit", 50, 50)
    items = [{"pinned_at": iso(one.pinned or 0), "message": shown(call, one)} for one in found[:limit]]
    return {"items": items, "has_more": len(found) > limit}


@routes.on("GET", _OLD)
async def every(call: Call) -> list[Json]:
    """Return up to 50 pinned messages."""
    return [shown(call, one) for one in _pinned(call)[:50]]


@routes.on("PUT", _NEW + "/{message_id}")
@routes.on("PUT", _OLD + "/{message_id}")
async def pin(call: Call) -> None:
    """Pin a message."""
    messages.pin(call.hub, call.by, call.message(Permission.PIN_MESSAGES), on=True)


@routes.on("DELETE", _NEW + "/{message_id}")
@routes.on("DELETE", _OLD + "/{message_id}")
async def unpin(call: Call) -> None:
    """Take a message off the pinned ones."""
    messages.pin(call.hub, call.by, call.message(Permission.PIN_MESSAGES), on=False)


def _pinned(call: Call) -> list[Message]:
    place = call.channel(Permission.READ_MESSAGE_HISTORY)
    return sorted((one for one in place.messages.values() if one.pinned), key=lambda one: -(one.pinned or 0))

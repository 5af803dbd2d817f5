"""Reactions and who gave them."""

from __future__ import annotations

from integrations.sandbox.discord.changes import reactions
from integrations.sandbox.discord.model import Emoji
from integrations.sandbox.discord.payloads.users import user
from integrations.sandbox.discord.permissions import Permission
from integrations.sandbox.discord.refusals import Refused, invalid
from integrations.sandbox.discord.routing import Call, Json, Routes

routes = Routes()

_ALL = "/channels/{channel_id}/messages/{message_id}/reactions"
_EMOJI = _ALL + "/{emoji_name}"
_MOST_KINDS = 20


def emoji_from(text: str) -> Emoji:
    """Return an emoji out of a path: the character itself, or `name:id`. Raises Refused."""
    name, colon, number = text.partition(":")
    if colon and not number.isdigit() or not name or name.isascii() and not colon:
        raise Refused(400, 10014)
    return Emoji(name, int(number) if number else 0)


@routes.on("PUT", _EMOJI + "/@me")
async def add(call: Call) -> None:
    """React to a message."""
    known, what = call.message(Permission.READ_MESSAGE_HISTORY), emoji_from(call.path["emoji_name"])
    if what not in known.reactions:
        call.channel(Permission.ADD_REACTIONS)
        if len(known.reactions) >= _MOST_KINDS:
            raise Refused(403, 30010)
    reactions.add(call.hub, call.by, known, what)


@routes.on("DELETE", _EMOJI + "/{user_id}")
async def remove(call: Call) -> None:
    """Take a reaction away: the bot's own, or another's where it may manage messages."""
    known, who = call.message(), call.number("user_id")
    if who != call.hub.world.bot.id:
        call.channel(Permission.MANAGE_MESSAGES)
    reactions.remove(call.hub, call.by, known, emoji_from(call.path["emoji_name"]), who)


@routes.on("DELETE", _EMOJI)
async def clear_one(call: Call) -> None:
    """Take all reactions with one emoji away."""
    known = call.message(Permission.MANAGE_MESSAGES)
    reactions.clear(call.hub, call.by, known, emoji_from(call.path["emoji_name"]))


@routes.on("DELETE", _ALL)
async def clear_all(call: Call) -> None:
    """Take all reactions away."""
    reactions.clear(call.hub, call.by, call.message(Permission.MANAGE_MESSAGES), None)


@routes.on("GET", _EMOJI)
async def people(call: Call) -> list[Json]:
    """Return those who reacted with an emoji, by id in pages of up to 100."""
    known = call.message(Permission.READ_MESSAGE_HISTORY)
    if call.query.get("type", "0") not in ("0", "1"):
        raise invalid("type", "BASE_TYPE_CHOICES", "Value must be one of (0, 1).")
    burst = call.query.get("type") == "1"
    given = {} if burst else known.reactions.get(emoji_from(call.path["emoji_name"]), {})
    after = call.asked("after") or 0
    chosen = sorted(number for number in given if number > after)[: call.count("limit", 25, 100)]
    return [user(call.hub.world.users[number]) for number in chosen]

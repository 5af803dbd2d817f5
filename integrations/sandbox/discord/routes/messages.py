"""Messages: written, read, edited, deleted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from integrations.sandbox.discord.changes import messages
from integrations.sandbox.discord.drafts import read_changes, read_draft
from integrations.sandbox.discord.model import Channel, ChannelType, Message, User
from integrations.sandbox.discord.payloads.messages import message
from integrations.sandbox.discord.permissions import Permission
from integrations.sandbox.discord.refusals import Refused, invalid
from integrations.sandbox.discord.routing import Call, Json, Routes
from integrations.sandbox.discord.snowflakes import moment_of

routes = Routes()

_ALL, _ONE = "/channels/{channel_id}/messages", "/channels/{channel_id}/messages/{message_id}"
_SILENT = (ChannelType.CATEGORY, ChannelType.FORUM)
_FORTNIGHT_MS = 14 * 86_400_000


def shown(call: Call, of: Message) -> Json:
    """Return a message as this app may read it."""
    return message(call.hub.world, of, reads=call.hub.world.application.reads_content)


@routes.on("POST", _ALL)
async def create(call: Call) -> Json:
    """Write a message. With `enforce_nonce`, a repeat within minutes gives back the first one."""
    place = call.channel(_needed(call))
    _check_place(call, place)
    draft = read_draft(call.hub, place, call.body)
    call.values |= {"channel": str(place.id), "nonce": draft.nonce}
    known = _by_nonce(call) if call.body.get("enforce_nonce") else None
    if known is not None:
        call.values["repeat"] = str(known.id)
        return shown(call, known)
    made = messages.post(call.hub, call.by, place, draft)
    if draft.nonce is not None:
        call.hub.nonces[str(draft.nonce)] = (call.hub.timer(), made)
    call.values |= {"message": str(made.id), "pings": messages.pinged(made)} | _about(place)
    return {**shown(call, made), **({"nonce": draft.nonce} if draft.nonce is not None else {})}


def _needed(call: Call) -> Permission:
    known = call.hub.world.channels.get(call.number("channel_id"))
    threaded = known is not None and known.thread is not None
    return Permission.SEND_MESSAGES_IN_THREADS if threaded else Permission.SEND_MESSAGES


def _about(place: Channel) -> Json:
    return {"user": str(place.recipients[0])} if place.recipients else {}


def _check_place(call: Call, place: Channel) -> None:
    """Refuse channels that take no messages, and people who take none."""
    if place.type in _SILENT:
        raise Refused(400, 50008)
    for number in place.recipients:
        if not _reachable(call, call.hub.world.users[number]):
            raise Refused(403, 50007)
    if call.body.get("poll") and not call.hub.world.allowed(call.hub.world.bot.id, place) & Permission.SEND_POLLS:
        raise Refused(403, 50013)


def _reachable(call: Call, who: User) -> bool:
    shared = any(who.id in guild.members for guild in call.hub.world.guilds_of_bot())
    return who.dms_open and shared


def _by_nonce(call: Call) -> Message | None:
    """Return the bot's message with the same nonce, if that was not long ago."""
    nonce = call.body.get("nonce")
    if nonce is None:
        return None
    if len(str(nonce)) > 25:
        raise invalid("nonce", "NONCE_TYPE_TOO_LONG", "Must be 25 or fewer in length.")
    moment, known = call.hub.nonces.get(str(nonce), (0.0, None))
    return known if call.hub.timer() - moment < call.hub.limits.nonce else None


@routes.on("GET", _ALL)
async def history(call: Call) -> list[Json]:
    """Return messages, the newest first, `before`, `after` or `around` an id; without the permission, none."""
    place = call.channel()
    limit = call.count("limit", 50, 100)
    if not call.hub.world.allowed(call.hub.world.bot.id, place) & Permission.READ_MESSAGE_HISTORY:
        return []
    start, end = _range(call, place.order, limit)
    return [shown(call, place.messages[number]) for number in reversed(place.order[start:end])]


def _range(call: Call, order: list[int], limit: int) -> tuple[int, int]:
    """Return where in the ordered ids the page begins and ends."""
    around, before, after = call.asked("around"), call.asked("before"), call.asked("after")
    if around is not None:
        start = max(0, bisect_left(order, around) - limit // 2)
        return start, start + limit
    if before is not None:
        end = bisect_left(order, before)
        return max(0, end - limit), end
    if after is not None:
        start = bisect_right(order, after)
        return start, start + limit
    return max(0, len(order) - limit), len(order)


@routes.on("GET", _ONE)
async def one(call: Call) -> Json:
    """Return a message."""
    return shown(call, call.message(Permission.READ_MESSAGE_HISTORY))


@routes.on("PATCH", _ONE)
async def edit(call: Call) -> Json:
    """Edit one of the bot's own messages."""
    known = call.message()
    if known.author_id != call.hub.world.bot.id:
        raise Refused(403, 50005)
    messages.edit(call.hub, call.by, known, read_changes(call.hub, known, call.body))
    call.values["channel"] = str(known.channel_id)
    return shown(call, known)


@routes.on("DELETE", _ONE)
async def delete(call: Call) -> None:
    """Delete a message: an own one, or another's where the bot may manage messages."""
    known = call.message()
    if known.author_id != call.hub.world.bot.id:
        call.channel(Permission.MANAGE_MESSAGES)
    messages.delete(call.hub, call.by, known)


@routes.on("POST", _ALL + "/bulk-delete")
async def delete_many(call: Call) -> None:
    """Delete 2 to 100 messages that are younger than two weeks."""
    place = call.channel(Permission.MANAGE_MESSAGES)
    numbers = [int(number) for number in call.body.get("messages") or ()]
    if not 2 <= len(numbers) <= 100:
        raise invalid("messages", "BASE_TYPE_BAD_LENGTH", "Must be between 2 and 100 in length.")
    if any(moment_of(number) < call.hub.world.clock() - _FORTNIGHT_MS for number in numbers):
        raise Refused(400, 50034)
    messages.delete_many(call.hub, call.by, place, [place.messages[one] for one in numbers if one in place.messages])

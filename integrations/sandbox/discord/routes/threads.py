"""Threads and forum posts."""

from __future__ import annotations

from integrations.sandbox.discord.changes import messages, threads
from integrations.sandbox.discord.changes.messages import Draft
from integrations.sandbox.discord.changes.threads import Opening
from integrations.sandbox.discord.drafts import read_draft
from integrations.sandbox.discord.model import Channel, ChannelType, MessageType, Reference
from integrations.sandbox.discord.payloads.channels import thread, thread_member
from integrations.sandbox.discord.payloads.users import member
from integrations.sandbox.discord.permissions import Permission
from integrations.sandbox.discord.refusals import Refused, check_length, unknown
from integrations.sandbox.discord.routes.messages import shown
from integrations.sandbox.discord.routing import Call, Json, Routes
from integrations.sandbox.discord.snowflakes import moment_from

routes = Routes()

_THREAD = "/channels/{channel_id}"


@routes.on("POST", "/channels/{channel_id}/messages/{message_id}/threads")
async def from_message(call: Call) -> Json:
    """Open a thread on a message, once."""
    known, place = call.message(Permission.CREATE_PUBLIC_THREADS), call.channel()
    if known.thread_id is not None:
        raise Refused(400, 160004)
    made = threads.open_thread(call.hub, call.by, place, _opening(call, number=known.id))
    known.thread_id, known.flags = made.id, known.flags | 1 << 5
    messages.told(call.hub, call.by, known)
    call.status = 201
    return thread(made, call.hub.world.bot.id)


@routes.on("POST", "/channels/{channel_id}/threads")
async def open_one(call: Call) -> Json:
    """Open a thread of its own, or a post in a forum with its first message."""
    place = call.channel()
    if place.type == ChannelType.FORUM:
        return _post(call, call.channel(Permission.SEND_MESSAGES))
    private = int(call.body.get("type") or ChannelType.PRIVATE_THREAD) == ChannelType.PRIVATE_THREAD
    call.channel(Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS)
    made = threads.open_thread(call.hub, call.by, place, _opening(call, private=private))
    if not private:
        about = Reference(made.id, made.id, made.guild_id)
        messages.post(call.hub, call.by, place, Draft(made.name, MessageType.THREAD_CREATED, about, pings=False))
    call.status = 201
    return thread(made, call.hub.world.bot.id)


def _post(call: Call, forum: Channel) -> Json:
    draft = read_draft(call.hub, forum, call.body.get("message") or {})
    opening = _opening(call, tags=tuple(int(tag) for tag in call.body.get("applied_tags") or ()))
    made = threads.open_thread(call.hub, call.by, forum, opening)
    first = messages.post(call.hub, call.by, made, draft, number=made.id)
    call.values |= {"channel": str(made.id), "message": str(first.id)}
    call.status = 201
    return {**thread(made, call.hub.world.bot.id), "message": shown(call, first)}


def _opening(call: Call, number: int | None = None, *, private: bool = False, tags: tuple[int, ...] = ()) -> Opening:
    name = check_length("name", call.body.get("name"), 100, 1)
    return Opening(name, number, private, tags, int(call.body.get("auto_archive_duration") or 4320))


@routes.on("GET", _THREAD + "/threads/archived/public")
async def archived_public(call: Call) -> Json:
    """Return archived public threads, those archived last first, before a moment where given."""
    before = moment_from(call.query["before"]) if call.query.get("before") else None
    found = [one for one in _archived(call, ChannelType.PUBLIC_THREAD) if before is None or _when(one) < before]
    return _page(call, found)


@routes.on("GET", _THREAD + "/threads/archived/private")
async def archived_private(call: Call) -> Json:
    """Return archived private threads, for a bot that manages threads."""
    call.channel(Permission.MANAGE_THREADS)
    before = moment_from(call.query["before"]) if call.query.get("before") else None
    found = [one for one in _archived(call, ChannelType.PRIVATE_THREAD) if before is None or _when(one) < before]
    return _page(call, found)


@routes.on("GET", _THREAD + "/users/@me/threads/archived/private")
async def archived_joined(call: Call) -> Json:
    """Return the archived private threads that the bot is in, by falling id."""
    bot, before = call.hub.world.bot.id, call.asked("before")
    joined = [one for one in _archived(call, ChannelType.PRIVATE_THREAD) if one.thread and bot in one.thread.members]
    found = sorted((one for one in joined if before is None or one.id < before), key=lambda one: -one.id)
    return _page(call, found)


def _archived(call: Call, kind: ChannelType) -> list[Channel]:
    place = call.channel(Permission.READ_MESSAGE_HISTORY)
    guild = call.hub.world.guild_of(place)
    every = [] if guild is None else [one for one in guild.threads.values() if one.parent_id == place.id]
    found = [one for one in every if one.type == kind and one.thread is not None and one.thread.archived]
    return sorted(found, key=lambda one: -_when(one))


def _when(one: Channel) -> int:
    return 0 if one.thread is None else one.thread.archived_at


def _page(call: Call, found: list[Channel]) -> Json:
    limit, bot = call.count("limit", 50, 100), call.hub.world.bot.id
    page = found[:limit]
    mine = [one for one in page if one.thread is not None and bot in one.thread.members]
    return {
        "threads": [thread(one, bot) for one in page],
        "members": [thread_member(one, bot) for one in mine],
        "has_more": len(found) > limit,
    }


@routes.on("GET", _THREAD + "/thread-members")
async def members(call: Call) -> list[Json]:
    """Return who is in a thread, by id."""
    known, after = _thread(call), call.asked("after") or 0
    people = sorted(known.thread.members) if known.thread is not None else []
    chosen = [number for number in people if number > after][: call.count("limit", 100, 100)]
    return [_member(call, known, number) for number in chosen]


@routes.on("GET", _THREAD + "/thread-members/{user_id}")
async def one_member(call: Call) -> Json:
    """Return one membership of a thread."""
    known, number = _thread(call), call.number("user_id")
    if known.thread is None or number not in known.thread.members:
        raise unknown(10007)
    return _member(call, known, number)


@routes.on("PUT", _THREAD + "/thread-members/{user_id}")
async def join(call: Call) -> None:
    """Let the bot or somebody else into a thread."""
    threads.add_member(call.hub, call.by, _thread(call), call.number("user_id"))


@routes.on("DELETE", _THREAD + "/thread-members/{user_id}")
async def leave(call: Call) -> None:
    """Take the bot or somebody else out of a thread."""
    threads.remove_member(call.hub, call.by, _thread(call), call.number("user_id"))


def _thread(call: Call) -> Channel:
    known = call.channel()
    if known.thread is None:
        raise Refused(400, 50024)
    return known


def _member(call: Call, known: Channel, number: int) -> Json:
    found = thread_member(known, number)
    guild = call.hub.world.guild_of(known)
    if not call.says("with_member") or guild is None or number not in guild.members:
        return found
    return {**found, "member": member(call.hub.world, guild.members[number])}

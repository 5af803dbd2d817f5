"""What a gateway event means: the one table from its name to the function that reads it."""

from __future__ import annotations

from collections.abc import Callable

from bot.ports import Kind, Signal
from integrations.discord.payloads import audit, convenings, members, messages, reactions
from integrations.discord.payloads.guild import Guild
from integrations.discord.payloads.ids import Payload, readable

Reader = Callable[[Payload, Guild, int], list[Signal]]


def hear(guild: Guild, name: str, d: Payload, now: int) -> list[Signal]:
    """Return what a gateway event of a server says, and let it change what is known of the server.

    `name` is Discord's name of the event and `d` its data; `now` is our clock in ms. Unknown events say nothing.
    Raises `UnreadableError` and nothing else; its kind `UnknownPlaceError` asks to fetch what is missing.
    """
    read = READERS.get(name)
    return read(d, guild, now) if read is not None else []


@readable
def _message(d: Payload, guild: Guild, now: int) -> list[Signal]:
    """Read a new message; that something was written there holds even where the rest of it cannot be read."""
    place = d.get("channel_id")
    if type(place) is str:
        guild.channels.wrote(place, now)
    return messages.written(d, guild, now)


@readable
def _guild(d: Payload, guild: Guild, now: int) -> list[Signal]:
    return guild.updated(d, now)


@readable
def _whole_guild(d: Payload, guild: Guild, now: int) -> list[Signal]:
    return guild.created(d, now)


@readable
def _guild_gone(d: Payload, guild: Guild, now: int) -> list[Signal]:
    """Stop counting stays; nothing is forgotten, since an outage looks the same."""
    return guild.stays.end(now)


def _learns(change: Callable[[Guild, Payload], object], *, what_counts: bool = True) -> Reader:
    """Return a reader that changes what is known of a server, and says nothing else.

    Where that may change what counts from here on (`what_counts`), stays are counted up to now before.
    """

    @readable
    def reading(d: Payload, guild: Guild, now: int) -> list[Signal]:
        found = guild.stays.count(now) if what_counts else []
        change(guild, d)
        return found

    return reading


def _put_threads(guild: Guild, d: Payload) -> None:
    for one in d["threads"]:
        guild.channels.put(one)


_channel = _learns(lambda guild, d: guild.channels.put(d))
_channel_gone = _learns(lambda guild, d: guild.channels.drop(d["id"]))
_thread = _learns(lambda guild, d: guild.channels.put(d), what_counts=False)
_thread_gone = _learns(lambda guild, d: guild.channels.drop(d["id"]), what_counts=False)
_threads = _learns(_put_threads, what_counts=False)
_role = _learns(lambda guild, d: guild.put_role(d["role"]))
_role_gone = _learns(lambda guild, d: guild.drop_role(d["role_id"]))
_stage_gone = _learns(lambda guild, d: guild.convenings.drop_stage(d["id"]))
_convening_gone = _learns(lambda guild, d: guild.convenings.drop(d["id"]))


@readable
def _convening(d: Payload, guild: Guild, now: int) -> list[Signal]:
    found = guild.stays.count(now)
    guild.convenings.put(d)
    return found + guild.organized(d, now)


@readable
def _stage(d: Payload, guild: Guild, now: int) -> list[Signal]:
    """Take a live stage. Its channel is looked for first: where that has to be asked for, nothing is counted yet."""
    guild.stage(d)
    found = guild.stays.count(now)
    guild.put_stage(d)
    return found


@readable
def _voice(d: Payload, guild: Guild, now: int) -> list[Signal]:
    return guild.stays.update(guild.voice(d), now)


def _says_rsvp(answer: Callable[..., Signal]) -> Reader:
    @readable
    def reading(d: Payload, guild: Guild, now: int) -> list[Signal]:
        who = guild.people.by_id(d["user_id"])
        convening = guild.convenings.of(d["guild_scheduled_event_id"])
        if who.bot or not guild.counts(convening):
            return []
        signal = answer(convening, who, guild.stamp(now), d.get("guild_scheduled_event_exception_id") or "")
        return [signal] if Kind.RSVP in guild.kinds else []

    return reading


READERS: dict[str, Reader] = {
    "MESSAGE_CREATE": _message,
    "MESSAGE_UPDATE": messages.edited,
    "MESSAGE_DELETE": messages.deleted,
    "MESSAGE_DELETE_BULK": messages.deleted_many,
    "MESSAGE_REACTION_ADD": reactions.reacted,
    "MESSAGE_REACTION_REMOVE": reactions.unreacted,
    "MESSAGE_REACTION_REMOVE_ALL": reactions.all_unreacted,
    "MESSAGE_REACTION_REMOVE_EMOJI": reactions.gone_by_emoji,
    "MESSAGE_POLL_VOTE_ADD": reactions.voted,
    "MESSAGE_POLL_VOTE_REMOVE": reactions.unvoted,
    "GUILD_MEMBER_ADD": members.came,
    "GUILD_MEMBER_REMOVE": members.went,
    "GUILD_MEMBER_UPDATE": members.changed,
    "GUILD_MEMBERS_CHUNK": members.known,
    "GUILD_AUDIT_LOG_ENTRY_CREATE": audit.noted,
    "GUILD_CREATE": _whole_guild,
    "GUILD_UPDATE": _guild,
    "GUILD_DELETE": _guild_gone,
    "GUILD_ROLE_CREATE": _role,
    "GUILD_ROLE_UPDATE": _role,
    "GUILD_ROLE_DELETE": _role_gone,
    "CHANNEL_CREATE": _channel,
    "CHANNEL_UPDATE": _channel,
    "CHANNEL_DELETE": _channel_gone,
    "THREAD_CREATE": members.thread_made,
    "THREAD_UPDATE": _thread,
    "THREAD_DELETE": _thread_gone,
    "THREAD_LIST_SYNC": _threads,
    "THREAD_MEMBERS_UPDATE": members.thread_joined,
    "VOICE_STATE_UPDATE": _voice,
    "STAGE_INSTANCE_CREATE": _stage,
    "STAGE_INSTANCE_UPDATE": _stage,
    "STAGE_INSTANCE_DELETE": _stage_gone,
    "GUILD_SCHEDULED_EVENT_CREATE": _convening,
    "GUILD_SCHEDULED_EVENT_UPDATE": _convening,
    "GUILD_SCHEDULED_EVENT_DELETE": _convening_gone,
    "GUILD_SCHEDULED_EVENT_USER_ADD": _says_rsvp(convenings.coming),
    "GUILD_SCHEDULED_EVENT_USER_REMOVE": _says_rsvp(convenings.not_coming),
}
"""Every gateway event that says something, or changes what is known of a server."""

"""What messages tell: written, edited, deleted; live from the gateway, or a page of history. Texts are never looked at.

Natural keys, versions and meanings are those of the importer, so that both copies of a message are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.ports import Account, Context, Kind, Signal, day_of
from integrations.discord.payloads.guild import Guild
from integrations.discord.payloads.ids import Payload, emoji_in, moment_in, moment_of, not_later, readable, snowflake

_FORWARD = 1
_WRITTEN = (Kind.MESSAGE, Kind.REPLY)
_BULK = 1_000
_DAY_MS = 86_400_000
_new = tuple.__new__


@readable
def written(d: Payload, guild: Guild, now: int, captured: int = 0) -> list[Signal]:
    """Return what a message says (MESSAGE_CREATE, or one of a page of history).

    `captured` is when a page of history was asked for (ms): a message on it that shows no reactions has none then.
    """
    kind = guild.written.get(d["type"])
    author = d["author"]
    if kind is None or d.get("webhook_id") is not None:
        return []
    who = guild.people.user(author)
    channel = guild.spot(d["channel_id"])
    if who.bot or not channel.allowed or (guild.watch.names and guild.left_out(d.get("member"), who)):
        return []
    number = snowflake(d["id"])
    at = not_later(moment_in(number), now)
    if kind not in _WRITTEN:
        return [joined(guild, who, at, channel.context) if kind is Kind.JOIN else _opened(d, who, at, channel.context)]
    edited = d.get("edited_timestamp")
    version = not_later(moment_of(edited), now) if edited else at
    reference, parent, parent_day = d.get("message_reference"), "", 0
    if reference:
        kind, parent, parent_day = _answered(d, reference, kind)
    whole = 0 if d.get("reactions") else captured
    key, day, context = f"d:{number}", at // _DAY_MS, channel.context
    # a plain tuple made a Signal: of all that is done here, its constructor would take the longest
    said = (kind, key, day, at, who, version, context, None, parent, parent_day, None, 0, whole, False, False)
    found = [_new(Signal, said)]
    mentions = d.get("mentions")
    if mentions and guild.wants_mentions:
        mention = f"{key}/m"
        found += [
            Signal(Kind.MENTION, mention, day, at, who, version, context, named, key, day, named)
            for named in dict.fromkeys(map(guild.people.user, mentions))
            if not named.bot
        ]
    return found


@readable
def edited(d: Payload, guild: Guild, now: int) -> list[Signal]:
    """Return what an edit says (MESSAGE_UPDATE). Previews of links, pins and the like are no edits and say nothing."""
    if not d.get("edited_timestamp") or "author" not in d or "type" not in d:
        return []
    return written(d, guild, now)


@readable
def deleted(d: Payload, guild: Guild, now: int) -> list[Signal]:
    """Return that a message is gone (MESSAGE_DELETE), and with it what hangs on it."""
    return _gone((d["id"],), d, guild, now)


@readable
def deleted_many(d: Payload, guild: Guild, now: int) -> list[Signal]:
    """Return that messages are gone (MESSAGE_DELETE_BULK)."""
    numbers = d["ids"]
    if not isinstance(numbers, list) or len(numbers) > _BULK:
        raise TypeError("not a list of messages")
    return _gone(numbers, d, guild, now)


@readable
def captured_whole(d: Payload, reacting: Mapping[str, Sequence[Payload]], guild: Guild, captured: int) -> list[Signal]:
    """Return what a message of a page of history and everyone who reacted to it say, as an importer would.

    `reacting` holds, by emoji (`ids.emoji_in`), all users who reacted with it; `captured` is when the first was asked
    for. Reactions that are not among them are gone then. Their own time is unknown: they are dated by the message.
    Where an emoji says thanks here, that is told as well. Thanks that are not among them stay: a moderator may have
    cleared the reactions (see `reactions.all_unreacted`).
    """
    found = written(d, guild, captured)
    channel = guild.spot(d["channel_id"])
    if not channel.allowed:
        return []
    number = snowflake(d["id"])
    key, at = f"d:{number}", moment_in(number)
    day, context = day_of(at), channel.context
    shown = {emoji_in(one["emoji"]): one for one in d.get("reactions") or ()}
    whole = all(len(reacting.get(name, ())) >= one["count"] for name, one in shown.items())
    thanked = _author(d, guild) if guild.wants_thanks else None
    if found and whole and found[0].kind in _WRITTEN:
        found[0] = found[0]._replace(captured=captured)
    for name, users in reacting.items():
        people = [who for who in dict.fromkeys(map(guild.people.user, users)) if not who.bot]
        found += [
            Signal(Kind.REACTION, f"{key}/r/{name}", day, at, who, captured, context, who, key, day, estimated=True)
            for who in people
        ]
        if thanked is not None and name in shown and guild.is_thanks(shown[name]["emoji"]):
            thanks = f"{key}/thanks/{name}"
            found += [
                Signal(Kind.THANKS, thanks, day, at, who, captured, context, who, key, day, thanked, estimated=True)
                for who in people
                if who != thanked
            ]
    return found


def _author(d: Payload, guild: Guild) -> Account | None:
    """Return the person who wrote a message; None for a machine."""
    author = guild.people.user(d["author"])
    return None if author.bot or d.get("webhook_id") is not None else author


def joined(guild: Guild, who: Account, at: int, context: Context) -> Signal:
    """Return that somebody joined the server: one act a day and person, whichever payload tells of it."""
    return Signal(Kind.JOIN, f"d:{guild.id}/join", day_of(at), at, who, at, context, who)


def thread_opened(thread: str, who: Account, at: int, context: Context) -> Signal:
    """Return that somebody opened a thread in a channel: one act, whichever payload tells of it."""
    number = snowflake(thread)
    return Signal(Kind.THREAD, f"d:{number}/thread", day_of(moment_in(number)), at, who, at, context)


def _opened(d: Payload, who: Account, at: int, context: Context) -> Signal:
    thread = (d.get("message_reference") or {}).get("channel_id")
    if thread:
        return thread_opened(thread, who, at, context)
    return Signal(Kind.THREAD, f"d:{snowflake(d['id'])}", day_of(at), at, who, at, context)


def _answered(d: Payload, reference: Payload, kind: Kind) -> tuple[Kind, str, int]:
    """Return the kind, and the key and day of the message it answers; a forwarded one answers nobody."""
    if reference.get("type") == _FORWARD or d.get("message_snapshots"):
        return Kind.MESSAGE, "", 0
    answered = reference.get("message_id") if kind is Kind.REPLY else None
    if not answered:
        return kind, "", 0
    number = snowflake(answered)
    return kind, f"d:{number}", day_of(moment_in(number))


def _gone(numbers: Iterable[str], d: Payload, guild: Guild, now: int) -> list[Signal]:
    channel = guild.spot(d["channel_id"])
    version, found = guild.stamp(now), []
    for text in numbers:
        number = snowflake(text)
        at = not_later(moment_in(number), now)
        gone = Signal(Kind.MESSAGE, f"d:{number}", day_of(at), at, None, version, channel.context, retracted=True)
        found.append(gone)
    return found

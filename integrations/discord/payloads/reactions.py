"""What reactions and votes in polls tell. The gateway gives them no time, so they are dated by when they are heard."""

from __future__ import annotations

from collections.abc import Iterable

from bot.ports import Account, Context, Held, Kind, Signal, day_of
from integrations.discord.payloads.ballots import ANSWERS
from integrations.discord.payloads.guild import Guild
from integrations.discord.payloads.ids import Payload, emoji_in, moment_in, not_later, readable, snowflake


@readable
def reacted(d: Payload, guild: Guild, now: int) -> list[Signal]:
    """Return what a reaction says (MESSAGE_REACTION_ADD); where its emoji says thanks here, that as well.

    A burst and a plain reaction of one person with one emoji are one reaction. Nobody thanks themselves.
    """
    member = d.get("member")
    channel = guild.spot(d["channel_id"])
    who = guild.people.user(member["user"]) if member and "user" in member else guild.people.by_id(d["user_id"])
    if not channel.allowed or who.bot or guild.left_out(member, who):
        return []
    emoji, at = d["emoji"], guild.stamp(now)
    name = emoji_in(emoji)
    number = snowflake(d["message_id"])
    day, key = day_of(not_later(moment_in(number), now)), f"d:{number}"
    found = []
    if guild.wants_reactions:
        found.append(Signal(Kind.REACTION, f"{key}/r/{name}", day, at, who, at, channel.context, who, key, day))
    if guild.wants_thanks and guild.is_thanks(emoji):
        author = d.get("message_author_id")
        thanked = guild.people.by_id(author) if author else None
        if thanked is not None and thanked != who and not thanked.bot:
            thanks = f"{key}/thanks/{name}"
            found.append(Signal(Kind.THANKS, thanks, day, at, who, at, channel.context, who, key, day, thanked))
    return found


@readable
def unreacted(d: Payload, guild: Guild, now: int) -> list[Signal]:
    """Return that a reaction, and the thanks in it, were taken back (MESSAGE_REACTION_REMOVE)."""
    channel = guild.spot(d["channel_id"])
    who = guild.people.by_id(d["user_id"])
    if who.bot:
        return []
    emoji, at = d["emoji"], guild.stamp(now)
    name = emoji_in(emoji)
    number = snowflake(d["message_id"])
    day, key = day_of(not_later(moment_in(number), now)), f"d:{number}"
    kinds = [(Kind.REACTION, "r")] if guild.wants_reactions else []
    if guild.wants_thanks and guild.is_thanks(emoji):
        kinds.append((Kind.THANKS, "thanks"))
    return [
        Signal(kind, f"{key}/{part}/{name}", day, at, who, at, channel.context, who, key, day, retracted=True)
        for kind, part in kinds
    ]


@readable
def all_unreacted(d: Payload, guild: Guild, now: int) -> list[Signal]:
    """Return that a message has no reactions any more (MESSAGE_REACTION_REMOVE_ALL), whoever they were from.

    It is said as a capture of the message without reactions, in a retraction so old that the message itself always
    wins. Thanks stay: who took the reactions away was a moderator, not those who gave them.
    """
    channel = guild.spot(d["channel_id"])
    number, now_known = snowflake(d["message_id"]), guild.stamp(now)
    at = not_later(moment_in(number), now)
    empty = Signal(Kind.MESSAGE, f"d:{number}", day_of(at), at, None, 0, channel.context, retracted=True)
    return [empty._replace(captured=now_known)]


@readable
def gone_by_emoji(d: Payload, guild: Guild, now: int) -> list[Signal]:
    """Return that all reactions to a message with one emoji are gone (MESSAGE_REACTION_REMOVE_EMOJI), naming nobody.

    Discord does not say whose they were. What this signal's key begins is stored for each person; see `each_taken`.
    """
    channel = guild.spot(d["channel_id"])
    if not guild.wants_reactions:
        return []
    name, number, at = emoji_in(d["emoji"]), snowflake(d["message_id"]), guild.stamp(now)
    day, key = day_of(not_later(moment_in(number), now)), f"d:{number}"
    return [
        Signal(Kind.REACTION, f"{key}/r/{name}", day, at, None, at, channel.context, None, key, day, retracted=True)
    ]


def each_taken(gone: Signal, held: Iterable[Held]) -> list[Signal]:
    """Return for each person of whom a reaction is stored that it is gone. Thanks stay, as in `all_unreacted`."""
    return [gone._replace(account=one.who, key_person=one.who) for one in held if one.counts]


@readable
def voted(d: Payload, guild: Guild, now: int) -> list[Signal]:
    """Return that somebody voted in a poll (MESSAGE_POLL_VOTE_ADD). For what is not kept: one act a poll and person."""
    return _vote(d, guild, now, True)


@readable
def unvoted(d: Payload, guild: Guild, now: int) -> list[Signal]:
    """Return that somebody took back their last answer in a poll that is known (MESSAGE_POLL_VOTE_REMOVE).

    Whether they chose another one before Cairn came, memory cannot tell; see `gone.votes`.
    """
    return _vote(d, guild, now, False)


def _vote(d: Payload, guild: Guild, now: int, yes: bool) -> list[Signal]:
    channel = guild.spot(d["channel_id"])
    who = guild.people.by_id(d["user_id"])
    number, answer = snowflake(d["message_id"]), d["answer_id"]
    if type(answer) is not int or answer not in ANSWERS:
        raise ValueError("not an answer")
    others = guild.ballots.chose((d["message_id"], who.id), answer, now, yes=yes)
    if not channel.allowed or who.bot or Kind.POLL_VOTE not in guild.kinds or (others and not yes):
        return []
    return [_ballot(number, who, guild.stamp(now), channel.context)._replace(retracted=not yes)]


def _ballot(number: int, who: Account, at: int, context: Context) -> Signal:
    day = day_of(moment_in(number))
    return Signal(Kind.POLL_VOTE, f"d:{number}/vote", day, at, who, at, context, who, f"d:{number}", day)

"""What payloads about members tell (privileged intent `members`): joins, leaves, onboarding, roles; and threads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bot.ports import Account, Context, Kind, Signal, day_of
from integrations.discord.payloads.channels import FORUMS, THREADS
from integrations.discord.payloads.guild import Guild
from integrations.discord.payloads.ids import Payload, clean, moment_in, moment_of, not_later, readable, snowflake
from integrations.discord.payloads.messages import joined, thread_opened

_ONBOARDED = 1 << 1
_ONBOARDING_MS = 30 * 86_400_000
"""How long after joining somebody may be told to have been onboarded; later their joining is long settled."""
_CHANGES = 1_000


@readable
def came(d: Payload, guild: Guild, now: int) -> list[Signal]:
    """Return that somebody joined (GUILD_MEMBER_ADD); the same act as the message that greets them."""
    who = guild.people.user(d["user"])
    if who.bot:
        return []
    if Kind.ROLE in guild.kinds:
        guild.holders.hold(who.id, _roles(d))
    if guild.left_out(d, who) or Kind.JOIN not in guild.kinds:
        return []
    return [joined(guild, who, not_later(moment_of(d["joined_at"]), now), guild.lobby())]


@readable
def went(d: Payload, guild: Guild, now: int) -> list[Signal]:
    """Return that somebody left (GUILD_MEMBER_REMOVE)."""
    who = guild.people.user(d["user"])
    guild.holders.forget(who.id)
    if who.bot or Kind.LEAVE not in guild.kinds:
        return []
    at = guild.stamp(now)
    return [Signal(Kind.LEAVE, f"d:{guild.id}/leave", day_of(at), at, who, at, guild.lobby(), who)]


@readable
def changed(d: Payload, guild: Guild, now: int) -> list[Signal]:
    """Return what a changed member says (GUILD_MEMBER_UPDATE): onboarding completed, roles given and taken.

    Completed onboarding is told as a newer word on their joining, so that joining stays one act.
    """
    who = guild.people.user(d["user"])
    if who.bot:
        return []
    found: list[Signal] = []
    if guild.left_out(d, who):
        if Kind.ROLE in guild.kinds:
            guild.holders.hold(who.id, _roles(d))
        return found
    if Kind.ROLE in guild.kinds:
        given, taken = guild.holders.change(who.id, _roles(d))
        at = guild.stamp(now) if given or taken else now
        found += held(guild, who, map(str, sorted(given)), at) + let_go(guild, who, map(str, sorted(taken)), at)
    if Kind.JOIN in guild.kinds and d.get("joined_at") and (d.get("flags") or 0) & _ONBOARDED:
        found += _onboarded(guild, who, not_later(moment_of(d["joined_at"]), now), now)
    return found


@readable
def known(d: Payload, guild: Guild, now: int) -> list[Signal]:
    """Take the members of a server (GUILD_MEMBERS_CHUNK) and return who joined since `guild.joined_after`.

    What they hold is remembered, so that a role given later is told from one long held.
    """
    found: list[Signal] = []
    guild.watch.anew = False
    for one in d["members"]:
        who = guild.people.user(one["user"])
        if who.bot:
            continue
        if Kind.ROLE in guild.kinds:
            guild.holders.hold(who.id, _roles(one))
        if not guild.left_out(one, who) and Kind.JOIN in guild.kinds and one.get("joined_at"):
            found += _joined_lately(one, guild, who, now)
    return found


def _joined_lately(d: Payload, guild: Guild, who: Account, now: int) -> list[Signal]:
    at = not_later(moment_of(d["joined_at"]), now)
    if at < guild.joined_after:
        return []
    onboarded = _onboarded(guild, who, at, now) if (d.get("flags") or 0) & _ONBOARDED else []
    return onboarded or [joined(guild, who, at, guild.lobby())]


@readable
def thread_made(d: Payload, guild: Guild, now: int) -> list[Signal]:
    """Take a thread (THREAD_CREATE) and return that somebody opened it, where it is new.

    A post in a forum is one act, and its first message says it; so is a thread that the bot is merely let into none.
    """
    guild.channels.put(d)
    if not d.get("newly_created") or Kind.THREAD not in guild.kinds or d["type"] not in THREADS:
        return []
    parent, who = guild.spot(d["parent_id"]), guild.people.by_id(d["owner_id"])
    if who.bot or parent.type in FORUMS or not guild.spot(d["id"]).allowed:
        return []
    made = (d.get("thread_metadata") or {}).get("create_timestamp")
    at = moment_of(made) if made else moment_in(snowflake(d["id"]))
    return [thread_opened(d["id"], who, not_later(at, now), parent.context)]


@readable
def thread_joined(d: Payload, guild: Guild, now: int) -> list[Signal]:
    """Return who joined a thread and who left it again (THREAD_MEMBERS_UPDATE); who writes in one has joined it.

    Being in a thread is one act as long as it lasts, so leaving it takes the joining back.
    """
    if Kind.JOIN not in guild.kinds:
        return []
    spot, number, at = guild.spot(d["id"]), snowflake(d["id"]), guild.stamp(now)

    def joining(who: Account, since: int) -> Signal:
        day = day_of(moment_in(number))
        return Signal(Kind.JOIN, f"d:{number}/in", day, since, who, at, spot.context, who)

    found = [
        joining(who, not_later(moment_of(one["join_timestamp"]), now))
        for one in _several(d, "added_members")
        if not (who := _member(one, guild)).bot and spot.allowed and not guild.left_out(one.get("member"), who)
    ]
    gone = [who for number in _several(d, "removed_member_ids") if not (who := guild.people.by_id(number)).bot]
    return found + [joining(who, at)._replace(retracted=True) for who in gone]


def _member(one: Payload, guild: Guild) -> Account:
    """Return the account of a member of a thread."""
    member = one.get("member")
    return guild.people.user(member["user"]) if member and "user" in member else guild.people.by_id(one["user_id"])


def _several(d: Payload, name: str) -> list[Any]:
    found = d.get(name) or []
    if not isinstance(found, list) or len(found) > _CHANGES:
        raise TypeError("not a list of members")
    return found


def _onboarded(guild: Guild, who: Account, since: int, now: int) -> list[Signal]:
    if now - since > _ONBOARDING_MS:
        return []
    context = replace(guild.lobby(), completed=True)
    return [joined(guild, who, since, context)._replace(version=now)]


def held(guild: Guild, who: Account, roles: Iterable[str], at: int) -> list[Signal]:
    """Return that somebody was given roles: one act each as long as they hold it, whichever payload tells of it."""
    found = []
    for number in roles:
        name = guild.role(number)
        if name:
            day, key = holding(number)
            found.append(Signal(Kind.ROLE, key, day, at, who, at, Context(role=clean(name)), who))
    return found


def holding(role: str) -> tuple[int, str]:
    """Return the day and natural key under which it is stored who holds a role."""
    number = snowflake(role)
    return day_of(moment_in(number)), f"d:{number}/holds"


def let_go(guild: Guild, who: Account, roles: Iterable[str], at: int) -> list[Signal]:
    """Return that roles were taken from somebody, which takes back that they were given."""
    return [one._replace(retracted=True) for one in held(guild, who, roles, at)]


def _roles(member: Payload) -> list[str]:
    roles = member["roles"]
    if not isinstance(roles, list) or len(roles) > _CHANGES:
        raise TypeError("not a list of roles")
    return roles

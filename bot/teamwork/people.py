"""Whom the team means, who of the team does something, and how people are shown to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.calling import Call
from bot.chat.speech import Span, Who
from bot.commands.room import Room
from bot.errors import InputError, WrongError
from bot.hearing.space_settings import Consent
from bot.storage import accounts, audit
from bot.storage.accounts import Newcomers
from scoring.signals import Account


def carried(room: Room, who: Account) -> tuple[str, str, str]:
    """Return a person as arguments of an action, with a sign that we made them for this community."""
    return who.realm, who.id, _sign(room, who)


def brought(room: Room, call: Call, arguments: tuple[str, ...]) -> Account:
    """Return the person that `carried` gave; InputError where the arguments are not ours."""
    if len(arguments) == 3:
        who = Account(call.caller.account.platform, *arguments[:2])
        if arguments[2] == _sign(room, who):
            return who
    raise InputError(room.words.plain("common.unknown"))


def _sign(room: Room, who: Account) -> str:
    return room.keys.passing(who, f"team {room.community}")


async def member_of(room: Room, who: Account) -> int:
    """Return the number of who was given as `who`; WrongError where the store does not know them, or as a machine."""
    known = await room.known(who)
    if known is None or known.bot:
        raise WrongError(room.words.plain("common.nobody_known"), "who")
    return known.member


async def actor(connection: AsyncConnection, room: Room, who: Account) -> int | None:
    """Return who of the team does something; None where nothing may be kept of them.

    They are made known where they are not: what the team does is put down with who did it.
    """
    handle = room.keys.handle(who)
    consent = room.settings.consent
    newcomers = Newcomers(0, page=consent is Consent.NOTICE, wait=consent is Consent.STRICT)
    known = await accounts.find_or_make(connection, room.community, {handle: who}, room.keys, newcomers)
    return known[handle].member if handle in known else None


async def did(
    connection: AsyncConnection, room: Room, call: Call, what: str, about: int | None = None, **more: object
) -> int | None:
    """Put into the audit log that the caller did something; returns who that is. `more` never holds people's texts."""
    who = await actor(connection, room, call.caller.account)
    payload: Mapping[str, object] = {"space": room.space, "role": room.role.name.lower()} | more
    await audit.put(connection, room.community, room.now, who, what, about=about, payload=payload)
    return who


def shown(room: Room, call: Call, sealed: Iterable[bytes]) -> Span:
    """Return somebody by their account here, else by what they are called elsewhere."""
    mine = call.caller.account
    known = [room.keys.open(one) for one in sealed]
    here = next((one for one in known if (one.platform, one.realm) == (mine.platform, mine.realm)), None)
    if here is not None:
        return Who(here)
    if not known:
        return room.words.plain("team.somebody")
    return called(known[0])


def called(one: Account) -> str:
    """Return what somebody is called where they are not shown as a person."""
    scheme = one.realm or one.platform
    return f"{scheme}:{one.id[:60]}"

"""What is gone, where Discord says less than is to be stored, or of more than is kept: what is stored tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.ports import Desk, Kind, Signal
from integrations.discord.payloads.guild import Guild
from integrations.discord.payloads.reactions import each_taken

if TYPE_CHECKING:
    from integrations.discord.listening.asks import Asks
    from integrations.discord.listening.server import Event, Server

_TAKEN_BACK = frozenset((Kind.MESSAGE, Kind.REACTION, Kind.THANKS, Kind.JOIN))


async def each(desk: Desk, gone: list[Signal]) -> list[Signal]:
    """Return that reactions are gone, person by person, where Discord says only with which emoji they were."""
    found = [one for one in gone if one.kind is not Kind.REACTION]
    for act in gone:
        if act.kind is Kind.REACTION:
            found += each_taken(act, await desk.held(act.key_day, act.key))
    return found


async def of_something(desk: Desk, guild: Guild, gone: list[Signal]) -> list[Signal]:
    """Return what is gone, but in places that do not count only where something is stored that may count again."""
    spot = guild.channels.spot
    apart = {(one.key_day, one.key) for one in gone if one.kind in _TAKEN_BACK and not spot(one.context.place).allowed}
    known = await desk.known(apart) if apart else apart
    return [one for one in gone if (one.key_day, one.key) not in apart - known]


async def votes(asks: Asks, server: Server, event: Event, gone: list[Signal]) -> list[Signal]:
    """Return that somebody took back their vote in a poll, but not where another answer of theirs stands.

    What they chose before Cairn came, or while it was away, Discord is asked for; where it does not show that, the word
    that they took something back counts.
    """
    ballot, ballots = (event.d["message_id"], event.d["user_id"]), server.guild.ballots
    answers = None if ballots.knows(ballot) else await asks.answers(server, event.d)
    if answers is None:
        return gone
    ballots.learn(ballot, answers, event.at)
    return [] if answers else gone

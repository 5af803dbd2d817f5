"""Putting right what is kept: a member takes an act of theirs back, or tells the team what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.speech import Paragraph, Who
from bot.consent.choices import Said
from bot.gate import Purpose, Standing
from bot.keys import Keys
from bot.language import Words
from bot.rules.words import Phrases
from bot.sending import outbox
from bot.sending.outbox import Letter
from bot.storage import audit, choosing, holding, knowing, teamwork
from bot.storage.choosing import Family
from bot.storage.engine import Database
from bot.storage.holding import Act
from bot.storage.turns import in_turn
from scoring.signals import Signal

TOOK_BACK, DISPUTED = "took an act of theirs back", "says that something is wrong"
_LONGEST = 90
EVERY_MS = 600_000
"""How often one person may write to the team: once in ten minutes."""


class Taken(StrEnum):
    """What became of what somebody told the team."""

    SENT = "sent"
    WAIT = "wait"
    """They wrote a moment ago."""
    NOBODY = "nobody"
    """There is no channel in which the team is told things, or nothing may go there yet."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An act to choose: its row number, and how it reads."""

    id: int
    label: str


async def latest(connection: AsyncConnection, community: int, whose: Family, words: Words) -> list[Shown]:
    """Return somebody's latest acts, in the words of a language."""
    return [Shown(one.id, _label(one, words)) for one in await holding.acts(connection, community, whose)]


def _label(one: Act, words: Words) -> str:
    what = words.plain(f"mountain.kind.{one.kind.label}")
    where = words.plain("why.place", what=what, place=one.place) if one.place else what
    return f"{Phrases(words).moment(one.at)} {where}"[:_LONGEST]


async def taken_back(
    connection: AsyncConnection, community: int, whose: Family, which: tuple[int, int]
) -> Signal | None:
    """Return the signal that takes an act (its row number) back now (ms); None where it is not theirs."""
    number, now = which
    found = await holding.acts(connection, community, whose, only=number)
    if not found:
        return None
    one = found[0]
    return Signal(one.kind, one.key, one.key_day, one.at, None, now, retracted=True)


async def dispute(database: Database, keys: Keys, said: Said, what: tuple[str, str]) -> Taken:
    """Tell the team, in its language, what somebody says is wrong; the audit log remembers that they did."""
    text, language = what
    who = keys.passing(said.account, "dispute")
    told = (Paragraph(Words(language).text("privacy.letter", who=Who(said.account))), Paragraph((text,)))
    async with in_turn(database, said.community) as connection:
        channel = await team_room(connection, said.community, said.space)
        if channel is None:
            return Taken.NOBODY
        key = f"dispute:{who}:{said.at // EVERY_MS}"
        letter = Letter(said.community, said.space, key, Purpose.POST, told, channel=channel, due=said.at)
        if not await outbox.post(connection, letter, keys):
            return Taken.WAIT
        whose = await choosing.family(connection, said.community, keys.handle(said.account))
        root = whose.root if whose else None
        await audit.put(connection, said.community, said.at, root, DISPUTED, about=root)
    return Taken.SENT


async def team_room(connection: AsyncConnection, community: int, space: int) -> str | None:
    """Return the channel in which the team is told things, None while nothing may go there.

    What waits for too long is never sent: somebody would believe in vain that the team knows.
    """
    standing = (await knowing.standings(connection, [community])).get(community, Standing())
    channel = await teamwork.team_channel(connection, space)
    return channel if channel and standing.live and not standing.paused else None

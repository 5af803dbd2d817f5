"""`/cairn-team merge`: accounts that may be one person's, both sides shown: join them, never, or part them again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.calling import Call
from bot.chat.speech import Action, Block, Button, Choice, Controls, Heading, Moment, Paragraph, Reply, Select, Style
from bot.commands.room import Room
from bot.commands.spec import Act, Command, Role
from bot.consent.choices import Said, Source
from bot.identity import declared, sharing
from bot.storage import choosing, suggesting
from bot.storage.audit import LOOKED
from bot.storage.suggesting import Found
from bot.storage.turns import in_turn
from bot.teamwork.alike import Pair, pairs
from bot.teamwork.people import actor, called, did, shown
from scoring.signals import DAY_MS

JOINED, PARTED, NEVER = "joined two accounts", "parted two accounts", "said that two accounts are two people's"
_MOST_JOINED = 10


async def run(call: Call, room: Room) -> Reply:
    """Show the first suggestion, and what the team has joined."""
    return await _page(call, room, 0)


async def _next(call: Call, room: Room) -> Reply:
    at = next(iter(call.action.arguments), "") if call.action else ""
    return await _page(call, room, int(at) if at.isdecimal() and len(at) < 6 else 0)


async def _page(call: Call, room: Room, at: int) -> Reply:
    there = await _suggested(room)
    blocks = list(await _shown(call, room, there[at], at, len(there))) if at < len(there) else []
    undo = await _joined(room)
    if undo is not None:
        blocks.append(Controls((undo,)))
    return room.say("merge.what" if at < len(there) else "merge.none", *blocks)


async def _suggested(room: Room) -> list[Pair]:
    async with room.database.read() as connection:
        found = await suggesting.candidates(connection, room.community)
        said = await suggesting.declared(connection, room.community)
        never = await suggesting.never(connection, room.community)
    return await asyncio.to_thread(_alike, room, found, said, never)


def _alike(room: Room, found: list[Found], said: list[tuple[int, str, str]], never: set[tuple[int, int]]) -> list[Pair]:
    """Return the pairs to suggest. Handles that people declared lie sealed: they are opened for this only."""
    return pairs(found, room.keys.open, declared.elsewhere(room.keys, said), never)


async def _shown(call: Call, room: Room, pair: Pair, at: int, of: int) -> Iterator[Block]:
    """Return both sides, why they are suggested, and what to do; put down first that both were looked at."""
    async with in_turn(room.database, room.community) as connection:
        for one in (pair.one, pair.other):
            await did(connection, room, call, LOOKED, one.member)
    async with room.database.read() as connection:
        sides = [await _side(connection, call, room, one) for one in (pair.one, pair.other)]
    words, numbers = room.words, tuple(map(str, pair.numbers))
    why = words.text("merge.declared" if pair.declared else "merge.alike", at=at + 1, of=of)
    buttons = (
        Button(words.plain("merge.join"), Action("merge-join", numbers), Style.MAIN),
        Button(words.plain("merge.never"), Action("merge-never", numbers)),
        *((Button(words.plain("merge.next"), Action("merge-next", (str(at + 1),))),) if at + 1 < of else ()),
    )
    return iter([Paragraph(why), *sides[0], *sides[1], Controls(buttons)])


async def _side(connection: AsyncConnection, call: Call, room: Room, one: Found) -> list[Block]:
    """Return one side: the account, and since when it takes part, of nobody who is only counted."""
    who = room.keys.open(one.sealed)
    heading = Heading((shown(room, call, [one.sealed]), f" ({called(who)})"))
    whose = await choosing.family_of(connection, room.community, one.member)
    if whose is None or not whose.page:
        return [heading, Paragraph(room.words.text("merge.counted"))]
    days = await suggesting.days(connection, room.community, one.member)
    if days is None:
        return [heading, Paragraph(room.words.text("merge.no_days"))]
    first, last = (Moment(day * DAY_MS, day=True) for day in days[:2])
    return [heading, Paragraph(room.words.text("merge.days", n=days[2], first=first, last=last))]


async def _joined(room: Room) -> Select | None:
    async with room.database.read() as connection:
        there = (await suggesting.joined(connection, room.community))[:_MOST_JOINED]
        known = await suggesting.pair(connection, room.community, {one for pair in there for one in pair})
    names = {one.id: called(room.keys.open(one.sealed))[:40] for one in known}
    choices = tuple(
        Choice(f"{one}-{other}", f"{names[one]}, {names[other]}")
        for one, other in there
        if one in names and other in names
    )
    return Select(Action("merge-part"), choices, room.words.plain("merge.part")) if choices else None


async def _join(call: Call, room: Room) -> Reply:
    """Join a pair, if it is suggested still."""
    pair = await _of(call, room)
    if pair is None:
        return room.say("team.gone")
    async with in_turn(room.database, room.community) as connection:
        sides = await suggesting.pair(connection, room.community, pair.numbers)  # whose they are by now
        if len({one.member for one in sides}) < 2:
            return room.say("team.gone")
        said = [(one.id, one.member) for one in sides]
        await sharing.join(connection, _said(call, room), suggesting.TEAM, said)
        for one in sides:
            await did(connection, room, call, JOINED, one.member, accounts=list(pair.numbers))
    room.tools.told()
    return room.say("merge.joined")


async def _never(call: Call, room: Room) -> Reply:
    """Put down that a pair is two people's, if it is suggested still."""
    pair = await _of(call, room)
    if pair is None:
        return room.say("team.gone")
    async with in_turn(room.database, room.community) as connection:
        by = await actor(connection, room, call.caller.account)
        await suggesting.say_never(connection, room.community, pair.numbers, (by, room.now))
        await did(connection, room, call, NEVER, accounts=list(pair.numbers))
    return room.say("merge.kept_apart")


async def _of(call: Call, room: Room) -> Pair | None:
    numbers = call.action.arguments if call.action else ()
    return next((one for one in await _suggested(room) if tuple(map(str, one.numbers)) == numbers), None)


async def _part(call: Call, room: Room) -> Reply:
    """Part accounts again that the team had joined."""
    wanted = next(iter(call.chosen), "")
    async with room.database.read() as connection:
        there = await suggesting.joined(connection, room.community)
    pair = next((one for one in there if "-".join(map(str, one)) == wanted), None)
    if pair is None:
        return room.say("team.gone")
    async with in_turn(room.database, room.community) as connection:
        done = await suggesting.part(connection, room.community, pair)
        if done:
            await sharing.settle_apart(connection, _said(call, room), pair)
        for one in await suggesting.pair(connection, room.community, pair) if done else ():
            await did(connection, room, call, PARTED, one.member, accounts=list(pair))
    room.tools.told()
    return room.say("merge.parted" if done else "team.gone")


def _said(call: Call, room: Room) -> Said:
    return Said(room.community, room.space, call.caller.account, room.now, Source.TEAM)


COMMAND = Command(
    "cairn-team merge",
    run,
    Role.MODERATOR,
    acts={
        "merge-next": Act(_next, Role.MODERATOR),
        "merge-join": Act(_join, Role.MODERATOR),
        "merge-never": Act(_never, Role.MODERATOR),
        "merge-part": Act(_part, Role.MODERATOR),
    },
)

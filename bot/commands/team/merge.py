"""`/cairn-team merge`: accounts that may be one person's, both sides shown: join them, never, or take either back."""

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
from bot.identity.names import NOBODY, Told
from bot.storage import choosing, spaces, suggesting
from bot.storage.audit import LOOKED
from bot.storage.suggesting import Found
from bot.storage.turns import in_turn
from bot.teamwork.alike import IMPORTED, Known, Pair, pairs
from bot.teamwork.people import actor, called, did, shown
from scoring.signals import DAY_MS, Account

JOINED, PARTED, NEVER = "joined two accounts", "parted two accounts", "said that two accounts are two people's"
PERHAPS = "took back that two accounts are two people's"
_MOST_UNDONE = 10
_LONGEST_NAME = 80


async def run(call: Call, room: Room) -> Reply:
    """Show the first suggestion, and what the team has joined."""
    return await _page(call, room, 0)


async def _next(call: Call, room: Room) -> Reply:
    at = next(iter(call.action.arguments), "") if call.action else ""
    return await _page(call, room, int(at) if at.isdecimal() and len(at) < 6 else 0)


async def _page(call: Call, room: Room, at: int) -> Reply:
    told = await _told(room)
    there = await suggested(room, told)
    blocks = list(await _shown(call, room, there[at], (at, len(there), told))) if at < len(there) else []
    blocks += [Controls((one,)) for one in await _undoing(room)]
    if told.untold:
        names = ", ".join(one.name or f"{one.platform} {one.id}" for one in told.untold)
        blocks.append(Paragraph(room.words.text("merge.untold", spaces=names)))
    return room.say("merge.what" if at < len(there) else "merge.none", *blocks)


async def _told(room: Room) -> Told:
    """Ask the platforms how people are called there now; nothing of it is stored."""
    async with room.database.read() as connection:
        there = [one.space for one in await spaces.of_community(connection, room.community) if one.settings is not None]
    return await room.tools.names.of(there)


async def suggested(room: Room, told: Told = NOBODY) -> list[Pair]:
    """Return the accounts of the community that may be one person's; by names, too, where these are told.

    Handles that people declared lie sealed: they are opened for this only.
    """
    async with room.database.read() as connection:
        found = await suggesting.candidates(connection, room.community)
        said = await suggesting.declared(connection, room.community)
        never = frozenset(await suggesting.never(connection, room.community))

    def compare() -> list[Pair]:
        return pairs(found, Known(room.keys.open, declared.elsewhere(room.keys, said), never, told.called))

    return await asyncio.to_thread(compare)


async def _shown(call: Call, room: Room, pair: Pair, where: tuple[int, int, Told]) -> Iterator[Block]:
    """Return both sides, why they are suggested, and what to do; put down first that both were looked at."""
    at, of, told = where
    async with in_turn(room.database, room.community) as connection:
        for one in (pair.one, pair.other):
            await did(connection, room, call, LOOKED, one.member)
    async with room.database.read() as connection:
        sides = [await _side(connection, call, room, one, told) for one in (pair.one, pair.other)]
    words, numbers = room.words, tuple(map(str, pair.numbers))
    why = words.text(f"merge.{pair.why}", at=at + 1, of=of)
    buttons = (
        Button(words.plain("merge.join"), Action("merge-join", numbers), Style.MAIN),
        Button(words.plain("merge.never"), Action("merge-never", numbers)),
        *((Button(words.plain("merge.next"), Action("merge-next", (str(at + 1),))),) if at + 1 < of else ()),
    )
    return iter([Paragraph(why), *sides[0], *sides[1], Controls(buttons)])


async def _side(connection: AsyncConnection, call: Call, room: Room, one: Found, told: Told) -> list[Block]:
    """Return one side: the account, and since when it takes part, of nobody who is only counted.

    Whom the caller's platform cannot show is called as their own platform calls them.
    """
    who, here = room.keys.open(one.sealed), shown(room, call, [one.sealed])
    name = next(iter(told.called.get(who, ())), "") if isinstance(here, str) else ""
    heading = Heading((name[:_LONGEST_NAME] or here, f" ({_where(who)})"))
    whose = await choosing.family_of(connection, room.community, one.member)
    if whose is None or not whose.page:
        return [heading, Paragraph(room.words.text("merge.counted"))]
    days = await suggesting.days(connection, room.community, one.member)
    if days is None:
        return [heading, Paragraph(room.words.text("merge.no_days"))]
    first, last = (Moment(day * DAY_MS, day=True) for day in days[:2])
    return [heading, Paragraph(room.words.text("merge.days", n=days[2], first=first, last=last))]


def _where(who: Account) -> str:
    """Return which account it is, with its platform."""
    return called(who) if who.platform in (IMPORTED, who.realm) else f"{who.platform} {who.id}"


async def _undoing(room: Room) -> list[Select]:
    """Return what takes back that the team has joined accounts, or keeps them apart; the latest of each."""
    async with room.database.read() as connection:
        joined = (await suggesting.joined(connection, room.community))[:_MOST_UNDONE]
        never = (await suggesting.never(connection, room.community))[:_MOST_UNDONE]
        known = await suggesting.pair(connection, room.community, {one for pair in joined + never for one in pair})
    names = {one.id: called(room.keys.open(one.sealed))[:40] for one in known}

    def select(action: str, of: list[tuple[int, int]]) -> list[Select]:
        there = [one for one in of if one[0] in names and one[1] in names]
        choices = tuple(Choice(f"{one}-{other}", f"{names[one]}, {names[other]}") for one, other in there)
        return [Select(Action(action), choices, room.words.plain(action.replace("-", ".")))] if choices else []

    return [*select("merge-part", joined), *select("merge-perhaps", never)]


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
    there = await suggested(room, await _told(room))
    return next((one for one in there if tuple(map(str, one.numbers)) == numbers), None)


async def _perhaps(call: Call, room: Room) -> Reply:
    """Take back that a pair is two people's: it may be suggested again."""
    wanted = next(iter(call.chosen), "")
    async with in_turn(room.database, room.community) as connection:
        there = await suggesting.never(connection, room.community)
        pair = next((one for one in there if "-".join(map(str, one)) == wanted), None)
        if pair is None:
            return room.say("team.gone")
        await suggesting.say_perhaps(connection, room.community, pair)
        await did(connection, room, call, PERHAPS, accounts=list(pair))
    return room.say("merge.perhaps_again")


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
        "merge": Act(run, Role.MODERATOR),
        "merge-next": Act(_next, Role.MODERATOR),
        "merge-join": Act(_join, Role.MODERATOR),
        "merge-never": Act(_never, Role.MODERATOR),
        "merge-part": Act(_part, Role.MODERATOR),
        "merge-perhaps": Act(_perhaps, Role.MODERATOR),
    },
)

"""`/cairn-team undo`: takes back what the team logged lately."""

from __future__ import annotations

from bot.chat.calling import Call
from bot.chat.speech import Action, Block, Choice, Controls, Moment, Paragraph, Reply, Select, Span
from bot.commands.room import Room
from bot.commands.spec import Act, Command, Role
from bot.rules import ruling
from bot.rules.words import Phrases
from bot.storage import accounts, teamwork
from bot.storage.teamwork import HUNDREDTHS, Investment, Logged
from bot.storage.turns import in_turn
from bot.teamwork.people import did, shown
from scoring.signals import DAY_MS, Kind, Signal, date_of

UNDONE = "took back what was logged"
_MOST = 12


async def run(call: Call, room: Room) -> Reply:
    """List what was logged last, to choose from."""
    async with room.database.read() as connection:
        engagements = await teamwork.last_logged(connection, room.community, room.space, _MOST)
        given = await teamwork.last_invested(connection, room.community, _MOST)
    found: list[Logged | Investment] = [*engagements, *given]
    rows = sorted(found, key=lambda one: -one.at)[:_MOST]
    if not rows:
        return room.say("undo.nothing")
    async with room.database.read() as connection:
        mountain = (await ruling.in_force(connection, room.community)).mountain.in_language(room.words.tag)
    titles = {one.name: one.title for one in mountain.types}
    what = [titles.get(one.type, one.type) if isinstance(one, Logged) else _given(room, one) for one in rows]
    lines = [await _line(call, room, (n, what[n - 1]), one) for n, one in enumerate(rows, 1)]
    choices = tuple(_choice((n, what[n - 1]), one) for n, one in enumerate(rows, 1))
    select = Controls((Select(Action("undo-one"), choices, room.words.plain("undo.which")),))
    return room.say("undo.what", *lines, select)


async def _line(call: Call, room: Room, said: tuple[int, str], one: Logged | Investment) -> Block:
    sealed: list[bytes] = []
    if one.member is not None:
        async with room.database.read() as connection:
            sealed = [row[1] for row in await accounts.by_member(connection, room.community, one.member)]
    who: Span = shown(room, call, sealed)
    day = Moment(one.day * DAY_MS, day=True)
    return Paragraph(room.words.text("undo.line", number=str(said[0]), who=who, what=said[1], day=day))


def _given(room: Room, one: Investment) -> str:
    return room.words.plain(f"undo.{one.what}", amount=Phrases(room.words).number(one.amount / HUNDREDTHS))


def _choice(said: tuple[int, str], one: Logged | Investment) -> Choice:
    sort = "e" if isinstance(one, Logged) else "i"
    return Choice(f"{sort}{one.id}", f"{said[0]}. {said[1][:60]}, {date_of(one.day).isoformat()}")


async def _undo(call: Call, room: Room) -> Reply:
    """Take one back; where two do so at once, the second is told that it is gone."""
    wanted = next(iter(call.chosen), "")
    number = int(wanted[1:]) if wanted[1:].isdecimal() and len(wanted) < 18 else 0
    done = await (_investment(call, room, number) if wanted.startswith("i") else _engagement(call, room, number))
    return room.say("undo.done" if done else "undo.gone")


async def _engagement(call: Call, room: Room, number: int) -> bool:
    async with room.database.read() as connection:
        row = await teamwork.get_logged(connection, room.community, room.space, number)
    if row is None:
        return False
    gone = Signal(Kind.LOGGED, row.key, row.key_day, row.day * DAY_MS, None, room.now, retracted=True)
    await room.record([gone])
    async with in_turn(room.database, room.community) as connection:
        done = await teamwork.unlog(connection, number, room.now)
        if done:
            await did(connection, room, call, UNDONE, row.member, type=row.type, day=row.day, number=number)
    return done


async def _investment(call: Call, room: Room, number: int) -> bool:
    async with in_turn(room.database, room.community) as connection:
        row = await teamwork.withdraw(connection, room.community, number, room.now)
        if row is not None:
            await did(connection, room, call, UNDONE, row.member, kind=row.what, day=row.day, number=number)
    return row is not None


COMMAND = Command("cairn-team undo", run, Role.MODERATOR, acts={"undo-one": Act(_undo, Role.MODERATOR)})

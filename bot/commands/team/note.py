"""`/cairn-team note`: what the team did this week, in its own words; shown beside the figures."""

from __future__ import annotations

from bot.chat.calling import Call
from bot.chat.speech import Action, Asks, Block, Button, Controls, Moment, Paragraph, Reply
from bot.commands.room import Room
from bot.commands.spec import Act, Asked, Command, Role
from bot.storage import teamwork
from bot.storage.teamwork import Remark
from bot.storage.turns import in_turn
from bot.teamwork.given import PROSE, Given
from bot.teamwork.people import actor, did
from scoring.signals import DAY_MS

NOTED, DROPPED = "noted something", "took a note back"
_WEEKS, _MOST_SHOWN = 8, 10


async def run(call: Call, room: Room) -> Reply:
    """Put a note down; without one, show those of the last weeks."""
    given = Given(call, room)
    text = given.text("text", PROSE)
    if not text:
        return await _list(room)
    week = monday(given.day())
    async with in_turn(room.database, room.community) as connection:
        by = await actor(connection, room, call.caller.account)
        number = await teamwork.note(connection, room.community, Remark(0, week, text, by, room.now))
        await did(connection, room, call, NOTED, number=number)
    return room.say("note.done", _take_back(room, number), week=Moment(week * DAY_MS, day=True))


async def _list(room: Room) -> Reply:
    this = monday(room.today)
    async with room.database.read() as connection:
        found = await teamwork.remarks(connection, room.community, this - 7 * _WEEKS, this)
    blocks: list[Block] = []
    for one in found[:_MOST_SHOWN]:
        blocks.append(Paragraph((Moment(one.week * DAY_MS, day=True), ": ", one.text)))
    return room.say("note.list", *blocks) if blocks else room.say("note.none")


def _take_back(room: Room, number: int) -> Controls:
    return Controls((Button(room.words.plain("team.take_back"), Action("note-drop", (str(number),))),))


async def _drop(call: Call, room: Room) -> Reply:
    wanted = next(iter(call.action.arguments), "") if call.action else ""
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 18 else 0
    async with in_turn(room.database, room.community) as connection:
        gone = await teamwork.drop_remark(connection, room.community, number)
        if gone:
            await did(connection, room, call, DROPPED, number=number)
    return room.say("team.taken_back" if gone else "team.gone")


def monday(day: int) -> int:
    """Return the Monday on or before a day (day 0 was a Thursday)."""
    return day - (day + 3) % 7


COMMAND = Command(
    "cairn-team note",
    run,
    Role.MODERATOR,
    (Asked("text", Asks.LONG_TEXT), Asked("date", Asks.DAY)),
    {"note-drop": Act(_drop, Role.MODERATOR)},
)

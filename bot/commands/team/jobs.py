"""`/cairn-team jobs`: what Cairn does at its time, and how it went."""

from __future__ import annotations

from bot.chat.calling import Call
from bot.chat.speech import Fields, Moment, Reply, Text
from bot.clockwork.agenda import Entry, agenda
from bot.clockwork.duties import everything
from bot.commands.room import Room
from bot.commands.spec import Act, Command, Role
from bot.storage.tasks import WHOLE


async def run(call: Call, room: Room) -> Reply:  # noqa: ARG001 - all commands are called alike
    """Show each job of this community: when it was done last, when it is due, and what is wrong."""
    async with room.database.read() as connection:
        found = await agenda(connection, everything(), room.now)
    mine = [one for one in found if one.lane.community in (WHOLE, room.community)]
    if not mine:
        return room.say("jobs.none")
    rows = tuple(((_called(one, room),), _told(one, room)) for one in mine)
    return room.say("jobs.what", Fields(rows))


def _told(one: Entry, room: Room) -> Text:
    """Say when a job was done and is due next, and how it goes; a table would cut what it is called."""
    ended = one.done.ended_at if one.done is not None else None
    state = room.words.plain(f"jobs.{_state(one)}")
    if ended is None:
        return room.words.text("jobs.first", next=Moment(one.next), state=state)
    return room.words.text("jobs.line", last=Moment(ended), next=Moment(one.next), state=state)


def _called(one: Entry, room: Room) -> str:
    key = f"jobs.name.{one.job.name}"
    return room.words.plain(key) if room.words.has(key) else one.job.name


def _state(one: Entry) -> str:
    if one.held:
        return "busy"
    if one.failing:
        return "failing"
    return "late" if one.late is not None else "fine"


COMMAND = Command("cairn-team jobs", run, Role.MANAGER, acts={"jobs": Act(run, Role.MANAGER)})

"""`/cairn-team jobs`: what Cairn does at its time, and how it went."""

from __future__ import annotations

from bot.chat.calling import Call
from bot.chat.speech import Block, Channel, Fields, Moment, Paragraph, Reply, Text
from bot.clockwork.agenda import Entry, agenda
from bot.clockwork.duties import everything
from bot.commands.room import Room
from bot.commands.spec import Act, Command, Role
from bot.storage import queues
from bot.storage.tasks import WHOLE
from scoring.signals import DAY_MS

_LATELY_DAYS, _MOST_DOUBTFUL = 7, 10
"""Of which messages is told that nobody knows whether they arrived."""


async def run(call: Call, room: Room) -> Reply:  # noqa: ARG001 - all commands are called alike
    """Show each job of this community: when it was done last, when it is due, and what is wrong."""
    async with room.database.read() as connection:
        found = await agenda(connection, everything(), room.now)
    mine = [one for one in found if one.lane.community in (WHOLE, room.community)]
    if not mine:
        return room.say("jobs.none")
    rows = tuple(((_called(one, room),), _told(one, room)) for one in mine)
    return room.say("jobs.what", Fields(rows), *await _doubtful(room))


async def _doubtful(room: Room) -> tuple[Block, ...]:
    """Say which messages may or may not have arrived: where, not to whom."""
    async with room.database.read() as connection:
        since = room.now - _LATELY_DAYS * DAY_MS
        found = await queues.doubtful(connection, room.community, since, _MOST_DOUBTFUL)
    told = []
    for purpose, channel, at in found:
        key, where = ("jobs.doubt", {"channel": Channel(channel)}) if channel else ("jobs.doubt_dm", {})
        what = room.words.plain(f"jobs.what_of.{purpose}")
        told.append(Paragraph(room.words.text(key, what=what, at=Moment(at), **where)))
    return (Paragraph(room.words.text("jobs.doubtful")), *told) if told else ()


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

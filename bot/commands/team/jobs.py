"""`/cairn-team jobs`: what Cairn does at its time, and how it went."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.chat.calling import Call
from bot.chat.speech import Reply, Table
from bot.clockwork.agenda import Entry, agenda
from bot.clockwork.duties import everything
from bot.commands.room import Room
from bot.commands.spec import Command, Role
from bot.sending.quiet import zone_named
from bot.storage.tasks import WHOLE
from bot.teamwork.moments import written


async def run(call: Call, room: Room) -> Reply:  # noqa: ARG001 - all commands are called alike
    """Show each job of this community: when it was done last, when it is due, and what is wrong."""
    async with room.database.read() as connection:
        found = await agenda(connection, everything(), room.now)
    mine = [one for one in found if one.lane.community in (WHOLE, room.community)]
    if not mine:
        return room.say("jobs.none")
    zone = zone_named(room.settings.zone) or ZoneInfo("UTC")
    head = tuple(room.words.plain(f"jobs.head.{one}") for one in ("job", "last", "next", "state"))
    rows = tuple(
        (_called(one, room), _last(one, zone), written(one.next, zone), room.words.plain(f"jobs.{_state(one)}"))
        for one in mine
    )
    return room.say("jobs.what", Table(head, rows), zone=zone.key)


def _called(one: Entry, room: Room) -> str:
    key = f"jobs.name.{one.job.name}"
    return room.words.plain(key) if room.words.has(key) else one.job.name


def _last(one: Entry, zone: ZoneInfo) -> str:
    ended = one.done.ended_at if one.done is not None else None
    return "-" if ended is None else written(ended, zone)


def _state(one: Entry) -> str:
    if one.held:
        return "busy"
    if one.failing:
        return "failing"
    return "late" if one.late is not None else "fine"


COMMAND = Command("cairn-team jobs", run, Role.MANAGER)

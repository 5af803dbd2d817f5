"""`/cairn-team pause` and `resume`: everything that goes out stops at once, and goes its way again."""

from __future__ import annotations

from bot.chat.calling import Call
from bot.chat.speech import Moment, Reply
from bot.commands.room import Room
from bot.commands.spec import Act, Command, Role
from bot.storage import outgoing
from bot.storage.turns import in_turn
from bot.teamwork.people import did

PAUSED, RESUMED = "held everything that goes out", "let messages go out again"


async def pause(call: Call, room: Room) -> Reply:
    """Hold everything, from this commit on."""
    async with in_turn(room.database, room.community) as connection:
        there = await outgoing.going(connection, room.community)
        if there.paused_at is None:
            await outgoing.pause(connection, room.community, room.now)
            await did(connection, room, call, PAUSED)
    if there.paused_at is not None:
        return room.say("pause.already", since=Moment(there.paused_at))
    return room.say("pause.done")


async def resume(call: Call, room: Room) -> Reply:
    """Let what was held go its way."""
    async with in_turn(room.database, room.community) as connection:
        there = await outgoing.going(connection, room.community)
        if there.paused_at is not None:
            await outgoing.resume(connection, room.community, room.now)
            await did(connection, room, call, RESUMED)
    if there.paused_at is None:
        return room.say("resume.already")
    return room.say("resume.done" if there.live_at is not None else "resume.not_live")


COMMANDS = (
    Command("cairn-team pause", pause, Role.MANAGER, acts={"pause": Act(pause, Role.MANAGER)}),
    Command("cairn-team resume", resume, Role.MANAGER, acts={"resume": Act(resume, Role.MANAGER)}),
)

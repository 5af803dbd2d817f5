"""`/cairn help`: what Cairn is, and which commands the caller may use."""

from __future__ import annotations

from bot.chat.calling import Call
from bot.chat.speech import Bold, Fields, Reply
from bot.commands.registry import registry
from bot.commands.room import Room
from bot.commands.spec import Command


async def run(call: Call, room: Room) -> Reply:  # noqa: ARG001 - all commands are called alike
    """List the commands, with what each is for."""
    allowed = [one for one in registry().commands if one.role <= room.role]
    rows = tuple(((Bold(f"/{one.path}"),), room.words.text(f"{one.name}.about")) for one in allowed)
    return room.say("help.what", Fields(rows))


COMMAND = Command("cairn help", run)

"""What has waited for a member: private lines, shown once, beside the answer to what they do."""

from __future__ import annotations

from bot.chat.speech import Block, Heading
from bot.commands.room import Room
from bot.sending import outbox
from bot.storage import outbox as rows
from bot.storage.knowing import Who

MOST_AT_ONCE = 3
"""How many lines stand beside one answer; the others wait for the next one."""


async def waiting(room: Room, member: int) -> tuple[Block, ...]:
    """Return the private lines that a member is to be shown now, under a heading; they count as shown from then on."""
    async with room.database.read() as connection:
        there = await rows.lines(connection, Who(room.community, member, room.space), room.now)
    found: list[Block] = []
    for _ in there[:MOST_AT_ONCE]:
        async with room.database.write() as connection:
            line = await outbox.take_line(connection, (room.community, member, room.space), room.now, room.keys)
        if line is None:
            break
        found += line.blocks
    return (Heading(room.words.text("me.waiting")), *found) if found else ()

"""What holds for who calls, and what people are told who have no page of their own."""

from __future__ import annotations

from bot.chat.calling import Call
from bot.chat.speech import Action, Button, Controls, Reply, Style
from bot.commands.room import Room
from bot.consent import choices
from bot.consent.choices import Said, Standing


async def standing(call: Call, room: Room) -> Standing:
    """Return what holds for who calls, where they call."""
    said = Said(room.community, room.space, call.caller.account, room.now)
    async with room.database.read() as connection:
        return await choices.standing(connection, room.keys, said)


def without_page(room: Room, there: Standing) -> Reply | None:
    """Return what somebody without a page is told and offered; None for who has one and is not left out."""
    make = Button(room.words.plain("me.button.make"), Action("page-make"), Style.MAIN)
    kept = Button(room.words.plain("me.button.kept"), Action("page-kept"))
    out = Button(room.words.plain("me.button.leave_out"), Action("page-leave-out"))
    if there.young:
        return room.say("me.young", Controls((kept,)))
    if there.excluded:
        return room.say("me.excluded", Controls((kept,)))
    if there.out:
        return room.say("me.left_out", Controls((Button(make.label, make.action), kept)))
    if not there.page:
        return room.say("me.no_page", Controls((make, out, kept)))
    return None

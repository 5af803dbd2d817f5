"""What holds for who calls, and what people are told who have no page of their own."""

from __future__ import annotations

from bot.chat.calling import Call
from bot.chat.speech import Action, Block, Button, Controls, Moment, Paragraph, Reply, Style
from bot.commands.room import Room
from bot.consent import choices
from bot.consent.choices import Said, Standing
from bot.storage import knowing
from bot.storage.knowing import Who


async def standing(call: Call, room: Room) -> Standing:
    """Return what holds for who calls, where they call."""
    said = Said(room.community, room.space, call.caller.account, room.now)
    async with room.database.read() as connection:
        return await choices.standing(connection, room.keys, said)


async def quiet_now(room: Room, there: Standing) -> tuple[Block, ...]:
    """Say until when nothing comes to somebody by itself, and the button that ends it; empty where they wish none."""
    if there.member is None:
        return ()
    who = Who(room.community, there.member, room.space)
    async with room.database.read() as connection:
        until = (await knowing.known(connection, [who], room.now))[who].person.quiet_until
    if until <= room.now:
        return ()
    told = room.words.text("page.quiet_now", until=Moment(until, day=True))
    return (Paragraph(told), end_quiet(room))


def end_quiet(room: Room) -> Controls:
    """Return the button that ends a month without."""
    return Controls((Button(room.words.plain("page.quiet_end"), Action("page-quiet-end")),))


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

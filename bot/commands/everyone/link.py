"""`/cairn link`: says that several accounts are mine: a code made with one is given with the other. Reversible."""

from __future__ import annotations

import asyncio

from bot.chat.calling import Call
from bot.chat.speech import Action, Block, Bold, Button, Controls, Heading, Moment, Paragraph, Reply, Span, Style, Who
from bot.commands.mine import standing, without_page
from bot.commands.room import Room
from bot.commands.spec import Act, Asked, Command
from bot.consent.choices import Said, Source
from bot.errors import WrongError
from bot.hearing.space_settings import Consent
from bot.identity.joining import CODE_MS, Joined, Joining, Mine
from bot.storage import spaces
from scoring.signals import Account

VERSION = "link 1"
"""The text that is read before accounts are joined; another text is another version."""
_MOST = 10
_LONGEST_CODE = 30
_LONGEST_NAME = 80


async def run(call: Call, room: Room) -> Reply:
    """Make a code and show which accounts are joined; or, where a code is given, ask whether both are theirs."""
    there = await standing(call, room)
    if there.out:
        return without_page(room, there) or room.say("link.not_now")
    code = str(call.given.get("code") or "").strip()[:_LONGEST_CODE]
    if code:
        return await _asked(call, room, code)
    joined = await _joining(room).joined(_said(call, room))
    made = await _joining(room).code(_said(call, room), wait=_waits(room))
    if made is None:
        return without_page(room, there) or room.say("link.not_now")
    until = Moment(room.now + CODE_MS)
    given = Paragraph(room.words.text("link.code", code=Bold(made), until=until))
    return Reply((given, Paragraph(room.words.text("link.warning")), *await _shown(call, room, joined)))


async def _asked(call: Call, room: Room, code: str) -> Reply:
    """Ask before anything is joined: whoever was talked into giving somebody else's code sees whose it is."""
    other = await _joining(room).whose(_said(call, room), code)
    if other is None:
        raise WrongError(room.words.plain("link.wrong"), "code")
    if other[:3] == call.caller.account[:3]:
        raise WrongError(room.words.plain("link.same"), "code")
    yes = Button(room.words.plain("link.yes"), Action("link-join", (_typed(code),)), Style.MAIN)
    no = Button(room.words.plain("link.no"), Action("link-stop"))
    return room.say("link.ask", Controls((yes, no)), other=await _name(call, room, other))


async def join(call: Call, room: Room) -> Reply:
    """Join the caller's account with that of the code; the code is looked at anew, and used up."""
    code = next(iter(call.action.arguments), "") if call.action else ""
    there = await standing(call, room)
    if there.out:
        return without_page(room, there) or room.say("link.not_now")
    became = await _joining(room).join(_said(call, room), code[:_LONGEST_CODE], wait=_waits(room))
    if became is not Joined.DONE:
        return Reply(room.say(f"link.{became.value}").blocks, replaces=True)
    joined = await _joining(room).joined(_said(call, room))
    done = Paragraph(room.words.text("link.done"))
    return Reply((done, *await _shown(call, room, joined)), replaces=True)


async def stop(call: Call, room: Room) -> Reply:  # noqa: ARG001 - all acts are called alike
    """Join nothing."""
    return Reply(room.say("link.stopped").blocks, replaces=True)


async def part(call: Call, room: Room) -> Reply:
    """Take one of the caller's accounts out of those joined; a number that is none of theirs is refused."""
    text = next(iter(call.action.arguments), "") if call.action else ""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0
    parted = await _joining(room).part(_said(call, room), number)
    joined = await _joining(room).joined(_said(call, room))
    told = Paragraph(room.words.text("link.parted" if parted else "link.not_yours"))
    return Reply((told, *await _shown(call, room, joined)), replaces=True)


async def _shown(call: Call, room: Room, joined: list[Mine]) -> tuple[Block, ...]:
    """Return the accounts that are joined, each with a button to part it; nothing where there is but one."""
    if len(joined) < 2:
        return ()
    names = await asyncio.gather(*(_name(call, room, one.account) for one in joined[:_MOST]))
    lines = [Paragraph((f"{n}. ", name)) for n, name in enumerate(names, start=1)]
    buttons = [
        Button(room.words.plain("link.part", n=n), Action("link-part", (str(one.number),)))
        for n, one in enumerate(joined[:_MOST], start=1)
    ]
    return (Heading(room.words.text("link.joined")), *lines, Controls(tuple(buttons)))


async def _name(call: Call, room: Room, account: Account) -> Span:
    """Return an account as the caller's platform can show it; of another one, by what people are called there now."""
    here = call.caller.account
    if (account.platform, account.realm) == (here.platform, here.realm):
        return Who(account)
    async with room.database.read() as connection:
        there = [one.space for one in await spaces.of_community(connection, room.community) if one.settings is not None]
    called = (await room.tools.names.one(there, account))[:_LONGEST_NAME]
    which = " ".join(filter(None, (account.platform, account.realm, account.id)))
    return f"{called} ({which})" if called else which


def _said(call: Call, room: Room) -> Said:
    return Said(room.community, room.space, call.caller.account, room.now, Source.COMMAND, VERSION)


def _waits(room: Room) -> bool:
    return room.settings.consent is Consent.STRICT


def _joining(room: Room) -> Joining:
    return Joining(room.database, room.keys)


def _typed(code: str) -> str:
    """Return a code without what an action cannot carry."""
    return "".join(one for one in code if one.isalnum())


COMMAND = Command(
    "cairn link",
    run,
    options=(Asked("code"),),
    acts={"link-join": Act(join), "link-stop": Act(stop), "link-part": Act(part)},
)

"""`/cairn page`: a page of one's own, how to be invited, and being left out; each by one click, each taken back by one.

The buttons stand on notices and cards that may be years old. They say nothing but what is wanted: who presses them, and
what holds for them, is looked up at each press.
"""

from __future__ import annotations

from bot.chat.calling import Call
from bot.chat.speech import Action, Block, Button, Controls, Moment, Paragraph, Reply
from bot.commands.everyone.privacy import kept
from bot.commands.mine import end_quiet, quiet_now, standing
from bot.commands.room import Room
from bot.commands.spec import Act, Command
from bot.consent import cards
from bot.consent.choices import Choices, Said, Source, Standing, What
from bot.consent.questions import Questions
from bot.gate import Invite
from bot.hearing.space_settings import Consent
from scoring.signals import DAY_MS


async def run(call: Call, room: Room) -> Reply:
    """Say what holds, with the buttons that change it."""
    return Reply(await _shown(room, await standing(call, room)))


async def make(call: Call, room: Room) -> Reply:
    """Make a page that begins today; what came before is counted on it only by another click."""
    before = await standing(call, room)
    if not await _choices(room).make_page(_said(call, room, cards.card_version(room.words, room.settings.consent))):
        return room.say("me.young" if before.young else "page.cannot", Controls((_kept(room),)))
    if before.page:
        return Reply(await _shown(room, before))
    there = await standing(call, room)
    bring = Button(room.words.plain("page.bring"), Action("page-bring"))
    asked = cards.question(room.words) if there.invite is None else ()
    if asked:  # so that it is not asked again behind the next answer
        said = _said(call, room, cards.question_version(room.words))
        await Questions(room.database, room.keys).ask(said, What.ASKED_INVITE)
    return room.say("page.made", Controls((bring, _close(room))), *asked)


async def bring(call: Call, room: Room) -> Reply:
    """Count on the page what is still kept from before it began."""
    done = await _choices(room).bring(_said(call, room, cards.version(room.words, "page.bring")))
    return room.say("page.brought" if done else "page.none")


async def close(call: Call, room: Room) -> Reply:
    """Take the page away again."""
    done = await _choices(room).close_page(_said(call, room, cards.version(room.words, "page.close")))
    again = Controls((Button(room.words.plain("page.make"), Action("page-make")), _out(room)))
    closed = "page.closed_strict" if room.settings.consent is Consent.STRICT else "page.closed"
    return room.say(closed if done else "page.none", again)


async def leave_out(call: Call, room: Room) -> Reply:
    """Store nothing of the caller any more, anywhere in the community."""
    await _choices(room).leave_out(_said(call, room, cards.card_version(room.words, room.settings.consent)))
    here = Button(room.words.plain("page.only_here"), Action("page-leave-here"))
    forget = Button(room.words.plain("page.forget"), Action("privacy-forget"))
    return room.say("page.left_out", Controls((here, _back(room), forget)))


async def leave_here(call: Call, room: Room) -> Reply:
    """Store nothing of the caller any more in this space; elsewhere as before."""
    said = _said(call, room, cards.version(room.words, "page.only_here"))
    await _choices(room).let_in(said)
    await _choices(room).leave_out(said, everywhere=False)
    return room.say("page.left_here", Controls((_back(room),)))


async def back(call: Call, room: Room) -> Reply:
    """Count the caller again, without a page."""
    await _choices(room).let_in(_said(call, room, cards.version(room.words, "page.back")))
    return Reply(await _shown(room, await standing(call, room)))


async def invite(call: Call, room: Room) -> Reply:
    """Put down how the caller wishes to be invited here."""
    given = next(iter(call.action.arguments), "") if call.action else ""
    wish = next((one for one in Invite if one.value == given), None)
    if wish is None:
        return room.say("common.unknown")
    done = await _choices(room).invite(_said(call, room, cards.question_version(room.words)), wish)
    return room.say(f"page.invited_{wish.value}" if done else "page.none")


async def quiet(call: Call, room: Room) -> Reply:
    """Let nothing come to the caller by itself for a month."""
    until = await _choices(room).quiet(_said(call, room, cards.version(room.words, "contact.later")))
    if not until:
        return room.say("page.none")
    return room.say("page.quiet", end_quiet(room), until=Moment(until, day=True))


async def quiet_end(call: Call, room: Room) -> Reply:
    """Let things come to the caller again, as they wished before."""
    done = await _choices(room).end_quiet(_said(call, room, cards.version(room.words, "page.quiet_end")))
    return room.say("page.quiet_ended" if done else "page.none")


async def _shown(room: Room, there: Standing) -> tuple[Block, ...]:
    if there.young or there.excluded:  # no click of theirs changes that, so none is offered
        return (Paragraph(room.words.text("me.young" if there.young else "me.excluded")), Controls((_kept(room),)))
    if there.out:
        key = "page.is_out" if there.out_everywhere else "page.is_out_here"
        return (Paragraph(room.words.text(key)), Controls((_back(room), _kept(room))))
    if not there.page:
        return cards.card(room.words, room.settings.consent)
    since = Moment(there.begins * DAY_MS, day=True)
    told = room.words.text("page.yours", since=since) if there.begins else room.words.text("page.yours_all")
    more = (Button(room.words.plain("page.bring"), Action("page-bring")),) if there.begins else ()
    controls = Controls((*more, _close(room), _out(room), _kept(room)))
    return (Paragraph(told), controls, *await quiet_now(room, there), *cards.question(room.words, there.invite))


def _close(room: Room) -> Button:
    return Button(room.words.plain("page.close"), Action("page-close"))


def _out(room: Room) -> Button:
    return Button(room.words.plain("page.leave_out"), Action("page-leave-out"))


def _back(room: Room) -> Button:
    return Button(room.words.plain("page.back"), Action("page-back"))


def _kept(room: Room) -> Button:
    return Button(room.words.plain("page.kept"), Action("page-kept"))


def _choices(room: Room) -> Choices:
    return Choices(room.database, room.keys)


def _said(call: Call, room: Room, version: str) -> Said:
    source = Source.BUTTON if call.action else Source.COMMAND
    return Said(room.community, room.space, call.caller.account, room.now, source, version)


COMMAND = Command(
    "cairn page",
    run,
    acts={
        "page": Act(run),
        "page-make": Act(make),
        "page-bring": Act(bring),
        "page-close": Act(close),
        "page-leave-out": Act(leave_out),
        "page-leave-here": Act(leave_here),
        "page-back": Act(back),
        "page-invite": Act(invite),
        "page-quiet": Act(quiet),
        "page-quiet-end": Act(quiet_end),
        "page-kept": Act(kept),
    },
)

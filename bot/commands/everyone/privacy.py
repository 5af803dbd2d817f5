"""`/cairn privacy`: what is kept and why, who looked, a copy, putting right, stopping, and being forgotten."""

from __future__ import annotations

import re

from bot.chat.calling import Call
from bot.chat.speech import (
    Action,
    Asks,
    Block,
    Button,
    Choice,
    Controls,
    Field,
    Fields,
    File,
    Form,
    Heading,
    Moment,
    Paragraph,
    Reply,
    Select,
    Text,
)
from bot.commands.mine import standing
from bot.commands.room import Room
from bot.commands.spec import Act, Command
from bot.consent.cards import danger
from bot.consent.choices import Said, Standing
from bot.consent.choices import standing as standing_of
from bot.errors import WrongError
from bot.rights import disputing, exporting
from bot.rights.forgetting import UNDER_AGE, Forgetting, Order
from bot.storage import accounts, audit, choosing, holding
from bot.storage.choosing import Family
from bot.storage.turns import in_turn
from bot.teamwork.people import shown

_LOOKS = 20
_LONGEST = 1000


async def run(call: Call, room: Room) -> Reply:
    """Say what is kept of the caller and why, with buttons for all that they may do about it."""
    told, there = await kept(call, room), await standing(call, room)
    return Reply((*told.blocks, *_controls(room, there)))


async def kept(call: Call, room: Room) -> Reply:
    """Say in plain words what is kept, why and how long; with how much of it is the caller's own."""
    there = await standing(call, room)
    blocks: list[Block] = [Paragraph(room.words.text(f"privacy.{one}")) for one in ("what", "never", "who", "long")]
    if there.out:
        blocks.append(Paragraph(room.words.text(f"privacy.out.{_why_out(there)}")))
    rows = await _held(call, room, there)
    if rows:
        blocks += [*([Heading(room.words.text("privacy.still"))] if there.out else []), Fields(rows)]
    elif not there.out:
        blocks.append(Paragraph(room.words.text("privacy.nothing")))
    more = Button(room.words.plain("privacy.more"), Action("privacy"))
    return Reply((*blocks, *([Controls((more,))] if call.action and call.action.name == "page-kept" else [])))


def _why_out(there: Standing) -> str:
    """Return by whose word nothing is stored of somebody."""
    if there.young or there.forgotten:
        return "young" if there.young else "forgotten"
    if there.out_everywhere:
        return "everywhere"
    return "excluded" if there.excluded else "here"


async def _held(call: Call, room: Room, there: Standing) -> tuple[tuple[Text, Text], ...]:
    """Return all that is held of the caller: also while they are left out, and be it but a mark that says so."""
    handle, words = room.keys.handle(call.caller.account), room.words
    async with room.database.read() as connection:
        whose = await choosing.family_of(connection, room.community, there.member) if there.member else None
        handles = {handle, *(one.handle for one in whose.accounts)} if whose else {handle}
        marks = [*handles, *map(room.keys.marker, handles)]
        since = await holding.marked_since(connection, room.community, marks)
        held = await holding.of(connection, room.community, whose) if whose else None
    rows: list[tuple[Text, Text]] = []
    if held is not None:
        rows.append((words.text("privacy.acts"), words.text("privacy.times", n=held.acts)))
        if held.days:
            rows.append((words.text("privacy.older"), words.text("privacy.days", n=held.days)))
        rows.append((words.text("privacy.accounts"), (str(held.accounts),)))
        rows.append((words.text("privacy.page"), words.text("privacy.yes" if there.page else "privacy.no")))
    if since is not None:
        rows.append((words.text("privacy.mark"), words.text("privacy.marked", since=Moment(since, day=True))))
    return tuple(rows)


async def looks(call: Call, room: Room) -> Reply:
    """List who of the team looked at the caller, and what they changed."""
    whose = await _family(call, room)
    async with room.database.read() as connection:
        found = await audit.of_member(connection, room.community, whose.members, _LOOKS) if whose else []
        team = sorted({one.actor for one in found if one.actor is not None})
        sealed = {who: [row[1] for row in await accounts.by_member(connection, room.community, who)] for who in team}
    if not found:
        return room.say("privacy.nobody_looked")
    names = {who: shown(room, call, some) for who, some in sealed.items()}
    unknown = room.words.plain("team.somebody")
    rows = [((Moment(one.at),), (names.get(one.actor or 0, unknown), ": ", _done(room, one.what))) for one in found]
    return room.say("privacy.looked", Fields(tuple(rows)))


def _done(room: Room, what: str) -> str:
    """Return in the caller's language what the audit log says was done."""
    return room.words.plain(_did(what)) if room.words.has(_did(what)) else what


def _did(what: str) -> str:
    """Return where it stands, in each language, what the audit log tells of."""
    return f"did.{re.sub(r'[^a-z]+', '-', what.lower()).strip('-')}"


async def export(call: Call, room: Room) -> Reply:
    """Hand over a copy of all that is kept of the caller."""
    whose = await _family(call, room)
    if whose is None:
        there = await standing(call, room)
        return room.say("privacy.only_mark" if there.out else "privacy.nothing")
    if not await exporting.may_export(room.database, room.community, whose.root, room.now):
        return room.say("privacy.enough_copies")
    copy = await exporting.export(room.database, room.keys, (room.community, whose), room.words)
    files = (File("cairn-my-data.json", copy.whole), File("cairn-my-data.txt", copy.words))
    return room.say("privacy.copy", *files)


async def correct(call: Call, room: Room) -> Reply:
    """Offer to take an act back, or to tell the team what is wrong."""
    whose = await _family(call, room)
    tell = Controls((Button(room.words.plain("privacy.tell"), Action("privacy-tell")),))
    async with room.database.read() as connection:
        acts = await disputing.latest(connection, room.community, whose, room.words) if whose else []
    if not acts:
        return room.say("privacy.nothing_to_correct", tell)
    choices = tuple(Choice(str(one.id), one.label) for one in acts)
    pick = Controls((Select(Action("privacy-retract"), choices, room.words.plain("privacy.which")),))
    return room.say("privacy.correct", pick, tell)


async def retract(call: Call, room: Room) -> Reply:
    """Take an act of the caller's own back; nobody else's can be."""
    chosen = next(iter(call.chosen), "")
    whose = await _family(call, room)
    signal = None
    if whose is not None and chosen.isdecimal() and len(chosen) < 18:
        async with room.database.read() as connection:
            signal = await disputing.taken_back(connection, room.community, whose, (int(chosen), room.now))
    if signal is None or whose is None:
        return room.say("common.unknown")
    await room.record([signal])
    async with in_turn(room.database, room.community) as connection:
        await audit.put(connection, room.community, room.now, whose.root, disputing.TOOK_BACK, about=whose.root)
    return room.say("privacy.retracted")


async def tell(call: Call, room: Room) -> Reply:  # noqa: ARG001 - all acts are called alike
    """Ask what the team should put right."""
    field = Field("text", room.words.plain("privacy.field"), Asks.LONG_TEXT, longest=_LONGEST)
    return Reply(form=Form(room.words.plain("privacy.form"), (field,), Action("privacy-send")))


async def send(call: Call, room: Room) -> Reply:
    """Pass on to the team what is wrong; its text lies in the outbox until it is sent, and nowhere else."""
    text = str(call.given.get("text") or "").strip()[:_LONGEST]
    if not text:
        raise WrongError(room.words.plain("team.missing"), "text")
    said = Said(room.community, room.space, call.caller.account, room.now)
    taken = await disputing.dispute(room.database, room.keys, said, (text, room.settings.language))
    return room.say(f"privacy.dispute_{taken.value}", Paragraph((text,)))


async def stop(call: Call, room: Room) -> Reply:  # noqa: ARG001 - all acts are called alike
    """Offer the ways to stop, from the least to the most."""
    words = room.words
    buttons = (
        Button(words.plain("page.close"), Action("page-close")),
        Button(words.plain("page.leave_out"), Action("page-leave-out")),
        Button(words.plain("page.forget"), Action("privacy-forget")),
    )
    return room.say("privacy.stop_how", Controls(buttons))


async def forget(call: Call, room: Room) -> Reply:  # noqa: ARG001 - all acts are called alike
    """Say what forgetting does, and ask once."""
    return room.say("privacy.forget_ask", Controls((danger(room.words, "privacy.forget_yes", "privacy-forget-now"),)))


async def forget_now(call: Call, room: Room) -> Reply:
    """Forget the caller."""
    return await _forgotten(call, room, Order(room.community, call.caller.account, at=room.now))


async def young(call: Call, room: Room) -> Reply:  # noqa: ARG001 - all acts are called alike
    """Say what becomes of people below the age that the community has set, and ask once."""
    yes = danger(room.words, "privacy.young_yes", "privacy-young-now")
    return room.say("privacy.young_ask", Controls((yes,)), age=room.settings.minimum_age)


async def young_now(call: Call, room: Room) -> Reply:
    """Erase the caller, who says that they are too young, and store nothing of them any more."""
    return await _forgotten(call, room, Order(room.community, call.caller.account, UNDER_AGE, room.now))


async def _forgotten(call: Call, room: Room, order: Order) -> Reply:
    done = await Forgetting(room.database, room.keys).forget(order)
    return room.say("privacy.forgotten" if done else "privacy.forgetting")


def _controls(room: Room, there: Standing) -> tuple[Block, ...]:
    """Return what the caller may do; whom their age keeps out, and of whom nothing is kept, can write to the team."""

    def button(name: str) -> Button:
        return Button(room.words.plain(f"privacy.button.{name}"), Action(f"privacy-{name}"))

    if there.young and there.member is None:
        return (Controls((button("correct"),)),)
    first = Controls((button("looks"), button("export"), button("correct")))
    more = (button("stop"), button("forget"), *([button("young")] if room.settings.minimum_age else []))
    return (Heading(room.words.text("privacy.yours")), first, Controls(more))


async def _family(call: Call, room: Room) -> Family | None:
    """Return the caller as the store knows them now; nobody else can be meant."""
    said = Said(room.community, room.space, call.caller.account, room.now)
    async with room.database.read() as connection:
        there = await standing_of(connection, room.keys, said)
        return None if there.member is None else await choosing.family_of(connection, room.community, there.member)


COMMAND = Command(
    "cairn privacy",
    run,
    acts={
        "privacy": Act(run),
        "privacy-looks": Act(looks),
        "privacy-export": Act(export),
        "privacy-correct": Act(correct),
        "privacy-retract": Act(retract),
        "privacy-tell": Act(tell, opens_form=True),
        "privacy-send": Act(send),
        "privacy-stop": Act(stop),
        "privacy-forget": Act(forget),
        "privacy-forget-now": Act(forget_now),
        "privacy-young": Act(young),
        "privacy-young-now": Act(young_now),
    },
)

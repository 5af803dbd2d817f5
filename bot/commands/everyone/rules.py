"""`/cairn rules`: the rules in force in plain words, and a way to tell the team what one thinks of them."""

from __future__ import annotations

from collections.abc import Iterator

from bot.chat.calling import Call
from bot.chat.speech import (
    Action,
    Asks,
    Block,
    Bold,
    Button,
    Choice,
    Controls,
    Field,
    Form,
    Heading,
    Paragraph,
    Reply,
    Select,
    Who,
)
from bot.commands.room import Room
from bot.commands.spec import Act, Command
from bot.gate import Purpose
from bot.language import Words
from bot.rights.disputing import team_room
from bot.rules import ruling
from bot.rules.explain import Explanation, Part
from bot.sending import outbox
from bot.sending.outbox import Letter
from bot.storage.turns import in_turn
from scoring.mountain import Mountain

MORE, STEPS = "more", "steps"
EVERY_MS = 600_000
"""How often one person may write to the team: once in ten minutes."""
_LONGEST = 1000
_MOST_BANDS = 20


async def run(call: Call, room: Room) -> Reply:  # noqa: ARG001 - all commands are called alike
    """Show what counts, band by band from the top, in short."""
    mountain = await _mountain(room)
    told = Explanation(mountain, room.words)
    return Reply((*_overview(told), *_controls(mountain, room.words)))


async def part(call: Call, room: Room) -> Reply:
    """Show one part in full: a band, what counts more, or the invitations."""
    mountain = await _mountain(room)
    told = Explanation(mountain, room.words)
    wanted = next(iter(call.chosen), "")
    found = {MORE: told.multipliers, STEPS: told.steps} | {
        str(n): told.band(n) for n in range(len(mountain.bands)) if str(n) == wanted
    }
    blocks = _blocks(found[wanted]) if wanted in found else _overview(told)
    return Reply((*blocks, *_controls(mountain, room.words)), replaces=True)


async def _mountain(room: Room) -> Mountain:
    async with room.database.read() as connection:
        return (await ruling.in_force(connection, room.community)).mountain.in_language(room.words.tag)


def _overview(told: Explanation) -> Iterator[Block]:
    yield Heading((told.whole.title,))
    for note in told.whole.notes:
        yield Paragraph((note,))
    for number in reversed(range(len(told.mountain.bands))):
        band = told.band(number)
        yield Paragraph((Bold(band.title), f" ({band.about})"))
    if told.groups:
        yield Paragraph((told.groups,))


def _blocks(one: Part) -> Iterator[Block]:
    yield Heading((one.title,))
    for note in (one.about, *one.notes):
        if note:
            yield Paragraph((note,))
    for first, *more in one.items:
        kinds = [text for text in more if text.startswith("(")]
        yield Paragraph((Bold(first), *(f" {text}" for text in kinds)))
        yield from (Paragraph((f"{text[:1].upper()}{text[1:]}",)) for text in more if text not in kinds)


def _controls(mountain: Mountain, words: Words) -> tuple[Block, ...]:
    bands = list(enumerate(band.called for band in mountain.bands))[-_MOST_BANDS:]
    choices = [Choice(str(n), name) for n, name in reversed(bands)]
    choices += [Choice(MORE, words.plain("rules.more")), Choice(STEPS, words.plain("rules.steps"))]
    read = Select(Action("rules-part"), tuple(choices), words.plain("rules.choose"))
    write = Button(words.plain("rules.comment"), Action("rules-comment"))
    return (Controls((read,)), Controls((write,)))


async def comment(call: Call, room: Room) -> Reply:  # noqa: ARG001 - all acts are called alike
    """Ask what the team should know, if there is a way to tell them."""
    async with room.database.read() as connection:
        channel = await team_room(connection, room.community, room.space)
    if channel is None:
        return room.say("rules.nobody")
    field = Field("text", room.words.plain("rules.field"), Asks.LONG_TEXT, longest=_LONGEST)
    return Reply(form=Form(room.words.plain("rules.form"), (field,), Action("rules-send")))


async def send(call: Call, room: Room) -> Reply:
    """Pass a comment on to the team. Its text lies in the outbox until it is sent, and nowhere else."""
    text = str(call.given.get("text") or "").strip()[:_LONGEST]
    if not text:
        return room.say("rules.empty")
    async with room.database.read() as connection:
        channel = await team_room(connection, room.community, room.space)
    if channel is None:
        return room.say("rules.nobody", *_given_back(text, room))
    who = room.keys.passing(call.caller.account, "comment")
    words = Words(room.settings.language)
    told = (Paragraph(words.text("rules.letter", who=Who(call.caller.account))), Paragraph((text,)))
    key = f"comment:{who}:{room.now // EVERY_MS}"
    letter = Letter(room.community, room.space, key, Purpose.POST, told, channel=channel, due=room.now)
    async with in_turn(room.database, room.community) as connection:
        taken = await outbox.post(connection, letter, room.keys)
    return room.say("rules.sent") if taken else room.say("rules.wait", *_given_back(text, room))


def _given_back(text: str, room: Room) -> tuple[Block, ...]:
    """Return what somebody wrote, so that it is not lost where it could not be passed on."""
    return (Heading(room.words.text("rules.yours")), Paragraph((text,)))


COMMAND = Command(
    "cairn rules",
    run,
    acts={
        "rules": Act(run),
        "rules-part": Act(part),
        "rules-comment": Act(comment, opens_form=True),
        "rules-send": Act(send),
    },
)

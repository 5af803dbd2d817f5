"""`/cairn-team rules`: see, change, rehearse and apply the rules, and take a change back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

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
    File,
    Form,
    Heading,
    Paragraph,
    Reply,
    Style,
    Table,
)
from bot.commands.room import Room
from bot.commands.spec import Act, Asked, Command, Role
from bot.errors import InputError, WrongError
from bot.rules import parse_rules, starters
from bot.rules.editing import Edit, edited
from bot.rules.words import Phrases
from bot.standing import histories
from bot.standing.rehearsing import rehearse as try_out
from bot.storage import communities, teamwork
from bot.storage.engine import Database
from bot.teamwork import drafts
from bot.teamwork.aside import aside
from bot.teamwork.given import Given
from bot.teamwork.given_by_rules import changes, figures
from bot.teamwork.looking import writable_channel
from bot.teamwork.waiting import Alone, begun, looked
from bot.teamwork.works import Progress
from scoring.mountain import POINT, Mountain

_EDIT, _DROP, _APPLY, _REHEARSE = "rules-edit-send", "rules-edit-drop", "rules-apply-yes", "rules-rehearse-now"
_TRIED, _APPLIED = "rules-rehearse-look", "rules-apply-look"
_MOST_POINTS = 1_000_000
_LONGEST_TITLE = 45
_FINEST = 1e-6


async def show(call: Call, room: Room) -> Reply:  # noqa: ARG001 - all commands are called alike
    """Show what gives how much, the file, and the draft where there is one."""
    there = await drafts.desk(room)
    mountain, drafted = there.mountain(), there.drafted()
    blocks: list[Block] = [*figures(room, mountain), File(drafts.FILE, there.active.text.encode())]
    if drafted is not None:
        blocks += [*changes(room, mountain, drafted), File("draft.yaml", there.text.encode()), _buttons(room)]
    name = Bold(mountain.in_language(room.words.tag).name)
    return room.say("draft.show", *blocks, name=name, version=mountain.version)


def _points(thousandths: int) -> str:
    """Return points as they stand in a field and are read from it again."""
    return f"{thousandths / POINT:.3f}".rstrip("0").rstrip(".")


def _buttons(room: Room) -> Controls:
    words = room.words
    return Controls(
        (
            Button(words.plain("draft.rehearse"), Action(_REHEARSE), Style.MAIN),
            Button(words.plain("draft.apply"), Action(_APPLY)),
            Button(words.plain("draft.drop"), Action(_DROP), Style.DANGER),
        )
    )


async def edit(call: Call, room: Room) -> Reply:
    """Ask what a type shall give."""
    there = await drafts.desk(room)
    mountain = there.drafted() or there.mountain()
    given = Given(call, room)
    one = next((one for one in mountain.types if one.name == given.chosen("type")), None)
    if one is None:
        raise given.wrong("type", "draft.no_type")
    number, words = mountain.types.index(one), room.words
    told = mountain.in_language(words.tag)
    bands = tuple(Choice(str(n), band.called[:100]) for n, band in enumerate(told.bands))
    fields = (
        Field("points", words.plain("draft.points"), value=_points(one.curve[1]), longest=12),
        Field("most", words.plain("draft.most"), value=_points(one.curve[-1]), longest=12),
        Field("band", words.plain("draft.band"), Asks.CHOICE, value=str(one.band), choices=bands),
    )
    title = _cut(words.plain("draft.form", type=told.types[number].title))
    return Reply(form=Form(title, fields, Action(_EDIT, (str(number), mountain.version))))


def _cut(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1].rstrip()}…"


async def _edited(call: Call, room: Room) -> Reply:
    """Put what was given into the draft, if the rules are still those that the form was about."""
    there = await drafts.desk(room)
    mountain = there.drafted() or there.mountain()
    number, version = (*(call.action.arguments if call.action else ()), "", "")[:2]
    if version != mountain.version or not number.isdecimal() or int(number) >= len(mountain.types):
        return room.say("draft.changed_meanwhile")
    given = Given(call, room)
    first, most = given.number("points", _MOST_POINTS), given.number("most", _MOST_POINTS)
    band = given.among("band", tuple(str(n) for n in range(len(mountain.bands))))
    if first is None or most is None or most < first:
        raise given.wrong("most", "draft.most_less")
    for field, one in (("points", first), ("most", most)):
        if abs(one * POINT - round(one * POINT)) > _FINEST:
            raise given.wrong(field, "draft.too_fine")
    name = mountain.types[int(number)].name
    wanted = Edit(name, round(first * POINT), round(most * POINT), mountain.bands[int(band)].name)
    after = await drafts.keep(call, room, there, _changed(room, there.text, wanted))
    return room.say("draft.kept", *changes(room, there.mountain(), after), _buttons(room))


def _changed(room: Room, text: str, wanted: Edit) -> str:
    """Return the rules with what was wanted. Raises InputError, for the caller, where they cannot hold just that."""
    try:
        found = edited(text, drafts.FILE, wanted)
    except InputError:
        raise InputError(room.words.plain("draft.by_hand")) from None
    curve = next(one.curve for one in parse_rules(found, drafts.FILE).types if one.name == wanted.type)
    if (curve[1], curve[-1]) != (wanted.first, wanted.most):
        number = Phrases(room.words).number
        first, most, reached = (number(one / POINT) for one in (wanted.first, wanted.most, curve[-1]))
        raise WrongError(room.words.plain("draft.not_reached", first=first, most=most, reached=reached), "most")
    return found


async def _starter(call: Call, room: Room) -> Reply:
    """Make a starter the draft."""
    name = next(iter(call.action.arguments), "") if call.action else ""
    file = starters().get(name)
    if file is None:
        return room.say("common.unknown")
    there = await drafts.desk(room)
    after = await drafts.keep(call, room, there, file.read_text(encoding="utf-8"))
    return room.say("draft.kept", *changes(room, there.mountain(), after), _buttons(room))


async def _drop(call: Call, room: Room) -> Reply:
    await drafts.drop(call, room)
    return room.say("draft.dropped")


async def rehearse(call: Call, room: Room) -> Reply:  # noqa: ARG001 - all commands are called alike
    """Score the whole history under the draft; nothing is written."""
    there = await drafts.desk(room)
    drafted = there.drafted()
    if drafted is None:
        return room.say("draft.stale" if there.stale else "draft.none")
    rules = there.mountain(), drafted

    async def work(progress: Progress) -> Reply:
        progress.at("begun")
        found = await aside(room.database, lambda own: _tried(own, room.community, rules))
        if found is None:
            return room.say("draft.nothing_yet")
        return Reply((*_outcome(room, found, rules), _buttons(room)))

    busy = Alone("rehearse", room.say("draft.busy_trying", _buttons(room)))
    return await begun(room, Action(_TRIED, (drafted.version,)), work, busy)


async def _tried(own: Database, number: int, rules: tuple[Mountain, Mountain]) -> dict[str, Any] | None:
    async with own.read() as connection:
        community = await communities.get(connection, number)
    last = await histories.last_day(own, community)
    if last is None:
        return None
    return (await try_out(own, community, rules, last)).document(community.name)


def _outcome(room: Room, found: dict[str, Any], rules: tuple[Mountain, Mountain]) -> Iterator[Block]:
    """Say who would move, and what would be offered; nobody is named."""
    words = room.words
    called = {band.name: band.called for one in rules for band in one.in_language(words.tag).bands}
    yield Heading(words.text("draft.tried"))
    head = tuple(words.plain(f"draft.bands.{one}") for one in ("band", "before", "after"))
    rows = tuple((called[one["band"]], str(one["before"]), str(one["after"])) for one in found["bands"])
    yield Table(head, rows, frozenset({1, 2}))
    nowhere = words.plain("draft.no_band")
    moves = Counter({(one["from"], one["to"]): one["members"] for one in found["moves"]})
    for (was, now), n in moves.most_common(10):
        yield Paragraph(words.text("draft.move", n=n, was=called.get(was, nowhere), now=called.get(now, nowhere)))
    offers = found["offers"]
    yield Paragraph(words.text("draft.offers", before=offers["before"], after=offers["after"]))
    if offers["peak"] is not None:
        yield Paragraph(words.text("draft.peak", n=offers["peak"]["offers"], week=offers["peak"]["week"]))
    unheard = sum(bool(one["incomplete"]) for one in offers["weeks"])
    if unheard:
        yield Paragraph(words.text("draft.unheard", n=unheard))


async def apply(call: Call, room: Room) -> Reply:
    """Put the draft in force, and tell a channel."""
    there, channel = await drafts.desk(room), Given(call, room).place("channel")
    if there.draft is None or there.stale:
        return room.say("draft.stale" if there.stale else "draft.none")
    return await _put_in_force(call, room, (there.draft.text, there.draft.version, drafts.FILE), channel)


async def undo(call: Call, room: Room) -> Reply:
    """Put the rules in force again that were so before."""
    there, channel = await drafts.desk(room), Given(call, room).place("channel")
    async with room.database.read() as connection:
        file = await teamwork.replaced_rules(connection, room.community, there.active.id)
    if file is None:
        return room.say("draft.no_before")
    return await _put_in_force(call, room, file, channel)


async def _put_in_force(call: Call, room: Room, file: tuple[str, str, str], channel: str) -> Reply:
    """Put rules (text, version, file name) in force; only one of a community goes on at a time."""
    if channel:
        await writable_channel(call, room, channel)
    look = Action(_APPLIED, (file[1], channel[-20:]))
    busy = Alone("rules", room.say("draft.busy"))
    return await begun(room, look, lambda progress: drafts.put_in_force(call, room, file, channel, progress), busy)


async def _look(call: Call, room: Room) -> Reply:
    return await looked(room, call.action)


async def _types(typed: str, room: Room) -> Sequence[Choice]:
    there = await drafts.desk(room)
    wanted = typed.casefold().strip()
    types = (there.drafted() or there.mountain()).in_language(room.words.tag).types
    fits = [one for one in types if wanted in one.name.casefold() or wanted in one.title.casefold()]
    return [Choice(one.name, one.title[:100]) for one in fits[:25]]


_TELL = (Asked("channel", Asks.CHANNEL),)
COMMANDS = (
    Command(
        "cairn-team rules show",
        show,
        Role.MANAGER,
        acts={"rules-show": Act(show, Role.MANAGER), "rules-starter": Act(_starter, Role.MANAGER)},
    ),
    Command(
        "cairn-team rules edit",
        edit,
        Role.MANAGER,
        (Asked("type", required=True, suggest=_types),),
        {_EDIT: Act(_edited, Role.MANAGER), _DROP: Act(_drop, Role.MANAGER)},
        opens_form=True,
    ),
    Command(
        "cairn-team rules rehearse",
        rehearse,
        Role.MANAGER,
        acts={_REHEARSE: Act(rehearse, Role.MANAGER), _TRIED: Act(_look, Role.MANAGER)},
    ),
    Command(
        "cairn-team rules apply",
        apply,
        Role.MANAGER,
        _TELL,
        {_APPLY: Act(apply, Role.MANAGER), _APPLIED: Act(_look, Role.MANAGER)},
    ),
    Command("cairn-team rules undo", undo, Role.MANAGER, _TELL),
)

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
from bot.rules import starters
from bot.rules.editing import Edit, edited
from bot.standing import histories
from bot.standing.rehearsing import rehearse as try_out
from bot.storage import communities, teamwork
from bot.storage.engine import Database
from bot.teamwork import drafts
from bot.teamwork.aside import aside
from bot.teamwork.given import Given
from bot.teamwork.waiting import begun, looked
from bot.teamwork.works import Progress
from scoring.mountain import POINT, EngagementType, Mountain

_EDIT, _DROP, _APPLY, _REHEARSE = "rules-edit-send", "rules-edit-drop", "rules-apply-yes", "rules-rehearse-now"
_TRIED, _APPLIED = Action("rules-rehearse-look"), Action("rules-apply-look")
_MOST_POINTS = 1_000_000
_MOST_ROWS = 40


async def show(call: Call, room: Room) -> Reply:  # noqa: ARG001 - all commands are called alike
    """Show what gives how much, the file, and the draft where there is one."""
    there = await drafts.desk(room)
    mountain, drafted = there.mountain(), there.drafted()
    blocks: list[Block] = [_table(room, mountain), File(drafts.FILE, there.active.text.encode())]
    if drafted is not None:
        blocks += [*_changes(room, mountain, drafted), File("draft.yaml", there.text.encode()), _buttons(room)]
    return room.say("draft.show", *blocks, name=Bold(mountain.name), version=mountain.version)


def _table(room: Room, mountain: Mountain) -> Table:
    head = tuple(room.words.plain(f"draft.head.{one}") for one in ("type", "points", "most", "band"))
    rows = tuple(
        (one.name, _points(one.curve[1]), _points(one.curve[-1]), mountain.bands[one.band].name)
        for one in mountain.types[:_MOST_ROWS]
    )
    return Table(head, rows, frozenset({1, 2}))


def _changes(room: Room, before: Mountain, after: Mountain) -> Iterator[Block]:
    """Say what a draft changes."""
    yield Heading(room.words.text("draft.changes"))
    types = {one.name: one for one in before.types}
    changed = [one for one in after.types if types.get(one.name) != one]
    if not changed or len(changed) > _MOST_ROWS // 2 or len(before.types) != len(after.types):
        yield Paragraph(room.words.text("draft.other", name=Bold(after.name), version=after.version))
        return
    for one in changed:
        was = types.get(one.name)
        old = _told(was, before) if was else "-"
        yield Paragraph(room.words.text("draft.change", type=Bold(one.name), was=old, now=_told(one, after)))


def _told(one: EngagementType, mountain: Mountain) -> str:
    return f"{_points(one.curve[1])} / {_points(one.curve[-1])} / {mountain.bands[one.band].name}"


def _points(thousandths: int) -> str:
    return f"{thousandths / POINT:g}"


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
    one = next((one for one in mountain.types if one.name == Given(call, room).chosen("type")), None)
    if one is None:
        return room.say("draft.no_type")
    number, words = mountain.types.index(one), room.words
    bands = tuple(Choice(str(n), band.name[:100]) for n, band in enumerate(mountain.bands))
    fields = (
        Field("points", words.plain("draft.points"), value=_points(one.curve[1]), longest=12),
        Field("most", words.plain("draft.most"), value=_points(one.curve[-1]), longest=12),
        Field("band", words.plain("draft.band"), Asks.CHOICE, value=str(one.band), choices=bands),
    )
    title = words.plain("draft.form", type=one.name)[:45]
    return Reply(form=Form(title, fields, Action(_EDIT, (str(number), mountain.version))))


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
        raise given.wrong("draft.most_less")
    one = mountain.types[int(number)]
    wanted = Edit(one.name, round(first * POINT), round(most * POINT), mountain.bands[int(band)].name)
    after = await drafts.keep(call, room, there, edited(there.text, drafts.FILE, wanted))
    return room.say("draft.kept", *_changes(room, there.mountain(), after), _buttons(room))


async def _starter(call: Call, room: Room) -> Reply:
    """Make a starter the draft."""
    name = next(iter(call.action.arguments), "") if call.action else ""
    file = starters().get(name)
    if file is None:
        return room.say("common.unknown")
    there = await drafts.desk(room)
    after = await drafts.keep(call, room, there, file.read_text(encoding="utf-8"))
    return room.say("draft.kept", *_changes(room, there.mountain(), after), _buttons(room))


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
        return room.say("draft.nothing_yet") if found is None else Reply((*_outcome(room, found), _buttons(room)))

    return await begun(room, _TRIED, work)


async def _tried(own: Database, number: int, rules: tuple[Mountain, Mountain]) -> dict[str, Any] | None:
    async with own.read() as connection:
        community = await communities.get(connection, number)
    last = await histories.last_day(own, community)
    if last is None:
        return None
    return (await try_out(own, community, rules, last)).document(community.name)


def _outcome(room: Room, found: dict[str, Any]) -> Iterator[Block]:
    """Say who would move, and what would be offered; nobody is named."""
    words = room.words
    yield Heading(words.text("draft.tried"))
    head = tuple(words.plain(f"draft.bands.{one}") for one in ("band", "before", "after"))
    rows = tuple((one["band"], str(one["before"]), str(one["after"])) for one in found["bands"])
    yield Table(head, rows, frozenset({1, 2}))
    nowhere = words.plain("draft.no_band")
    moves = Counter({(one["from"] or nowhere, one["to"] or nowhere): one["members"] for one in found["moves"]})
    for (was, now), n in moves.most_common(10):
        yield Paragraph(words.text("draft.move", n=n, was=was, now=now))
    offers = found["offers"]
    yield Paragraph(words.text("draft.offers", before=offers["before"], after=offers["after"]))
    if offers["peak"] is not None:
        yield Paragraph(words.text("draft.peak", n=offers["peak"]["offers"], week=offers["peak"]["week"]))


async def apply(call: Call, room: Room) -> Reply:
    """Put the draft in force, and tell a channel."""
    there, channel = await drafts.desk(room), Given(call, room).place("channel")
    if there.draft is None or there.stale:
        return room.say("draft.stale" if there.stale else "draft.none")
    file = (there.draft.text, there.draft.version, drafts.FILE)
    return await begun(room, _APPLIED, lambda progress: drafts.put_in_force(call, room, file, channel, progress))


async def undo(call: Call, room: Room) -> Reply:
    """Put the rules in force again that were so before."""
    there, channel = await drafts.desk(room), Given(call, room).place("channel")
    async with room.database.read() as connection:
        file = await teamwork.replaced_rules(connection, room.community, there.active.id)
    if file is None:
        return room.say("draft.no_before")
    return await begun(room, _APPLIED, lambda progress: drafts.put_in_force(call, room, file, channel, progress))


async def _look(call: Call, room: Room) -> Reply:
    return await looked(room, call.action)


async def _types(typed: str, room: Room) -> Sequence[Choice]:
    there = await drafts.desk(room)
    wanted = typed.casefold().strip()
    types = (there.drafted() or there.mountain()).types
    fits = [one for one in types if wanted in one.name.casefold() or wanted in one.title.casefold()]
    return [Choice(one.name, one.title[:100]) for one in fits[:25]]


_TELL = (Asked("channel", Asks.CHANNEL),)
COMMANDS = (
    Command("cairn-team rules show", show, Role.MANAGER, acts={"rules-starter": Act(_starter, Role.MANAGER)}),
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
        acts={_REHEARSE: Act(rehearse, Role.MANAGER), _TRIED.name: Act(_look, Role.MANAGER)},
    ),
    Command(
        "cairn-team rules apply",
        apply,
        Role.MANAGER,
        _TELL,
        {_APPLY: Act(apply, Role.MANAGER), _APPLIED.name: Act(_look, Role.MANAGER)},
    ),
    Command("cairn-team rules undo", undo, Role.MANAGER, _TELL),
)

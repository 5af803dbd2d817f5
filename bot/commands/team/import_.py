"""`/cairn-team import`: a table of who took part in what, with a look at its columns before."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from bot.chat.calling import Call
from bot.chat.speech import (
    Action,
    Asks,
    Bold,
    Button,
    Choice,
    Controls,
    Field,
    Fields,
    Form,
    Paragraph,
    Reply,
    Style,
    Table,
)
from bot.commands.room import Room
from bot.commands.spec import Act, Asked, Command, Role
from bot.errors import CairnError, InputError, WrongError
from bot.history.importing import Importer, Order
from bot.history.undoing import undo as take_back
from bot.storage import communities, imports
from bot.storage.turns import in_turn
from bot.teamwork import tables
from bot.teamwork.given import NAME, Given, clean
from bot.teamwork.people import did
from bot.teamwork.tables import MOST_BYTES, Meaning, Sheets
from bot.teamwork.waiting import Alone, begun, looked
from bot.teamwork.works import Progress

IMPORTED, UNDONE = "imported a table", "took an import back"
_ASK, _SEND, _LOOK, _UNDO = "import-ask", "import-send", "import-look", "import-undo"
_MOST_COLUMNS, _SHOWN_COLUMNS, _LONGEST_CELL = 24, 6, 40
_NONE = "-"
_LANE = "import"
"""Tables are imported and taken back one after another."""


async def run(call: Call, room: Room) -> Reply:
    """Take a file, and show its columns and first rows."""
    sheets, given = _sheets(room), Given(call, room)
    file = given.file("file")
    if file.size > MOST_BYTES:
        raise given.wrong("file", "import.too_large", most=str(MOST_BYTES // 1_000_000))
    content = await file.read()
    if len(content) > MOST_BYTES:
        raise given.wrong("file", "import.too_large", most=str(MOST_BYTES // 1_000_000))
    name = clean(Path(file.name).name)[:NAME] or "table.csv"
    preview = _preview(room, sheets, content, name)
    table = tables.Table(room.community, name, room.now, content, preview.columns[:_MOST_COLUMNS])
    key = room.tools.tray.put(table)
    head = tuple(one[:_LONGEST_CELL] for one in preview.columns[:_SHOWN_COLUMNS])
    rows = tuple(tuple(cell[:_LONGEST_CELL] for cell in row[:_SHOWN_COLUMNS]) for row in preview.rows)
    button = Controls((Button(room.words.plain("import.ask"), Action(_ASK, (key,)), Style.MAIN),))
    return room.say("import.what", Table(head, rows), button, name=Bold(name), n=len(preview.columns))


def _sheets(room: Room) -> Sheets:
    if room.tools.sheets is None:
        raise InputError(room.words.plain("team.needs_running"))
    return room.tools.sheets


def _said(room: Room, error: CairnError, name: str) -> str:
    """Return in the caller's language what is wrong with a file; what has no words in it is said in general."""
    if not isinstance(error, InputError):
        return room.words.plain("fault.machine", name=name)
    return room.words.plain(f"fault.{error.fault or 'file'}", name=name, **error.values)


def _preview(room: Room, sheets: Sheets, content: bytes, name: str) -> tables.Preview:
    with tempfile.TemporaryDirectory(prefix="cairn-") as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(content)
        try:
            return sheets.preview(path)
        except InputError as error:
            raise WrongError(_said(room, error, name), "file") from None


async def _asked(call: Call, room: Room) -> Reply:
    """Ask what the columns mean."""
    key = next(iter(call.action.arguments), "") if call.action else ""
    table = room.tools.tray.get(room.community, key, room.now)
    if table is None:
        return room.say("import.waited_too_long")
    words = room.words
    choices = tuple(Choice(str(n), one[:NAME] or _NONE) for n, one in enumerate(table.columns))
    some = (Choice(_NONE, words.plain("import.no_column")), *choices)
    fields = (
        Field("person", words.plain("import.person"), Asks.CHOICE, choices=choices),
        Field("date", words.plain("import.date"), Asks.CHOICE, choices=choices),
        Field("role", words.plain("import.role"), Asks.CHOICE, required=False, choices=some),
        Field("cohort", words.plain("import.cohort"), Asks.CHOICE, required=False, choices=some),
        Field("programme", words.plain("import.programme"), value="", longest=NAME),
    )
    return Reply(form=Form(words.plain("import.form"), fields, Action(_SEND, (key,))))


async def _sent(call: Call, room: Room) -> Reply:
    """Import the table as it was said to be meant."""
    sheets, given = _sheets(room), Given(call, room)
    key = next(iter(call.action.arguments), "") if call.action else ""
    table = room.tools.tray.get(room.community, key, room.now)
    if table is None:
        return room.say("import.waited_too_long")
    programme = given.needed("programme")
    person, date = _column(given, table, "person"), _column(given, table, "date")
    if not person or not date or person == date:
        raise given.wrong("date", "import.needs_both")
    role, cohort = _column(given, table, "role"), _column(given, table, "cohort")
    meaning = Meaning(programme, person, date, role, cohort, programme)
    digest = hashlib.sha256(repr(meaning).encode() + table.content).hexdigest()

    async def work(progress: Progress) -> Reply:
        room.tools.tray.drop(key)
        return await _import(call, room, (sheets, table, meaning), (digest, progress))

    again = Controls((Button(room.words.plain("import.ask"), Action(_ASK, (key,)), Style.MAIN),))
    busy = room.say("import.busy", again, name=Bold(table.name))
    return await begun(room, Action(_LOOK, (digest[:16],)), work, Alone(_LANE, busy))


def _column(given: Given, table: tables.Table, field: str) -> str:
    found = given.chosen(field)
    if found in ("", _NONE):
        return ""
    given.among(field, tuple(str(n) for n in range(len(table.columns))))
    return table.columns[int(found)]


async def _import(
    call: Call, room: Room, what: tuple[Sheets, tables.Table, Meaning], how: tuple[str, Progress]
) -> Reply:
    """Import through the same way as the command line does; nothing is half imported. `how`: its digest, who hears."""
    (sheets, table, meaning), (digest, progress) = what, how
    async with room.database.read() as connection:
        one = await communities.get(connection, room.community)
        rules = await communities.active_rules(connection, room.community)
    consent = room.settings.consent.value
    order = Order(one.name, digest, table.name, lambda: (rules.text, rules.version, rules.name), consent)
    with tempfile.TemporaryDirectory(prefix="cairn-") as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(table.content)
        try:
            archive = sheets.archive(path, meaning, room.now)
            try:
                result = await Importer(room.database, room.keys, progress.at).run(archive, order)
            finally:
                archive.close()
        except CairnError as error:
            return Reply((Paragraph((_said(room, error, table.name),)),))
    async with in_turn(room.database, room.community) as connection:
        await did(connection, room, call, IMPORTED, number=result["import_id"])
    room.tools.told()
    return _done(room, result)


def _done(room: Room, result: dict[str, Any]) -> Reply:
    words, engagements = room.words, result["engagements"]
    rows = tuple((((words.plain(f"import.{one}"),), (str(engagements[one]),))) for one in ("new", "known", "changed"))
    skipped = sum(result["skipped"].values())
    more = (((words.plain("import.skipped"),), (str(skipped),)),) if skipped else ()
    return room.say("import.done", Fields((*rows, *more)), Controls((_back(room, str(result["import_id"])),)))


def _back(room: Room, number: str) -> Button:
    return Button(room.words.plain("team.take_back"), Action(_UNDO, (number,)), Style.DANGER)


async def _undo(call: Call, room: Room) -> Reply:
    """Take an import of this community back."""
    wanted = next(iter(call.action.arguments), "") if call.action else ""
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 10 else 0
    async with room.database.read() as connection:
        mine = {one.id: one for one in await imports.runs(connection, room.community)}
    if number not in mine or mine[number].source != "participation" or mine[number].state != "done":
        return room.say("team.gone")

    async def work(progress: Progress) -> Reply:
        progress.at("begun")
        await take_back(room.database, number)
        async with in_turn(room.database, room.community) as connection:
            await did(connection, room, call, UNDONE, number=number)
        room.tools.told()
        return room.say("team.taken_back")

    busy = room.say("import.busy_back", Controls((_back(room, wanted),)))
    return await begun(room, Action(_LOOK, ("back", wanted)), work, Alone(_LANE, busy))


async def _look(call: Call, room: Room) -> Reply:
    return await looked(room, call.action)


COMMAND = Command(
    "cairn-team import",
    run,
    Role.MANAGER,
    (Asked("file", Asks.FILE, required=True),),
    {
        _ASK: Act(_asked, Role.MANAGER, opens_form=True),
        _SEND: Act(_sent, Role.MANAGER),
        _LOOK: Act(_look, Role.MANAGER),
        _UNDO: Act(_undo, Role.MANAGER),
    },
)

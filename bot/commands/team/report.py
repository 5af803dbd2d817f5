"""`/cairn-team report`: who takes part and how deeply, with what the team did beside it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence

from bot.chat.calling import Call
from bot.chat.speech import Action, Asks, Block, Choice, File, Heading, Moment, Paragraph, Reply, Table
from bot.commands.room import Room
from bot.commands.spec import Act, Asked, Command, Role
from bot.language import Words
from bot.reports import documents
from bot.reports.contents import Report
from bot.reports.page import page
from bot.rules.words import Phrases
from bot.storage import programmes, teamwork
from bot.storage.teamwork import GRANT, HOURS, HUNDREDTHS, Remark
from bot.teamwork.aside import aside
from bot.teamwork.given import NAME, Given
from bot.teamwork.reporting import Wanted, report
from bot.teamwork.unheard import MARK, unheard
from bot.teamwork.waiting import begun, looked
from bot.teamwork.works import Progress
from scoring.signals import DAY_MS

_LOOK = "report-look"
_MOST_MONTHS, _MOST_NOTES = 12, 10


async def run(call: Call, room: Room) -> Reply:
    """Put a report together, without holding anybody up."""
    given = Given(call, room)
    first = given.day("from") if given.text("from") else None
    last = given.day("to") if given.text("to") else None
    if first is not None and last is not None and first > last:
        raise given.wrong("to", "report.wrong_days")
    wanted = Wanted(first, last, given.text("programme"))

    async def work(progress: Progress) -> Reply:
        progress.at("begun")
        found = await aside(room.database, lambda own: report(own, room.community, wanted))
        return room.say("report.nothing") if found is None else await _told(room, found)

    return await begun(room, Action(_LOOK, (f"{zlib.crc32(repr(wanted).encode()):x}",)), work)


async def _look(call: Call, room: Room) -> Reply:
    return await looked(room, call.action)


async def _told(room: Room, found: Report) -> Reply:
    assert found.period is not None  # noqa: S101 - a report of something has a period
    first, last = found.period.first, found.period.last
    async with room.database.read() as connection:
        notes = await teamwork.remarks(connection, room.community, first - 6, last)
        invested = await teamwork.invested(connection, room.community, first, last)
    return Reply((*_figures(room, found), *_beside(room, invested, notes), *_files(room, found)))


def _figures(room: Room, found: Report) -> Iterator[Block]:
    words, of = room.words, found.findings
    assert found.period is not None  # noqa: S101 - as above
    first, last = (Moment(day * DAY_MS, day=True) for day in (found.period.first, found.period.last))
    yield Heading(words.text("report.title", first=first, last=last))
    yield Paragraph(words.text("report.engaged", engaged=str(of.engaged), n=of.known))
    head = tuple(words.plain(f"report.bands.{one}") for one in ("band", "engaged", "standing", "entered"))
    mountain = found.mountain.in_language(words.tag)
    rows = tuple(
        (mountain.called(one.band), str(one.members.numerator), str(one.standing), str(one.entered))
        for one in reversed(of.bands)
    )
    yield Table(head, rows, frozenset({1, 2, 3}))
    titles = tuple(words.plain(f"report.months.{one}") for one in ("month", "writers", "engaged", "new", "returned"))
    by_month = tuple(
        (one.month + MARK * bool(one.missing), str(one.writers), str(one.engaged), str(one.new), str(one.returned))
        for one in of.months[-_MOST_MONTHS:]
    )
    yield Table(titles, by_month, frozenset({1, 2, 3, 4}))
    yield from unheard(words, of.gaps)


def _beside(room: Room, invested: dict[str, int], notes: list[Remark]) -> Iterator[Block]:
    """Say what the team gave and did in that time."""
    for what in (HOURS, GRANT):
        if invested.get(what):
            amount = Phrases(room.words).number(invested[what] / HUNDREDTHS)
            yield Paragraph(room.words.text(f"report.{what}", amount=amount))
    if notes:
        yield Heading(room.words.text("report.notes"))
    for one in notes[:_MOST_NOTES]:
        yield Paragraph((Moment(one.week * DAY_MS, day=True), ": ", one.text))


def _files(room: Room, found: Report) -> Iterator[Block]:
    """Attach what is passed on: so the page is in the language that is spoken here, whoever asked for it."""
    yield File("report.html", page(found, Words(room.settings.language)).encode())
    yield File("report.json", json.dumps(documents.report(found), ensure_ascii=False, indent=2).encode())


async def _programmes(typed: str, room: Room) -> Sequence[Choice]:
    async with room.database.read() as connection:
        there = await programmes.names(connection, room.community)
    fits = [one for one in there if typed.casefold().strip() in one.casefold() and len(one) <= NAME]
    return [Choice(one, one) for one in fits[:25]]


COMMAND = Command(
    "cairn-team report",
    run,
    Role.MANAGER,
    (Asked("from", Asks.DAY), Asked("to", Asks.DAY), Asked("programme", suggest=_programmes)),
    {"report": Act(run, Role.MANAGER), _LOOK: Act(_look, Role.MANAGER)},
)

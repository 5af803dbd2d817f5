"""What was not heard is told by the commands: reports mark it, the doctor lists it, a rehearsal counts it."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest

from bot.ports import Space
from bot.storage import communities, notes, spaces
from bot.storage.engine import Database
from scoring.signals import milliseconds
from tests.scenarios.bad_files import HEADER, MAPPING
from tests.scenarios.commands import Cairn


@pytest.fixture
def garden(cairn: Cairn, tmp_path: Path) -> Cairn:
    """A community with two hundred days of somebody's participations, one in ten days."""
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    days = [dt.date(2024, 1, 1) + dt.timedelta(n) for n in range(0, 200, 10)]
    rows = [f"p{n},one,{day},mentor" for n in range(3) for day in days]
    (tmp_path / "rows.csv").write_text(HEADER.decode() + "\n".join(rows) + "\n")
    assert cairn("import", "participation", "rows.csv", "--mapping", "mapping.yaml", "--community", "Garden").code == 0
    return cairn


def misses(cairn: Cairn, since: dt.datetime, until: dt.datetime, *, read_later: bool) -> None:
    """Put down that a time was not heard in the space `Pond`."""

    async def put_down() -> None:
        database = Database(cairn.url)
        async with database.write() as connection:
            (one,) = await communities.everyone(connection)
            space = await spaces.settle(connection, one.id, Space("chat", "100", "Pond"), "counted", "{}")
            moments = milliseconds(since), milliseconds(until)
            number = await notes.missed(connection, (one.id, space), *moments)
            if read_later:
                await notes.made_good(connection, [number])
        await database.close()

    asyncio.run(put_down())


def at(month: int, day: int, hour: int = 0) -> dt.datetime:
    return dt.datetime(2024, month, day, hour, tzinfo=dt.UTC)


def test_report_shows_what_was_not_heard_as_incomplete(garden: Cairn) -> None:
    assert garden("report", "--json").json["gaps"] == []
    misses(garden, at(3, 30, 22), at(4, 2), read_later=False)
    misses(garden, at(5, 3, 14), at(5, 3, 16), read_later=True)
    misses(garden, at(6, 1), at(6, 1).replace(minute=4), read_later=True)

    found = garden("report", "--json").json
    shown = garden("report").out
    before = garden("report", "--to", "2024-03-29", "--json").json

    marked = {one["month"]: one["incomplete"] for one in found["months"] if one["incomplete"]}
    assert sorted(marked) == ["2024-03", "2024-04", "2024-05"]
    assert "message" in marked["2024-04"]
    assert "message" not in marked["2024-05"]
    assert "reaction" in marked["2024-05"]
    assert [(one["space"], one["from"], one["to"], one["open"]) for one in found["gaps"]] == [
        ("Pond", "2024-03-30T22:00:00Z", "2024-04-02T00:00:00Z", True),
        ("Pond", "2024-05-03T14:00:00Z", "2024-05-03T16:00:00Z", False),
    ]
    assert "2024-04 *" in shown
    assert "these figures are incomplete" in shown
    assert "Pond, 2024-05-03 14:00 to 16:00 UTC" in shown
    assert (before["gaps"], {len(one["incomplete"]) for one in before["months"]}) == ([], {0})


def test_doctor_lists_what_is_not_made_good(garden: Cairn) -> None:
    assert "not heard" not in garden("doctor").out
    misses(garden, at(3, 30, 22), at(4, 2), read_later=False)
    misses(garden, at(5, 3), at(5, 4), read_later=True)

    ran, told = garden("doctor"), garden("doctor", "--json").out

    assert "fine  not heard: 1 time is not made good" in ran.out
    assert "look  not heard: not everything was heard, or read later: chat 100 (Pond): 2024-03-30 22:00 to" in ran.out
    assert "2024-05-03" not in ran.out
    assert "chat 100 (Pond): 2024-03-30 22:00 to 2024-04-02 00:00 UTC" in told
    assert "warning: not everything was heard" in garden("config", "check").err


def test_rehearsal_says_that_weeks_were_not_wholly_heard(garden: Cairn) -> None:
    garden("rules", "new", "mine.yaml", "--starter", "mentoring-programme")
    weeks = garden("rules", "rehearse", "mine.yaml", "--json").json["offers"]["weeks"]
    assert weeks
    first = dt.datetime.fromisoformat(weeks[0]["week"]).replace(tzinfo=dt.UTC)
    misses(garden, first, first + dt.timedelta(days=7), read_later=False)

    after = garden("rules", "rehearse", "mine.yaml", "--json").json["offers"]["weeks"]

    assert [bool(one["incomplete"]) for one in after] == [True, *(False for _ in after[1:])]
    assert "In one of these weeks not everything was heard: there may have been more." in (
        " ".join(garden("rules", "rehearse", "mine.yaml").out.split())
    )

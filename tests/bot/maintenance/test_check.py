"""What `cairn db check` finds, and that it finds nothing where nothing is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.maintenance import ready
from bot.maintenance.check import CheckReport, check
from bot.storage.engine import Database
from scoring.signals import DAY_MS, Kind, Signal
from tests.bot.maintenance.filled import (
    FIRST_DAY,
    NAME,
    PEOPLE,
    PLACE,
    database_at,
    filled,
    origin,
    record,
    run,
    some_keys,
)


def wrong(report: CheckReport) -> dict[str, tuple[str, ...]]:
    return {one.name: one.problems for one in report.checks if not one.ok}


async def test_settled_community_is_fine(database_url: str, tmp_path: Path) -> None:
    async with filled(database_url, tmp_path) as database:
        report = await check(database)
    assert wrong(report) == {}
    assert report.ok
    assert {one.name: one.looked_at for one in report.checks if one.community == NAME} == {
        "one engagement per object": 82,
        "what several sources say": 10,
        "what counts": 82,
        "the audit log": 0,
        "scores": report.checks[-1].looked_at,
    }
    assert report.checks[-1].looked_at > 40


async def test_database_without_communities_is_fine(database_url: str) -> None:
    async with database_at(database_url) as database:
        await ready(database)
        assert (await check(database)).ok


@pytest.mark.parametrize(
    ("meddling", "table"),
    [
        ("UPDATE tally SET points = points + 1 WHERE member = 1", "tally (member 1, day "),
        ("DELETE FROM tally WHERE day = 19003", "tally (member "),
        ("UPDATE total SET points = points - 100000 WHERE member = 2", "total (member 2, band "),
        (
            "INSERT INTO total VALUES (1, 1, 3, 4, 5)",
            "total (member 3, band 4): stored points 0.00005, expected",
        ),
        (
            "UPDATE band_change SET day = day - 1",
            "(member 1, day 2022-01-07): stored band Taking part, expected",
        ),
        ("DELETE FROM crossing", "crossing (member 1, day 2022-01-19, step come): stored nothing"),
    ],
)
async def test_score_that_differs_is_named(database_url: str, tmp_path: Path, meddling: str, table: str) -> None:
    async with filled(database_url, tmp_path) as database:
        await run(database, meddling)
        report = await check(database)
    assert list(wrong(report)) == ["scores"]
    assert any(table in problem for problem in wrong(report)["scores"]), wrong(report)


async def test_marks_are_settled_first(database_url: str, tmp_path: Path) -> None:
    async with filled(database_url, tmp_path) as database:
        await run(database, "DELETE FROM tally WHERE day = 19003")
        await run(database, "INSERT INTO dirty SELECT 1, 19003, id FROM member")
        scores = (await check(database)).checks[-1]
    assert scores.ok
    assert scores.note == "6 marks waited and were settled"


async def test_marks_can_be_left_and_are_left_out(database_url: str, tmp_path: Path) -> None:
    async with filled(database_url, tmp_path) as database:
        await run(database, "DELETE FROM tally WHERE day = 19003")
        await run(database, "INSERT INTO dirty SELECT 1, 19003, id FROM member")
        scores = (await check(database, settle=False)).checks[-1]
        again = (await check(database, settle=False)).checks[-1]
    assert scores.ok
    assert scores.looked_at == 0
    assert scores.note == again.note == "6 marks wait; those are left out"


async def test_row_that_differs_from_its_sources_is_named(database_url: str, tmp_path: Path) -> None:
    async with filled(database_url, tmp_path) as database:
        await run(database, "UPDATE engagement SET amount = 7 WHERE id = 1")
        report = await check(database)
    assert wrong(report) == {
        "what several sources say": ("engagement 1: it differs from what its 2 sources say",),
    }


async def test_act_that_wrongly_counts_is_named(database_url: str, tmp_path: Path) -> None:
    async with filled(database_url, tmp_path) as database:
        await run(database, "UPDATE engagement SET retracted = true WHERE id = 21")
        problems = wrong(await check(database))
    assert problems["what counts"] == (
        "engagement 21: it counts although it is gone",
        "engagement 22: it counts although it is gone",
    )


async def test_second_row_of_one_object_is_named(database_url: str, tmp_path: Path) -> None:
    async with filled(database_url, tmp_path) as database:
        await _without_unique_key(database)
        await run(database, "UPDATE engagement SET key = 's:C1:19030', key_day = 19030 WHERE key = 's:C1:19031'")
        problems = wrong(await check(database))
    assert problems["one engagement per object"] == ("engagement 61: its object is there 2 times, expected once",)
    assert any("uq_engagement_community_key_day_key" in one for one in problems["the schema"])


async def _without_unique_key(database: Database) -> None:
    if database.kind == "postgresql":
        await run(database, "ALTER TABLE engagement DROP CONSTRAINT uq_engagement_community_key_day_key")
        return
    async with database.write() as connection:
        made = await connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'engagement'"))
        without = re.sub(r",\s*CONSTRAINT uq_engagement\w+ UNIQUE \([^)]*\)", "", str(made.scalar_one()))
        for statement in (
            "CREATE TABLE kept AS SELECT * FROM engagement",
            "DELETE FROM sighting",
            "DROP TABLE engagement",
            without,
            "INSERT INTO engagement SELECT * FROM kept",
            "DROP TABLE kept",
        ):
            await connection.execute(text(statement))


async def test_pointer_to_nothing_is_named(database_url: str, tmp_path: Path) -> None:
    async with filled(database_url, tmp_path) as database:
        await run(database, "UPDATE engagement SET target = 99 WHERE id = 30")
        problems = wrong(await check(database))
    assert problems["pointers"] == ("engagement.target: 1 rows point at a row of account that is not there",)


async def test_extra_column_is_named(database_url: str) -> None:
    async with database_at(database_url) as database:
        await ready(database)
        await run(database, "ALTER TABLE member ADD COLUMN nickname TEXT")
        report = await check(database)
    assert wrong(report) == {"the schema": ("column member.nickname: is there, but nothing of Cairn's",)}


async def test_damaged_sqlite_file_is_wrong(sqlite_url: str, tmp_path: Path) -> None:
    async with filled(sqlite_url, tmp_path) as database:
        assert database.path is not None
    file = tmp_path / "cairn.db"
    content = bytearray(file.read_bytes())
    content[8192:20480] = bytes(12288)
    file.write_bytes(content)
    async with database_at(sqlite_url) as database:
        report = await check(database)
    assert not report.ok
    assert report.checks[0].problems


async def test_many_problems_are_counted(database_url: str, tmp_path: Path) -> None:
    async with filled(database_url, tmp_path) as database:
        await run(database, "UPDATE tally SET counted = counted + 1")
        scores = (await check(database)).checks[-1]
    assert len(scores.problems) == 20
    assert scores.more > 20


async def test_check_beside_a_writer_is_fine(database_url: str, tmp_path: Path) -> None:
    async with filled(database_url, tmp_path) as database:
        keys = some_keys(tmp_path)
        day = FIRST_DAY + 60
        late = [Signal(Kind.MESSAGE, f"s:C1:late{n}", day, day * DAY_MS + n, PEOPLE[0], 1, PLACE) for n in range(50)]
        await record(database, keys, origin(1), late)
        report = await check(database)
    assert wrong(report) == {}

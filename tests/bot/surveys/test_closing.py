"""What is left of an anonymous survey once it is closed: answers that are nobody's, whatever happened in between."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.storage.engine import Database
from bot.storage.surveys import ANONYMOUS, CLOSING, CONFIDENTIAL, SHUFFLED
from bot.surveys.boxes import Boxes
from bot.surveys.closing import Closing
from tests.bot.surveys.poll import PUBLIC, Poll, poll
from tests.scenarios.post import KEYS

PEOPLE = [f"p{n}" for n in range(8)]


class DiesError(Exception):
    """The process ends here."""


class Dying:
    """A database whose process ends after some transactions have been committed."""

    def __init__(self, database: Database, after: int) -> None:
        self._database = database
        self._left = after

    def read(self) -> Any:
        return self._database.read()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Any]:
        if self._left == 0:
            raise DiesError
        self._left -= 1
        async with self._database.write() as connection:
            yield connection


@pytest.fixture
async def one(database_url: str, tmp_path: Path) -> AsyncIterator[Poll]:
    async with poll(database_url, tmp_path, ANONYMOUS) as made:
        for n, name in enumerate(PEOPLE):
            await made.cast(name, mood=n)
        yield made


async def test_closing_leaves_answers_without_people_and_no_key(one: Poll, tmp_path: Path) -> None:
    answers = await one.close()
    assert answers == [{"mood": n} for n in range(len(PEOPLE))]
    assert await one.street.rows("SELECT count(*) FROM ballot") == [(0,)]
    assert list((tmp_path / "boxes").iterdir()) == []
    papers = await one.street.rows("SELECT lot, answers FROM paper")
    assert len({row[0] for row in papers}) == len(PEOPLE)
    assert all(set(json.loads(row[1])) == {"mood"} for row in papers)


async def test_papers_lie_in_the_order_of_their_lots(one: Poll) -> None:
    await one.close()
    where = "ctid" if one.street.database.kind == "postgresql" else "lot"
    lots = [row[0] for row in await one.street.rows(f"SELECT lot FROM paper ORDER BY {where}")]
    assert lots == sorted(lots)


@pytest.mark.parametrize("after", range(6))
async def test_closing_that_is_broken_off_anywhere_is_gone_on_with(one: Poll, after: int) -> None:
    dying = Dying(one.street.database, after)
    try:
        await one.close(Closing(dying, KEYS, one.boxes))  # type: ignore[arg-type]
    except DiesError:
        assert (await one.survey()).state in (("open", CLOSING, SHUFFLED) if after < 1 else (CLOSING, SHUFFLED))
        assert (await one.cast("late", mood=9)).cast.value == ("taken" if after < 1 else "not open")
    expected = [{"mood": n} for n in range(len(PEOPLE))] + ([{"mood": 9}] if after < 1 else [])
    assert await one.close() == expected
    assert await one.close() == expected


async def test_more_answers_than_fit_into_one_transaction_are_all_there(one: Poll) -> None:
    few = Closing(one.street.database, KEYS, one.boxes, most=3)
    assert len(await one.close(few)) == len(PEOPLE)
    assert await one.street.rows("SELECT count(*) FROM ballot") == [(0,)]


async def test_answers_whose_key_is_gone_are_not_made_up(one: Poll, tmp_path: Path) -> None:
    one.boxes.destroy(PUBLIC)
    assert await one.close(Closing(one.street.database, KEYS, Boxes(tmp_path / "boxes"))) == []
    assert await one.street.rows("SELECT count(*) FROM paper") == [(0,)]
    assert await one.street.rows("SELECT count(*) FROM survey_person WHERE state = 3") == [(len(PEOPLE),)]


async def test_copy_from_before_the_close_opens_no_ballot(one: Poll) -> None:
    before = await one.street.rows("SELECT member, content FROM ballot")
    await one.close()
    assert one.boxes.open(PUBLIC) is None
    assert len(before) == len(PEOPLE)


async def test_confidential_survey_keeps_whose_answers_are_until_they_are_over_their_time(
    database_url: str, tmp_path: Path
) -> None:
    async with poll(database_url, tmp_path, CONFIDENTIAL) as made:
        await made.cast("ann", mood=1)
        assert await made.close() == [{"mood": 1}]
        assert await made.street.rows("SELECT count(*) FROM ballot") == [(1,)]
        assert await made.street.rows("SELECT count(*) FROM paper") == [(0,)]

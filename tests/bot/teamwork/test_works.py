"""Long works go on by themselves, one of a name at a time; their end is told once."""

from __future__ import annotations

import asyncio

import pytest

from bot.chat.speech import Paragraph, Reply
from bot.errors import InputError
from bot.teamwork.given import clean
from bot.teamwork.tables import MINUTES, Table, Tray
from bot.teamwork.works import Progress, Works

NAME = (1, "count")


def told(words: str) -> Reply:
    """Return a reply of one line."""
    return Reply((Paragraph((words,)),))


async def test_work_that_goes_on_is_not_begun_again() -> None:
    begun, gate = [], asyncio.Event()

    async def work(progress: Progress) -> Reply:
        begun.append(1)
        progress.at("reading", 1, 4)
        await gate.wait()
        return told("done")

    works = Works(0.0)
    assert isinstance(await works.begin(NAME, work), Progress)
    await asyncio.sleep(0)
    assert await works.begin(NAME, work) == Progress("reading", 1, 4)
    gate.set()
    patient = await works.look(NAME)
    while isinstance(patient, Progress):
        patient = await works.look(NAME)

    assert (patient, begun) == (told("done"), [1])
    assert await works.look(NAME) is None


async def test_work_of_a_lane_that_is_taken_is_not_begun_until_the_other_has_ended() -> None:
    begun, gate = [], asyncio.Event()

    async def work(progress: Progress) -> Reply:
        begun.append(progress)
        await gate.wait()
        return told(str(len(begun)))

    works = Works(0.0)
    first = await works.begin((1, "a"), work, "import")
    refused = await works.begin((1, "b"), work, "import")
    elsewhere = [await works.begin(name, work, lane) for name, lane in (((2, "b"), "import"), ((1, "c"), "rules"))]
    await asyncio.sleep(0)
    gate.set()
    while isinstance(await works.look((1, "a")), Progress):
        pass

    assert isinstance(first, Progress)
    assert refused is None
    assert None not in elsewhere
    assert len(begun) == 3
    assert await works.look((1, "b")) is None
    assert await works.begin((1, "b"), work, "import") is not None
    await works.close()


async def test_error_of_a_work_reaches_who_asks_and_the_next_begins_anew() -> None:
    async def wrong(progress: Progress) -> Reply:
        raise InputError("no such table")

    async def right(progress: Progress) -> Reply:
        return told("done")

    works = Works(5.0)
    with pytest.raises(InputError, match="no such table"):
        await works.begin(NAME, wrong)

    assert await works.begin(NAME, right) == told("done")


async def test_closing_breaks_off_what_goes_on() -> None:
    broken: list[str] = []

    async def work(progress: Progress) -> Reply:
        try:
            await asyncio.Event().wait()
        finally:
            broken.append("off")
        return told("never")

    works = Works(0.0)
    await works.begin(NAME, work)
    await asyncio.sleep(0)
    await works.close()

    assert broken == ["off"]
    assert not works.goes_on(NAME)


def test_table_waits_for_its_own_community_and_not_for_ever() -> None:
    tray = Tray()
    key = tray.put(Table(1, "a.csv", 0, b"x"))

    assert tray.get(1, key, MINUTES * 60_000) is not None
    assert tray.get(2, key, 0) is None
    assert tray.get(1, key, MINUTES * 60_000 + 1) is None
    assert tray.get(1, "forged", 0) is None


def test_old_tables_make_room() -> None:
    tray = Tray()
    keys = [tray.put(Table(1, "a.csv", 0, b"x")) for _ in range(9)]

    assert [tray.get(1, one, 0) is not None for one in keys] == [False] + [True] * 8


@pytest.mark.parametrize(
    ("text", "kept"),
    [("  a\n b\t", "a b"), ("‮a", "a"), ("a\x00b", "ab"), ("​", ""), ("Zoë 👋", "Zoë 👋"), ("a\u2028b", "a b")],
)
def test_only_what_people_see_is_kept_of_a_text(text: str, kept: str) -> None:
    assert clean(text) == kept

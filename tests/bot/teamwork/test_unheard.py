"""A team is told in chat what was not heard: its reports and its First look mark it, in each language."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.chat.speech import Action, Bar, Bars, File, Reply, Table
from bot.keys import open_keys
from bot.language import LANGUAGES, Words
from bot.teamwork.tools import Tools
from bot.teamwork.unheard import listed, unheard
from bot.teamwork.works import Works
from scoring.measures.gaps import NOT_HEARD, SHOWN_LATER, Stretch
from scoring.signals import DAY_MS, Kind
from tests.bot.teamwork.stage import ANN, BOB, HEAD, TODAY, Stage, said, staged

HOUR = 3_600_000
LATELY = (TODAY - 8) * DAY_MS
"""A moment in February 2026, the month before the last act."""


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage where somebody wrote in December and in February, and whose callers wait for the end."""
    keys = open_keys(tmp_path / "keys" / "cairn.keys")
    async with staged(database_url, keys, tools=Tools(Works(60.0))) as one:
        await one.wrote(ANN, 1, day=TODAY - 60)
        await one.wrote(BOB, 2, day=TODAY - 5)
        await one.settle()
        yield one


async def misses(office: Stage, since: int, until: int, *, read_later: bool) -> None:
    """Put down that a time was not heard."""
    number = await office.desk.missed(since, until)
    if read_later:
        await office.desk.made_good([number])


def months(reply: Reply) -> dict[str, str]:
    """Return the months of a report and how many wrote in each."""
    table = next(one for one in reply.blocks if isinstance(one, Table) and one.head[0] in ("month", "Monat"))
    return {row[0]: row[1] for row in table.rows}


async def test_report_marks_the_month_and_says_what_is_missing(office: Stage) -> None:
    before = await office.call("cairn-team report", HEAD)
    await misses(office, LATELY, LATELY + HOUR, read_later=True)
    await misses(office, LATELY + 2 * HOUR, LATELY + 3 * HOUR, read_later=False)

    reply = await office.call("cairn-team report", HEAD)

    assert not any("*" in name for name in months(before))
    assert [name for name in months(reply) if name.endswith(" *")] == ["2026-02 *"]
    told = said(reply)
    assert "* Not everything was heard in this month." in told
    day = LATELY // DAY_MS
    assert f"Not heard, Garden, {day} to {day}: messages were read from history. Something may be missing: " in told
    assert "reactions to earlier messages" in told
    assert f"Not heard, Garden, {day} to {day}: all may be missing that is still to be read" in told
    document = json.loads(next(one.content for one in reply.blocks if isinstance(one, File) and "json" in one.name))
    assert [one["open"] for one in document["gaps"]] == [False, True]


async def test_report_says_it_in_german(office: Stage) -> None:
    await misses(office, LATELY, LATELY + HOUR, read_later=True)

    told = said(await office.in_german("cairn-team report", HEAD))

    assert "In diesem Monat wurde nicht alles gehört" in told
    assert "Es kann etwas fehlen: Reaktionen auf frühere Nachrichten" in told


async def test_first_look_hatches_the_month_that_was_not_wholly_heard(office: Stage) -> None:
    await misses(office, LATELY, LATELY + HOUR, read_later=False)

    look = await office.act(Action("setup-send"), HEAD, channel="88", history="none")

    bars = next(one for one in look.blocks if isinstance(one, Bars))
    by_month = {one.label: one for one in bars.rows}
    assert by_month["2026-02"] == Bar("2026-02", 1, 1, "1 at least, incomplete *", partial=True)
    assert [label for label, one in by_month.items() if one.partial] == ["2026-02"]
    assert "all may be missing that is still to be read" in said(look)


def test_only_the_latest_times_are_told_one_by_one() -> None:
    gaps = [Stretch("Garden", n * DAY_MS, n * DAY_MS + HOUR, True, (Kind.MESSAGE,)) for n in range(5)]

    told = said(Reply(tuple(unheard(Words("en"), gaps))))

    assert told.count("Not heard, Garden") == 3
    assert "There are 2 such times more; they are in the files." in told


def test_nothing_is_said_where_all_was_heard() -> None:
    assert list(unheard(Words("en"), [])) == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_kind_that_can_be_missing_is_called_something(tag: str) -> None:
    lost = sorted(set(Kind) - SHOWN_LATER - NOT_HEARD)

    assert listed(Words(tag), lost).count(", ") == len(lost) - 1

"""The stage of the demo: a story is told in its order and heard before time goes on; what is new names nobody."""

from __future__ import annotations

import asyncio
import io
import sqlite3
from collections import Counter
from contextlib import closing
from functools import partial
from pathlib import Path

from rich.console import Console

from bot.cli.stage.clock import Beat, Clock, Pace, tell
from bot.cli.stage.news import NOTHING, news
from bot.cli.stage.show import Show, Telling
from bot.operating.running import Stop
from bot.storage.standing import Standing
from scoring.signals import Kind
from tests.scenarios.commands import Cairn
from tests.scenarios.exports import earlier
from tests.scenarios.test_demo import standings
from tests.scoring.measures.builders import MOUNTAIN


def test_clock_goes_on_only_when_all_before_was_heard() -> None:
    clock, seen = Clock(0), []

    async def act(name: str) -> None:
        seen.append((name, clock.moment))

    async def heard() -> None:
        seen.append(("heard", clock.moment))

    beats = [Beat(20, partial(act, "b")), Beat(10, partial(act, "a")), Beat(20, partial(act, "c"))]
    asyncio.run(tell(beats, clock, Pace(10, 20), heard))
    assert seen == [("heard", 0), ("a", 10), ("heard", 10), ("b", 20), ("c", 20), ("heard", 20)]


def test_pace_spreads_the_days_over_the_seconds() -> None:
    day = 86_400_000
    pace = Pace(0, 10 * day, 20.0)
    assert [pace.due(moment) for moment in (0, day - 1, day, 5 * day, 10 * day)] == [0.0, 0.0, 2.0, 10.0, 20.0]


def test_news_tells_who_came_up_and_who_left_without_names() -> None:
    lowest, next_one = MOUNTAIN.bands[0].name, MOUNTAIN.bands[1].name
    before = Standing({Kind.MESSAGE: 3}, 2, {0: 2}, {})
    assert news(NOTHING, before, MOUNTAIN) == ["2 newcomers' first messages", f"2 people came up to {lowest}"]
    assert news(before, Standing({}, 3, {0: 1, 1: 1}, {}), MOUNTAIN) == [
        "a newcomer's first message",
        f"somebody came up to {next_one}",
    ]
    assert news(before, Standing({}, 2, {0: 1}, {}), MOUNTAIN) == [f"somebody grew quiet and left {lowest}"]
    assert news(before, before, MOUNTAIN) == []


def test_replies_and_reactions_that_happen_anew_score_as_those_imported(cairn_here: Cairn) -> None:
    export = earlier(cairn_here.folder / "earlier.zip")
    show = Show(export)
    show.write_files(cairn_here.folder)
    assert cairn_here("config", "apply", "houston.yaml").code == 0
    assert cairn_here("config", "apply", "garden.yaml", "--new").code == 0
    assert cairn_here("import", "slack-export", export, "--community", "imported").code == 0
    console = Console(file=io.StringIO())
    assert asyncio.run(show.play(Telling(0.0, console, Stop())))
    database = cairn_here.folder / cairn_here.url.removeprefix("sqlite:///")
    heard, imported = standings(database, "Houston"), standings(database, "imported")
    assert heard == imported
    assert heard.total() == 3
    assert kinds(database, "Houston") == kinds(database, "imported")
    assert kinds(database, "Houston")[Kind.REPLY] == 1


def kinds(file: Path, community: str) -> Counter[int]:
    """Return how many acts of each kind hold."""
    with closing(sqlite3.connect(file)) as database:
        asked = (
            "SELECT kind FROM engagement WHERE holds AND community = (SELECT id FROM community WHERE name = ?) "
            "AND kind <> ?"
        )
        return Counter(row[0] for row in database.execute(asked, [community, int(Kind.JOIN)]))

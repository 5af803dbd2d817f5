"""The store is away, Cairn is broken off or stopped, Slack asks to wait: what was told is stored all the same, once."""

from __future__ import annotations

import asyncio
import random

import pytest

from tests.faults.crowd import SlackCrowd
from tests.scenarios.discord_rig import until
from tests.scenarios.slack_rig import slack_rig
from tests.scenarios.slack_troubled import Gone, troubled

LONG = (pytest.mark.soak, pytest.mark.timeout(3_600))


@pytest.mark.parametrize(
    ("http", "gone"),
    [
        (True, Gone.WRITING),
        pytest.param(True, Gone.EVERYTHING, marks=LONG),
        pytest.param(False, Gone.WRITING, marks=LONG),
        pytest.param(False, Gone.EVERYTHING, marks=LONG),
    ],
    ids=lambda value: str(getattr(value, "value", value)),
)
async def test_store_that_is_away_for_half_an_hour_loses_nothing_that_history_shows(
    sqlite_url: str, http: bool, gone: Gone
) -> None:
    """Nothing is acknowledged meanwhile; Slack gives up after six minutes, and history tells the rest (R1, R9)."""
    async with troubled(sqlite_url, http=http) as rig:
        crowd = SlackCrowd(rig.team)
        await rig.passes(0)
        rig.gone = gone
        taken = rig.server.courier.counts["taken"]
        for _ in range(10):
            await crowd.acts(4)
            await rig.passes(180)
        assert rig.server.courier.counts["taken"] == taken
        assert rig.server.courier.lost
        rig.gone = Gone.NOTHING
        await rig.passes(301)
        await rig.agrees()
        await until(rig.all_read)
        assert len(await rig.gaps()) >= 1


@pytest.mark.parametrize("database_url", ["sqlite", pytest.param("postgresql", marks=LONG)], indirect=True)
async def test_store_that_is_away_for_half_an_hour_loses_nothing_where_slack_goes_on_trying(database_url: str) -> None:
    """Edits, deletions and reactions taken back included, though they come hours late and in no order."""
    async with troubled(database_url, http=True, delayed=True) as rig:
        crowd = SlackCrowd(rig.team)
        await crowd.acts(20)
        await rig.passes(60)
        rig.gone = Gone.EVERYTHING
        for _ in range(6):
            await crowd.acts(3)
            await rig.passes(300)
        await crowd.changes_its_mind()
        await crowd.takes_back()
        rig.gone = Gone.NOTHING
        await rig.comes_again()
        await rig.agrees()


@pytest.mark.parametrize("times", [1, pytest.param(100, marks=LONG)])
@pytest.mark.parametrize("http", [False, pytest.param(True, marks=LONG)], ids=["sockets", "http"])
async def test_cairn_that_is_broken_off_or_stopped_under_load_loses_nothing(
    sqlite_url: str, http: bool, times: int
) -> None:
    """R15 and R21: cancelled in the middle of anything, or asked to stop; what comes meanwhile comes again."""
    chance = random.Random(7)
    async with troubled(sqlite_url, http=http, delayed=True) as rig:
        crowd = SlackCrowd(rig.team)
        for end in (rig.break_off, rig.stop) * times:
            await crowd.acts(12)
            for _ in range(chance.randrange(100)):
                await asyncio.sleep(0)
            await end()
            rig.server.sockets.drop()
            await crowd.acts(2)
            await rig.start()
        await crowd.changes_its_mind()
        await crowd.takes_back()
        await rig.comes_again()
        await rig.agrees()
        await rig.keeps_quiet("canary")


async def test_history_that_is_given_slowly_is_waited_for_and_whole(sqlite_url: str) -> None:
    """R22: Slack asks to wait (429) while what was missed is read; what happens meanwhile is heard at once."""
    async with slack_rig(sqlite_url) as rig:
        crowd = SlackCrowd(rig.team)
        await crowd.acts(10)
        await rig.agrees()
        await rig.stop()
        await crowd.acts(30)
        slow = [rig.server.faults.inject("*", f"/conversations.{one}", 429) for one in ("history", "replies")]
        await rig.start()
        await crowd.acts(5)
        await rig.agrees()
        await until(rig.all_read)
        assert [one.hit for one in slow] == [1, 1]


NAMES = ["🦉" * 10_000, "a\u202eb\x00c" + "ä" * 10_000, "x" * 10_000, ""]


async def test_names_of_any_length_and_script_change_nothing(sqlite_url: str) -> None:
    """Of people, channels, groups and files; what is kept of a channel's name is short and can be shown."""
    async with slack_rig(sqlite_url) as rig:
        alice = rig.team.person("Alice")
        for n, name in enumerate(NAMES):
            place = rig.team.channel(f"general{n}", members=[alice])
            await alice.changes(real_name=name, display_name=name, title=name)
            rig.team.renames(place, name)
            rig.team.group(f"helpers{n}", [alice]).name = name
            said = await alice.says(place, name)
            await alice.shares(place, name or "file")
            await alice.reacts(said, "tada")
        await rig.agrees()
        kept = [row[0] for row in await rig.query("SELECT name FROM context WHERE name IS NOT NULL")]
        assert all(len(one) <= 100 and one.isprintable() for one in kept)

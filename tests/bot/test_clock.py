"""Each period is done exactly once, whatever happens to clocks, processes and jobs."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clockwork.agenda import agenda, wish
from bot.clockwork.duties import Jobs, Missed, Work, Write
from bot.clockwork.shifts import PassedOnError, Shift, Timing
from bot.errors import MachineError
from bot.storage import tasks
from bot.storage.engine import Database
from bot.storage.guarded import Guarded
from bot.storage.tasks import Lane
from tests.bot.clockwork import DAY, HOUR, Rig, counting, counts, founded, job, move_to, until

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Adelaide", "Australia/Lord_Howe"]


def at(text: str) -> float:
    return dt.datetime.fromisoformat(f"{text}+00:00").timestamp()


START = at("2026-03-10T12:00")


async def test_a_job_is_done_once_a_day_and_not_before_it_is_due(database_url: str) -> None:
    async with founded(database_url, "Europe/Berlin") as (database, _):
        rig = Rig(database, START, [job()])
        await rig.tick()
        assert await rig.counted() == {}
        for hour in range(72):
            await rig.tick(START + hour * HOUR)
        assert await rig.counted() == {f"daily 2026-03-{day}T02:30": 1 for day in (11, 12, 13)}
        assert rig.told.done == {"daily": 3}


@pytest.mark.parametrize(("zone", "moves"), [(ZONES[0], "2026-03-28"), (ZONES[0], "2026-10-24"),
    (ZONES[1], "2026-03-07"), (ZONES[1], "2026-10-31"), (ZONES[2], "2026-10-03"), (ZONES[2], "2026-04-04"),
    (ZONES[3], "2026-10-03"), (ZONES[3], "2026-04-04")])  # fmt: skip
async def test_the_nights_in_which_clocks_are_moved_have_one_period_each(
    sqlite_url: str, zone: str, moves: str
) -> None:
    lines = {"early": "45 1 * * *", "in between": "30 2 * * *", "late": "10 3 * * *"}
    async with founded(sqlite_url, zone) as (database, _):
        rig = Rig(database, at(f"{moves}T06:00"), [job(name, line) for name, line in lines.items()])
        begin = rig.at - 12 * HOUR
        rig.at = begin
        for half in range(2 * 42):
            await rig.tick(begin + half * HOUR / 2)
        counted = await rig.counted()
    assert set(counted.values()) == {1}
    nights = {name: sorted(key.split()[-1][:10] for key in counted if key.startswith(name)) for name in lines}
    assert nights["early"] == nights["in between"] == nights["late"]
    assert (dt.date.fromisoformat(moves) + dt.timedelta(days=1)).isoformat() in nights["early"]


@pytest.mark.hypothesis
def test_whatever_clocks_do_no_period_comes_twice_and_the_last_one_always(sqlite_url: str) -> None:
    steps = st.one_of(
        st.floats(30, 4 * HOUR),  # time goes by
        st.sampled_from([-HOUR, HOUR, -900.0]),  # the clock is put back or forward
        st.floats(DAY, 4 * DAY),  # nobody was there
    )
    with asyncio.Runner() as runner:
        opened = founded(sqlite_url, "UTC")
        database, (number,) = runner.run(opened.__aenter__())

        @settings(max_examples=15)
        @given(
            zone=st.sampled_from(ZONES),
            start=st.sampled_from(["2026-03-27", "2026-10-24", "2026-03-06", "2026-10-31", "2026-04-03", "2026-10-02"]),
            moves=st.lists(steps, min_size=5, max_size=20),
        )
        def check(zone: str, start: str, moves: list[float]) -> None:
            runner.run(forget(database))
            runner.run(move_to(database, number, zone))
            runner.run(walk(database, ZoneInfo(zone), at(f"{start}T12:00"), moves))

        check()
        runner.run(opened.__aexit__(None, None, None))


async def walk(database: Database, zone: ZoneInfo, start: float, moves: list[float]) -> None:
    each, latest = job("each", "30 2 * * *", missed=Missed.EACH), job("latest", "15 2,14 * * *")
    rig = Rig(database, start, [each, latest])
    await rig.tick()
    furthest = start
    for move in moves:
        await rig.tick(max(rig.at + move, start))
        furthest = max(furthest, rig.at)
    counted = await rig.counted()
    async with database.read() as connection:
        assert [one.job.name for one in await agenda(connection, rig.jobs, rig.ms) if one.late] == []
    due = [one.key for one in each.cron.after(zone, round(start * 1000), round(furthest * 1000), 999)]
    last = latest.cron.last(zone, round(furthest * 1000))
    assert set(counted.values()) <= {1}
    assert sorted(key.split()[1] for key in counted if key.startswith("each")) == due
    assert last is None or last.due <= start * 1000 or f"latest {last.key}" in counted


async def forget(database: Database) -> None:
    """Let nothing be known of what was done."""
    async with database.write() as connection:
        for table in ("note", "task", "lane"):
            await connection.execute(text(f"DELETE FROM {table}"))


async def test_after_three_days_each_job_makes_up_for_what_its_policy_says(database_url: str) -> None:
    jobs = [job(one.value, "30 2 * * *", missed=one) for one in Missed]
    async with founded(database_url, "Europe/Berlin") as (database, (town,)):
        rig = Rig(database, START, jobs)
        await rig.tick()
        await rig.tick(START + 3 * DAY)
        counted = await rig.counted()
        skipped = await rig.states(Lane(town, "skip"))
    assert counted == {
        "latest 2026-03-13T02:30": 1,
        **{f"each 2026-03-{day}T02:30": 1 for day in (11, 12, 13)},
    }
    assert skipped == {"2026-03-13T02:30": ("skipped", 0)}


async def test_a_job_that_is_not_made_up_for_is_done_where_somebody_is_there(sqlite_url: str) -> None:
    async with founded(sqlite_url, "UTC") as (database, _):
        rig = Rig(database, at("2026-03-10T02:00"), [job(missed=Missed.SKIP)])
        await rig.tick()
        await rig.tick(at("2026-03-10T02:31"))
        assert await rig.counted() == {"daily 2026-03-10T02:30Z": 1}


async def test_an_hour_back_and_an_hour_forward_change_nothing(database_url: str) -> None:
    async with founded(database_url, "Europe/Berlin") as (database, _):
        rig = Rig(database, at("2026-03-11T01:00"), [job(line="30 * * * *")])
        await rig.tick()
        for minutes in (31, -29, 31, 91, 31, 151, 91):
            await rig.tick(at("2026-03-11T01:00") + minutes * 60)
        assert set((await rig.counted()).values()) == {1}
        assert len(await rig.counted()) == 3


async def test_a_job_from_the_start_is_done_at_once_and_the_others_wait(sqlite_url: str) -> None:
    async with founded(sqlite_url, "Europe/Berlin") as (database, _):
        rig = Rig(database, START, [job("soon", from_start=True), job("later")])
        await rig.tick()
        assert list(await rig.counted()) == ["soon 2026-03-10T02:30"]


async def test_moving_to_another_zone_in_the_middle_of_a_day_gives_no_second_period(sqlite_url: str) -> None:
    async with founded(sqlite_url, "Europe/Berlin") as (database, (town,)):
        rig = Rig(database, at("2026-03-11T00:00"), [job(line="0 9 * * *")])
        await rig.tick()
        await rig.tick(at("2026-03-11T10:00"))
        await move_to(database, town, "America/New_York")
        await rig.tick(at("2026-03-11T20:00"))
        assert await rig.counted() == {"daily 2026-03-11T09:00": 1}
        await rig.tick(at("2026-03-12T20:00"))
        assert await rig.counted() == {"daily 2026-03-11T09:00": 1, "daily 2026-03-12T09:00": 1}


async def test_each_community_has_its_own_day_and_the_whole_database_one(sqlite_url: str) -> None:
    async with founded(sqlite_url, "Asia/Tokyo", "America/New_York") as (database, (tokyo, york)):
        rig = Rig(database, at("2026-03-10T00:00"), [job(), job("all", whole=True)])
        await rig.tick()
        await rig.tick(at("2026-03-10T12:00"))
        assert await rig.states(Lane(tokyo, "daily")) == {}
        assert await rig.states(Lane(york, "daily")) == {"2026-03-10T02:30": ("done", 1)}
        assert await rig.states(Lane(tasks.WHOLE, "all")) == {"2026-03-10T02:30Z": ("done", 1)}
        await rig.tick(at("2026-03-10T18:00"))
        assert await rig.states(Lane(tokyo, "daily")) == {"2026-03-11T02:30": ("done", 1)}


async def test_a_zone_that_is_not_known_here_counts_as_utc(sqlite_url: str) -> None:
    async with founded(sqlite_url, "Atlantis/Capital") as (database, _):
        rig = Rig(database, START, [job()])
        await rig.tick()
        await rig.tick(START + DAY)
        assert list(await rig.counted()) == ["daily 2026-03-11T02:30Z"]


class Broken:
    """A plan that fails so many times, each time in another way."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.tried: list[float] = []
        self.rig: Rig

    async def __call__(self, work: Work) -> Sequence[Write]:
        self.tried.append(self.rig.at)
        self.left -= 1
        if self.left >= 0:
            raise (KeyError("x"), MachineError("the disk is full"))[self.left % 2]
        return await counting(work)


async def test_a_job_that_fails_stops_no_other_and_is_tried_again_after_growing_pauses(database_url: str) -> None:
    broken = Broken(4)
    async with founded(database_url, "UTC") as (database, (town,)):
        rig = broken.rig = Rig(database, START, [job("a", plan=broken), job("b"), job("c")])
        await rig.tick()
        begin = at("2026-03-11T02:30")
        for minute in range(40):
            await rig.tick(begin + 60 * minute)
        assert await rig.counted() == {f"{one} 2026-03-11T02:30Z": 1 for one in "abc"}
        assert [round((one - begin) / 60) for one in broken.tried] == [0, 1, 3, 7, 15]
        assert (rig.told.failed, rig.told.done) == ({"a": 4}, {"a": 1, "b": 1, "c": 1})
        assert await rig.states(Lane(town, "a")) == {"2026-03-11T02:30Z": ("done", 5)}


async def test_what_failed_is_told_and_given_up_when_a_later_one_is_due(sqlite_url: str) -> None:
    broken = Broken(10_000)
    async with founded(sqlite_url, "UTC") as (database, (town,)):
        rig = broken.rig = Rig(database, START, [job(plan=broken)])
        for hour in range(0, 60, 3):
            await rig.tick(START + hour * HOUR)
        async with database.read() as connection:
            (entry,) = await agenda(connection, rig.jobs, rig.ms)
        states = await rig.states(Lane(town, "daily"))
    assert {key: state for key, (state, _) in states.items()} == {
        "2026-03-11T02:30Z": "skipped",
        "2026-03-12T02:30Z": "waiting",
    }
    assert (entry.failing, entry.late) == (True, round(at("2026-03-12T02:30") * 1000))
    assert entry.last is not None
    assert entry.last.said in ("the disk is full",) or entry.last.said.startswith("something went wrong inside Cairn")


async def test_all_writes_of_a_job_that_fails_midway_come_once_in_the_end(database_url: str) -> None:
    attempts = 0

    async def breaks_once(connection: AsyncConnection) -> bool:
        nonlocal attempts
        attempts += 1
        await counts("broken", 0)(connection)
        if attempts == 1:
            raise MachineError("pulled out")
        return attempts < 4  # two more are left

    async def plan(work: Work) -> Sequence[Write]:
        return [breaks_once, counts("end", 0)]

    async with founded(database_url, "UTC") as (database, _):
        rig = Rig(database, START, [job(plan=plan)])
        await rig.tick()
        await rig.tick(at("2026-03-11T02:30"))
        assert await rig.counted() == {}
        await rig.tick(at("2026-03-11T02:32"))
        assert await rig.counted() == {"broken": 3, "end": 1}


async def test_a_part_is_done_once_for_each_key_and_says_what_it_did(database_url: str) -> None:
    did: list[str] = []

    async def tidy(work: Work) -> str:
        did.append(f"{work.key} {work.about['shelf']}")
        return "tidied"

    async def plan(work: Work) -> Sequence[Write]:
        return [work.later("tidy", "books", shelf=3), work.later("tidy", work.key, shelf=4)]

    async with founded(database_url, "UTC") as (database, (town,)):
        rig = Rig(database, START, [job(plan=plan, parts={"tidy": tidy})])
        for days in range(3):
            await rig.tick(START + days * DAY)
        assert sorted(did) == ["2026-03-11T02:30Z 4", "2026-03-12T02:30Z 4", "books 3"]
        async with database.read() as connection:
            done = await tasks.get(connection, Lane(town, "daily/tidy"), "books")
    assert done is not None
    assert (done.state, done.said) == ("done", "tidied")


async def test_a_part_that_fails_makes_its_job_late_and_gives_way_to_the_next(sqlite_url: str) -> None:
    async def breaks(work: Work) -> str:
        raise MachineError("no room")

    async def plan(work: Work) -> Sequence[Write]:
        return [work.later("send", work.key, instead=True)]

    async with founded(sqlite_url, "UTC") as (database, (town,)):
        rig = Rig(database, START, [job(plan=plan, parts={"send": breaks})])
        for hour in range(0, 52, 2):
            await rig.tick(START + hour * HOUR)
        async with database.read() as connection:
            (entry,) = await agenda(connection, rig.jobs, rig.ms)
        states = await rig.states(Lane(town, "daily/send"))
        assert {key[:10]: state for key, (state, _) in states.items()} == {
            "2026-03-11": "skipped",
            "2026-03-12": "waiting",
        }
        assert entry.done is not None
        assert (entry.failing, [one.said for one in entry.failed]) == (True, ["no room"])
        assert entry.late is not None
        assert rig.clock.late() == ["daily"]
        assert rig.told.stands["daily"][1] > 6 * HOUR


async def test_what_takes_too_long_is_broken_off_and_others_are_done(sqlite_url: str) -> None:
    async def hangs(work: Work) -> Sequence[Write]:
        await asyncio.Event().wait()
        return []

    async with founded(sqlite_url, "UTC") as (database, (town,)):
        rig = Rig(database, START, [job("a", plan=hangs), job("b")], Timing(plan_limit=0.05))
        await rig.tick()
        await rig.tick(at("2026-03-11T02:30"))
        assert await rig.counted() == {"b 2026-03-11T02:30Z": 1}
        assert await rig.states(Lane(town, "a")) == {"2026-03-11T02:30Z": ("waiting", 1)}


async def test_two_clocks_at_once_do_everything_once(database_url: str) -> None:
    async with founded(database_url, "UTC", "UTC", "UTC") as (database, _), founded(database_url) as (other, _):
        jobs = [job(name, missed=Missed.EACH) for name in "abcd"]
        rigs = [Rig(one, START, jobs) for one in (database, other)]
        for days in (0, 1, 4):
            for rig in rigs:
                rig.at = START + days * DAY
            await asyncio.gather(*(rig.tick() for rig in rigs))
        assert set((await rigs[0].counted()).values()) == {1}
        assert len(await rigs[0].counted()) == 16
        assert sum(rig.told.done.total() for rig in rigs) == 48


async def test_a_lane_that_was_taken_over_refuses_the_first_ones_writes(database_url: str) -> None:
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def slow(work: Work) -> Sequence[Write]:
        entered.set()
        await go_on.wait()
        return [counts(f"slow {work.key}", 0)]

    async with founded(database_url, "UTC") as (database, (town,)), founded(database_url) as (other, _):
        first = Rig(database, START, [job(plan=slow)])
        second = Rig(other, START, [job()])
        await first.tick()
        first.at = second.at = at("2026-03-11T02:30")
        lane, does = Lane(town, "daily"), first.jobs.does(Lane(town, "daily"))
        assert does is not None
        paused = asyncio.create_task(Shift(first.bench, lane, does, ZoneInfo("UTC")).work())
        await asyncio.wait_for(entered.wait(), 30)
        await second.tick(second.at + 59)  # the lease holds
        assert await second.counted() == {}
        await second.tick(second.at + 2)
        assert await second.counted() == {"daily 2026-03-11T02:30Z": 1}
        go_on.set()
        with pytest.raises(PassedOnError, match="taken over by another process"):
            await paused
        assert await second.counted() == {"daily 2026-03-11T02:30Z": 1}
        assert await second.states(lane) == {"2026-03-11T02:30Z": ("done", 2)}


async def test_a_lease_from_before_the_clock_was_put_back_does_not_hold(sqlite_url: str) -> None:
    async with founded(sqlite_url, "UTC") as (database, (town,)):
        rig = Rig(database, START, [job()])
        lane = Lane(town, "daily")
        async with database.write() as connection:
            ahead = await tasks.claim(connection, lane, 0, rig.ms + 3_600_000, 60_000)
            again = await tasks.claim(connection, lane, 0, rig.ms, 60_000)
            refused = await tasks.claim(connection, lane, 0, rig.ms + 59_000, 60_000)
    assert ahead is not None
    assert again is not None
    assert (again.fence, refused) == (ahead.fence + 1, None)


async def test_a_clock_that_is_told_to_stop_finishes_what_it_does_and_broken_off_puts_it_back(sqlite_url: str) -> None:
    entered = asyncio.Event()

    async def endless(work: Work) -> Sequence[Write]:
        entered.set()
        await asyncio.Event().wait()
        return []

    async with founded(sqlite_url, "UTC") as (database, (town,)):
        rig = Rig(database, START, [job(plan=endless, from_start=True)])
        stop = asyncio.Event()
        running = asyncio.create_task(rig.clock.run(stop))
        await asyncio.wait_for(entered.wait(), 30)
        stop.set()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert await rig.states(Lane(town, "daily")) == {"2026-03-10T02:30Z": ("waiting", 0)}
        async with database.read() as connection:
            held = await tasks.lanes_there(connection)
        assert held[Lane(town, "daily")].lease == 0


async def test_a_wish_is_done_soon_by_a_clock_that_runs(sqlite_url: str) -> None:
    async with founded(sqlite_url, "UTC") as (database, (town,)):
        rig = Rig(database, START, [job()])
        await rig.tick()
        async with database.write() as connection:
            key = await wish(connection, Lane(town, "daily"), rig.ms)
        stop = asyncio.Event()
        running = asyncio.create_task(rig.clock.run(stop))
        await until(lambda: rig.told.done["daily"])
        stop.set()
        await asyncio.wait_for(running, 30)
        assert await rig.counted() == {f"daily {key}": 1}


async def test_by_hand_a_job_is_done_with_its_parts(sqlite_url: str) -> None:
    async def tidy(work: Work) -> str:
        return "tidied"

    async def plan(work: Work) -> Sequence[Write]:
        return [work.later("tidy", work.key), *await counting(work)]

    async with founded(sqlite_url, "UTC") as (database, (town,)):
        rig = Rig(database, START, [job(plan=plan, parts={"tidy": tidy})])
        done = await rig.clock.by_hand(Lane(town, "daily"))
        assert (done.state, list(await rig.counted())) == ("done", [f"daily {done.key}"])
        assert await rig.states(Lane(town, "daily/tidy")) == {done.key: ("done", 1)}


async def test_old_work_is_swept_but_the_last_of_each_lane(sqlite_url: str) -> None:
    async with founded(sqlite_url, "UTC") as (database, (town,)):
        rig = Rig(database, START, [job(), job("yearly", "0 0 1 1 *", from_start=True)])
        for days in range(12):
            await rig.tick(START + days * DAY)
        async with database.write() as connection:
            more = await tasks.sweep(connection, town, round((START + 5 * DAY) * 1000), 3)
            assert more
            assert not await tasks.sweep(connection, town, round((START + 5 * DAY) * 1000), 3)
        left = await rig.states(Lane(town, "daily"))
        assert [key[:10] for key in left] == [f"2026-03-{day}" for day in range(15, 22)]
        assert len(await rig.states(Lane(town, "yearly"))) == 1
        before = await rig.counted()
        await rig.tick()
        assert await rig.counted() == before


async def test_a_guarded_database_writes_only_while_the_guard_agrees(sqlite_url: str) -> None:
    refuses: list[str] = []

    async def guard(connection: AsyncConnection) -> None:
        if refuses:
            raise PassedOnError(refuses[0])

    async with founded(sqlite_url, "UTC") as (database, _):
        guarded = Guarded(database, guard)
        async with guarded.write() as connection:
            await counts("one", 0)(connection)
        refuses.append("no longer")
        with pytest.raises(PassedOnError, match="no longer"):
            async with guarded.write() as connection:
                await counts("two", 0)(connection)
        assert await Rig(database, START, []).counted() == {"one": 1}


def test_two_jobs_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="daily"):
        Jobs.of([job(), job()])

"""Settling: no mark is left, the window rolls, rules settle beside others, a failure leaves everything as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet

from bot.keys import Keys
from bot.rules import parse_rules
from bot.settle import Settler
from bot.storage import communities, marks
from tests.scenarios.databases import Failing
from tests.scenarios.simple import message, part, thanks
from tests.scenarios.words import FIRST_DAY, LIVE, SOURCES
from tests.scenarios.world import RULES, Town, World, world

KEYS = Keys(b"k" * 32, [Fernet.generate_key().decode()])
MARCH = 18_322
"""1 March 2020, a day of review."""


@pytest.fixture
def town(database_url: str) -> Iterator[Town]:
    with world(database_url, KEYS) as place:
        yield place.found("town", sources=SOURCES)


def test_settling_tells_how_many_days_and_leaves_no_mark(town: Town) -> None:
    town.record(LIVE, [message(n, who, day=n) for n in range(4) for who in ("ann",)] + [message(9, "bob")])

    assert town.waiting() == 5
    assert town.settle() == 5
    assert town.waiting() == 0
    assert town.settle() == 0


def test_progress_hears_the_end(town: Town) -> None:
    heard: list[int] = []
    town.record(LIVE, [message(n, "ann", day=n) for n in range(30)])

    town.world.run(town.settler.settle(heard.append))

    assert heard[-1] == 0
    assert min(heard) >= 0


def test_points_leave_the_window_day_by_day(town: Town) -> None:
    town.record(LIVE, [message(1, "ann"), message(2, "ann", day=5)])
    town.settle()
    assert (town.as_of(), list(town.scores().totals.values())) == (FIRST_DAY + 5, [100_000])

    town.roll(FIRST_DAY + 29)
    assert list(town.scores().totals.values()) == [100_000]
    town.roll(FIRST_DAY + 30)
    assert list(town.scores().totals.values()) == [50_000]
    town.roll(FIRST_DAY + 35)
    assert town.scores().totals == {}
    assert town.differences() == {}


def test_rolling_over_a_review_lets_bands_fall_and_never_rolls_back(town: Town) -> None:
    town.record(LIVE, [part(1, "ann", "mentor")])
    town.settle()
    (member,) = (one.member for one in town.people())

    town.roll(MARCH + 40)
    town.roll(MARCH)

    assert town.as_of() == MARCH + 40
    assert town.scores().bands == [(member, FIRST_DAY, 3), (member, MARCH, 0)]
    assert town.differences() == {}


def test_late_arrivals_before_a_review_change_what_it_decided(town: Town) -> None:
    town.record(LIVE, [part(1, "ann", "mentor")])
    town.roll(MARCH + 40)

    town.record(LIVE, [part(2, "ann", "mentor", day=20)])
    town.settle()

    assert [(day, band) for _, day, band in town.scores().bands] == [(FIRST_DAY, 3), (MARCH + 31, 0)]
    assert town.differences() == {}


def test_received_thanks_and_own_acts_of_a_day_settle_together_in_small_batches(town: Town) -> None:
    people = ("ann", "bob", "cat", "dan")
    town.record(LIVE, [message(n, who) for n, who in enumerate(people)])
    town.record(LIVE, [thanks(n * 4 + o, one, other) for n, one in enumerate(people) for o, other in enumerate(people)])
    town.settle()
    town.record(LIVE, [thanks(99, "ann", "dan")])
    town.settle()

    assert town.differences() == {}
    assert len(town.scores().tallies) == 8


def test_rules_settled_beside_others_give_each_their_own_scores(town: Town) -> None:
    town.record(LIVE, [message(1, "ann"), part(1, "ann", "mentor")])
    town.settle()
    before = town.scores()
    generous = RULES.replace("role: mentor}, points: 4", "role: mentor}, points: 9")

    number = town.world.run(_adopt(town, generous))
    town.settle()

    assert town.differences() == {}
    assert town.rows(f"SELECT sum(points) FROM tally WHERE community = :of AND rules = {number}") == [(950_000,)]
    town.world.run(_put_in_force(town, number))
    assert town.scores() != before
    assert town.differences() == {}


async def _adopt(town: Town, rules: str) -> int:
    async with town.world.database.write() as connection:
        version = parse_rules(rules, "new.yaml").version
        number = await communities.add_rules(connection, town.id, (rules, version, "new.yaml"), "settling")
        await marks.dirty_everything(connection, town.id, FIRST_DAY, FIRST_DAY + 1)
    return number


async def _put_in_force(town: Town, number: int) -> None:
    async with town.world.database.write() as connection:
        await communities.put_in_force(connection, town.id, number)
        while await communities.sweep_retired(connection, town.id):
            pass


def test_communities_settle_apart(town: Town) -> None:
    other = town.world.found("other", sources=SOURCES)
    for one in (town, other):
        one.record(LIVE, [message(1, "ann")])

    town.settle()

    assert (town.waiting(), other.waiting()) == (0, 1)
    assert other.scores().tallies == {}


def test_failure_leaves_marks_and_scores_as_they_were(database_url: str) -> None:
    with world(database_url, KEYS) as place:
        town = place.found("town", sources=SOURCES)
        town.record(LIVE, [message(1, "ann")])
        failing = Failing(database_url)
        failing.failure = RuntimeError("of an unknown sort")
        broken = World(failing, KEYS, place.runner)
        try:
            with pytest.raises(RuntimeError):
                broken.run(Settler(failing, town.id).settle())
        finally:
            broken.run(failing.close())

        assert (town.waiting(), town.scores().tallies) == (1, {})
        town.settle()
        assert town.differences() == {}


def test_nothing_to_settle_is_nothing_done(town: Town) -> None:
    assert town.settle() == 0
    assert town.as_of() == 0
    town.roll(1)
    assert town.differences() == {}

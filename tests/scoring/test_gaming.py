"""Nobody gets anywhere in the shipped Mountain by doing much: told to the intake, settled, and read from the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.intake import Intake
from bot.keys import Keys
from scoring.assess import band_changes, totals
from scoring.points import TALLY_POINT, tally
from scoring.road import Road
from scoring.signals import DAY_MS, Kind, Signal
from tests.scenarios import mountains as m
from tests.scenarios.oracle import Deed
from tests.scenarios.simple import gone, mention, message, reaction, thanks
from tests.scenarios.words import FIRST_DAY, LIVE, START
from tests.scenarios.world import Town, world

RULES = (Path(__file__).parents[2] / "mountain.yaml").read_text()
PARTICIPATING = 2
Default = tuple[Town, dict[int, float]]
"""A community under the shipped Mountain, and an honest day's points per band in it."""
MINUTE = 60_000
HONEST = "honest"
CHAT = (Kind.MESSAGE, Kind.REPLY, Kind.MENTION, Kind.REACTION, Kind.THREAD, Kind.POLL_VOTE, Kind.STAY, Kind.JOIN)


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    with world(sqlite_url, Keys(b"k" * 32, [Fernet.generate_key().decode()])) as place:
        yield place.found("default", sources=[LIVE], rules=RULES)


def an_honest_day() -> list[Signal]:
    """Return what somebody does who looks in a few times: some messages, answers and reactions over the day."""
    others = [message(500_001 + n, "other") for n in range(4)]
    written = [message(n * 100 * MINUTE, HONEST, parent=None if n % 2 else 500_001) for n in range(6)]
    cheers = [reaction(500_001 + n, HONEST)._replace(at=START + (9 + 3 * n) * 60 * MINUTE) for n in range(4)]
    return [*others, *written, *cheers]


def points(town: Town, signals: Iterable[Signal]) -> dict[str, dict[int, float]]:
    """Return everybody's points per band, once the signals are stored and settled."""

    async def told() -> None:
        async with Intake(town.world.database, town.world.keys) as intake:
            await intake.record(town.origin(LIVE), list(signals))

    town.world.run(told())
    town.settle()
    assert town.waiting() == 0
    found: dict[str, dict[int, float]] = {one.id: {} for one in town.people()}
    names = {one.member: one.id for one in town.people()}
    for (member, band), total in town.scores().totals.items():
        found[names[member]][band] = total / TALLY_POINT
    return found


def twice_at_most(found: dict[str, dict[int, float]], who: str) -> bool:
    """Whether somebody has at most twice what the honest one has in every chat band, and nothing above."""
    return all(band < PARTICIPATING and gained <= 2 * found[HONEST][band] for band, gained in found[who].items())


def test_ten_thousand_messages_in_a_day_gain_at_most_twice_an_honest_day(town: Town) -> None:
    flood = [message(1_000_000 + n * 8_000, "flood") for n in range(10_000)]

    found = points(town, [*an_honest_day(), *flood])

    assert found["flood"]
    assert twice_at_most(found, "flood")


def test_ring_of_twenty_that_react_and_answer_each_other_all_day_gains_at_most_twice_an_honest_day(town: Town) -> None:
    ring = [f"ring {n}" for n in range(20)]
    posts = [message(n * MINUTE, one) for n, one in enumerate(ring)]
    cheers = [
        reaction(n * MINUTE, one, emoji=emoji)._replace(at=START + (n * 40 + hour) * MINUTE)
        for one in ring
        for n in range(20)
        for emoji, hour in (("+1", 0), ("tada", 15))
        if ring[n] != one
    ]
    answers = [
        message(10**7 + (n * 20 + other) * MINUTE, one, parent=other * MINUTE)
        for n, one in enumerate(ring)
        for other in range(20)
    ]
    named = [mention(n * MINUTE, one, other) for n, one in enumerate(ring) for other in ring if other != one]

    found = points(town, [*an_honest_day(), *posts, *cheers, *answers, *named])

    assert all(found[one] and twice_at_most(found, one) for one in ring)


def test_ring_that_thanks_each_other_gains_at_most_twice_what_one_person_s_thanks_give(town: Town) -> None:
    ring = [f"ring {n}" for n in range(20)]
    rounds = [thanks(n * 20 + o, one, other) for n, one in enumerate(ring) for o, other in enumerate(ring)]

    found = points(town, [*rounds, thanks(10_001, "other", HONEST)])

    assert all(found[one][PARTICIPATING] <= 2 * found[HONEST][PARTICIPATING] for one in ring)


def test_posting_and_deleting_gains_nothing_and_reposting_no_more_than_once(town: Town) -> None:
    posted = [message(1_000_000 + n * MINUTE, "ghost") for n in range(400)]
    again = [message(1_000_000 + n * MINUTE, "again") for n in range(400, 800)]

    found = points(town, [*an_honest_day(), *posted, *again])
    assert twice_at_most(found, "ghost")

    found = points(town, [*(gone(one) for one in (*posted, *again)), *(one._replace(version=10) for one in again)])

    assert found["ghost"] == {}
    assert twice_at_most(found, "again")
    assert town.differences() == {}


def test_nobody_uses_up_another_s_cap(town: Town) -> None:
    alone = points(town, an_honest_day())[HONEST]
    flood = [message(1_000_000 + n * 100, "flood", parent=500_001) for n in range(2_000)]
    pestering = [mention(n * 100 * MINUTE, "flood", HONEST) for n in range(6)]
    cheering = [reaction(n * 100 * MINUTE, f"fan {fan}") for n in range(6) for fan in range(10)]

    assert points(town, [*flood, *pestering, *cheering])[HONEST] == alone


def test_year_of_all_day_chat_makes_nobody_participating(town: Town) -> None:
    days = [Deed(1, kind, (FIRST_DAY + day) * DAY_MS + slot * 15 * MINUTE, 2, 15)
            for day in range(365) for slot in range(96) for kind in CHAT]  # fmt: skip
    tallies = tally(m.columns(days), town.mountain)
    as_of = FIRST_DAY + 364

    assert set(totals(Road(tallies, town.mountain, as_of), as_of).band.tolist()) <= {0, 1}
    bands = band_changes(Road(tallies, town.mountain, as_of), as_of).band
    assert bands.max() <= PARTICIPATING  # band numbers begin at 1


@settings(max_examples=60)
@given(data=st.data())
def test_no_day_of_chat_gains_more_than_twice_an_honest_one(
    default: tuple[Town, dict[int, float]], data: st.DataObject
) -> None:
    town, honest = default
    acts = st.builds(
        lambda kind, minute, other: Deed(1, kind, FIRST_DAY * DAY_MS + minute * MINUTE, other, 60),
        st.sampled_from(CHAT), st.integers(0, 1439), st.integers(0, 3),
    )  # fmt: skip
    deeds = data.draw(st.lists(acts, min_size=30, max_size=120))

    found = m.total_table(totals(Road(tally(m.columns(deeds), town.mountain), town.mountain, FIRST_DAY), FIRST_DAY))

    assert all(band < PARTICIPATING and given <= 2 * honest[band] * TALLY_POINT for (_, band), given in found.items())


@pytest.fixture(scope="module")
def default(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Default]:
    url = f"sqlite:///{tmp_path_factory.mktemp('honest') / 'cairn.db'}"
    with world(url, Keys(b"k" * 32, [Fernet.generate_key().decode()])) as place:
        one = place.found("default", sources=[LIVE], rules=RULES)
        yield one, points(one, an_honest_day())[HONEST]

"""The default Mountain keeps to the source text, and nobody gets anywhere in it by writing much."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import read_rules
from scoring.assess import totals
from scoring.columns import NOBODY, Acts
from scoring.mountain import POINT, Credit, Mountain, Touch
from scoring.points import TALLY_POINT, tally, types
from scoring.road import Road
from scoring.signals import DAY_MS, NOWHERE, Context, Kind

BANDS = ("Learning", "Endorsing", "Participating", "Collaborating", "Leading")
PARTICIPATING = BANDS.index("Participating")
CHAT = [Kind.MESSAGE, Kind.REPLY, Kind.MENTION, Kind.REACTION, Kind.THREAD, Kind.POLL_VOTE, Kind.STAY]
CHAT += [Kind.JOIN, Kind.LEAVE]
HOUR = DAY_MS // 24
HONEST = [
    (Kind.MESSAGE, 9),
    (Kind.REPLY, 10),
    (Kind.MESSAGE, 12),
    (Kind.REACTION, 12),
    (Kind.REACTION, 15),
    (Kind.REPLY, 20),
]

Row = tuple[int, Kind, int, int]
"""Who, what, when (ms), about whom."""


@pytest.fixture(scope="module")
def mountain() -> Mountain:
    return read_rules(Path(__file__).parents[3] / "mountain.yaml")


def acts(rows: list[Row], context: Context = NOWHERE) -> Acts:
    member, kind, at, other = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    zeros = np.zeros(len(rows), np.int64)
    return Acts(member, at // DAY_MS, at, kind, zeros, other, zeros + 60 * (kind == Kind.STAY), (context,))


def points(rows: list[Row], mountain: Mountain, member: int = 1) -> dict[str, float]:
    """Return a member's points per band at the end of the last day."""
    as_of = max(at for _, _, at, _ in rows) // DAY_MS
    found = totals(Road(tally(acts(rows), mountain), mountain, as_of), as_of)
    return {
        BANDS[band]: total / TALLY_POINT
        for who, band, total in zip(found.member, found.band, found.points, strict=True)
        if who == member
    }


def band_of(role: str, mountain: Mountain, kind: Kind = Kind.PARTICIPATION) -> tuple[str, int]:
    """Return the band an engagement in a role counts for, and what one gives."""
    found = types(acts([(1, kind, 0, NOBODY)], Context(role=role)), mountain)[0]
    return mountain.bands[mountain.types[found].band].name, mountain.types[found].curve[1]


def test_bands_touch_and_focus_are_those_of_the_source(mountain: Mountain) -> None:
    assert tuple(band.name for band in mountain.bands) == BANDS
    assert [band.touch for band in mountain.bands] == [Touch.LOW, Touch.LOW, Touch.HIGH, Touch.HIGH, Touch.HIGH]
    assert [band.focus for band in mountain.bands] == [False, False, True, True, True]
    assert mountain.bands[PARTICIPATING].entry == 5 * POINT
    assert mountain.window == 365


ROLES = {
    "participant": ("Participating", 5),
    "mentee": ("Participating", 5),
    "attendee": ("Participating", 2),
    "contributor": ("Participating", 1),
    "PushEvent": ("Participating", 1),
    "commenter": ("Participating", 1),
    "reviewer": ("Participating", 1),
    "": ("Participating", 1),
    "watcher": ("Endorsing", 1),
    "ForkEvent": ("Endorsing", 1),
    "Mentor": ("Collaborating", 5),
    "expert": ("Collaborating", 3),
    "speaker": ("Collaborating", 3),
    "presenter": ("Collaborating", 3),
    "facilitator": ("Collaborating", 3),
    "organizer": ("Leading", 5),
    "organiser": ("Leading", 5),
    "host": ("Leading", 5),
    "chapter lead": ("Leading", 5),
    "wrangler": ("Leading", 5),
}


@pytest.mark.parametrize("role", ROLES)
def test_role_counts_for_its_band(role: str, mountain: Mountain) -> None:
    band, given_points = ROLES[role]

    assert band_of(role, mountain) == (band, given_points * POINT)


def test_every_kind_but_mention_join_leave_and_moderation_counts_for_something(mountain: Mountain) -> None:
    assert set(Kind) - mountain.kinds == {Kind.MENTION, Kind.JOIN, Kind.LEAVE, Kind.MODERATION}


def test_chat_counts_below_participating_only(mountain: Mountain) -> None:
    assert {one.band for one in mountain.types if set(one.when.kinds) & set(CHAT)} == {0, 1}


def test_day_of_any_chat_gives_at_most_twice_its_first_act_and_is_slowed_down(mountain: Mountain) -> None:
    for one in mountain.types:
        if set(one.when.kinds) & set(CHAT):
            assert one.curve[-1] <= 2 * one.curve[1], one.name
            assert one.slot >= 60 or one.per_amount, one.name


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from(CHAT), st.integers(0, 400 * DAY_MS), st.integers(0, 3)), min_size=1
    )
)
def test_no_chat_makes_anyone_participating(mountain: Mountain, rows: list[Row]) -> None:
    for member in (1, 2, 3):
        assert set(points(rows, mountain, member)) <= {"Learning", "Endorsing"}


def test_year_of_all_day_chat_stays_below_participating(mountain: Mountain) -> None:
    rows = [(1, kind, moment, 2) for moment in range(0, 365 * DAY_MS, 2 * HOUR) for kind in CHAT]

    assert set(points(rows, mountain)) == {"Learning", "Endorsing"}


@pytest.mark.parametrize("kind", CHAT)
def test_ten_thousand_a_day_gain_at_most_twice_an_honest_day(kind: Kind, mountain: Mountain) -> None:
    honest = points([(1, what, hour * HOUR, 2) for what, hour in HONEST], mountain)

    flood = points([(1, kind, n * DAY_MS // 10_000, 2) for n in range(10_000)], mountain)

    assert all(gained <= 2 * honest[band] for band, gained in flood.items())


def test_ring_of_twenty_that_react_all_day_gains_at_most_twice_an_honest_day(mountain: Mountain) -> None:
    honest = points([(1, what, hour * HOUR, 2) for what, hour in HONEST], mountain)
    ring = [
        (a, Kind.REACTION, hour * HOUR, b) for a in range(1, 21) for b in range(1, 21) if a != b for hour in range(24)
    ]

    for member in range(1, 21):
        assert all(gained <= 2 * honest[band] for band, gained in points(ring, mountain, member).items())


def test_ring_of_twenty_that_thank_each_other_gains_at_most_twice_one_person_s_thanks(mountain: Mountain) -> None:
    once = points([(2, Kind.THANKS, 0, 1)], mountain)
    ring = [
        (a, Kind.THANKS, hour * HOUR, b) for a in range(1, 21) for b in range(1, 21) if a != b for hour in range(24)
    ]

    assert points(ring, mountain)["Participating"] <= 2 * once["Participating"]


def test_thanks_count_for_who_is_thanked_by_others(mountain: Mountain) -> None:
    thanks = next(one for one in mountain.types if Kind.THANKS in one.when.kinds)

    assert (thanks.credit, thanks.different_people) == (Credit.RECEIVER, True)
    assert points([(1, Kind.THANKS, 0, 1)], mountain) == {}


def test_one_cohort_reaches_the_invitation_to_mentor_and_two_sprints_do_not(mountain: Mountain) -> None:
    step = next(step for step in mountain.steps if step.name == "become-a-mentor")

    assert (step.band, step.points, step.without_role) == (PARTICIPATING, 5 * POINT, "mentor")
    assert step.leads_to == "Collaborating"
    assert band_of("participant", mountain)[1] >= step.points
    assert points([(1, Kind.PARTICIPATION, n * HOUR, NOBODY) for n in range(48)], mountain) == {"Participating": 2}


def test_default_prefers_nobody(mountain: Mountain) -> None:
    assert mountain.multipliers == ()
    assert (mountain.groups, mountain.sensitive) == (("country", "continent"), ())

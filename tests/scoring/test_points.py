"""Tallies equal the plain count of the oracle, whatever the order, the batches and the company."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.columns import NOBODY, Acts
from scoring.mountain import POINT, Band, Conditions, Credit, EngagementType, Mountain, Multiplier, Touch
from scoring.points import Belonging, tally, types
from scoring.signals import DAY_MS, Context, Kind
from tests.scenarios import mountains as m
from tests.scenarios import oracle
from tests.scenarios.oracle import About, Deed

HISTORIES = m.histories()
NINE = 9 * DAY_MS // 24


def one_type(**parts: object) -> Mountain:
    """Return a Mountain with one band and one type."""
    values: dict[str, object] = {"when": Conditions((Kind.MESSAGE,)), "curve": (0, 1000, 1500, 1750)}
    one = EngagementType("one", "", 0, **{**values, **parts})  # type: ignore[arg-type]
    return Mountain("one", "0" * 12, (Band("only", Touch.LOW, 1000, "", "", focus=True),), (one,))


def scored(deeds: list[Deed], mountain: Mountain) -> list[tuple[int, int, int]]:
    """Return (member, counted, thousandths) of each tally."""
    found = tally(m.columns(deeds), mountain)
    return list(zip(found.member.tolist(), found.counted.tolist(), (found.points // 100).tolist(), strict=True))


@settings(max_examples=120)
@given(HISTORIES, m.mountains(), m.abouts())
def test_tallies_equal_the_oracle_s(deeds: list[Deed], mountain: Mountain, about: About) -> None:
    found = tally(m.columns(deeds), mountain, m.belonging(about))

    assert m.tally_table(found) == oracle.tallies(deeds, mountain, about)
    rows = list(zip(found.member.tolist(), found.day.tolist(), found.type.tolist(), strict=True))
    assert rows == sorted(rows)


@settings(max_examples=30)
@given(HISTORIES, m.mountains(), st.randoms(use_true_random=False))
def test_order_makes_no_difference(deeds: list[Deed], mountain: Mountain, rnd: random.Random) -> None:
    shuffled = rnd.sample(deeds, len(deeds))

    assert m.tally_table(tally(m.columns(shuffled), mountain)) == m.tally_table(tally(m.columns(deeds), mountain))


@settings(max_examples=30)
@given(HISTORIES, m.mountains())
def test_days_scored_one_by_one_equal_all_at_once(deeds: list[Deed], mountain: Mountain) -> None:
    apart: dict[oracle.TallyKey, tuple[int, int]] = {}
    for day in {deed.at // DAY_MS for deed in deeds}:
        apart |= m.tally_table(tally(m.columns([deed for deed in deeds if deed.at // DAY_MS == day]), mountain))

    assert apart == m.tally_table(tally(m.columns(deeds), mountain))


@settings(max_examples=30)
@given(HISTORIES, m.mountains(), st.integers(1, 3))
def test_nobody_s_deeds_use_up_another_s_cap(deeds: list[Deed], mountain: Mountain, member: int) -> None:
    whole = m.tally_table(tally(m.columns(deeds), mountain))
    alone = m.tally_table(tally(m.columns([deed for deed in deeds if member in (deed.member, deed.other)]), mountain))

    assert {key: value for key, value in whole.items() if key[0] == member} == {
        key: value for key, value in alone.items() if key[0] == member
    }


@settings(max_examples=30)
@given(HISTORIES, m.mountains())
def test_types_are_the_first_that_match(deeds: list[Deed], mountain: Mountain) -> None:
    expected = [-1 if (one := oracle.type_of(deed, mountain)) is None else one for deed in deeds]

    assert types(m.columns(deeds), mountain).tolist() == expected


@settings(max_examples=30)
@given(HISTORIES, m.mountains(), st.integers(2**40, 2**50))
def test_numbers_too_wide_to_be_packed_score_the_same(deeds: list[Deed], mountain: Mountain, far: int) -> None:
    distant = [Deed(d.member + far * (d.member == 3), d.kind, d.at, d.other, d.amount, d.context) for d in deeds]

    assert m.tally_table(tally(m.columns(distant), mountain)) == oracle.tallies(distant, mountain)


def test_several_in_one_slot_count_once_and_later_ones_give_less() -> None:
    mountain = one_type(slot=600)
    deeds = [Deed(1, Kind.MESSAGE, NINE + second * 1000) for second in (0, 1, 599, 600, 1200, 1800, 2400)]

    assert scored(deeds[:3], mountain) == [(1, 1, 1000)]
    assert scored(deeds[:4], mountain) == [(1, 2, 1500)]
    assert scored(deeds, mountain) == [(1, 5, 1750)]


def test_different_people_count_once_each_and_oneself_never() -> None:
    mountain = one_type(when=Conditions((Kind.REACTION,)), different_people=True)
    deeds = [Deed(1, Kind.REACTION, NINE + n, other) for n, other in enumerate((1, 2, 2, 3, NOBODY))]

    assert scored(deeds, mountain) == [(1, 2, 1500)]
    assert scored(deeds[:1], mountain) == []


def test_minutes_add_up_over_the_day() -> None:
    mountain = one_type(when=Conditions((Kind.STAY,)), per_amount=30)
    deeds = [Deed(1, Kind.STAY, NINE + n, amount=minutes) for n, minutes in enumerate((20, 20, 19, 1))]

    assert scored(deeds[:3], mountain) == [(1, 1, 1000)]
    assert scored(deeds, mountain) == [(1, 2, 1500)]


def test_thanks_are_the_receiver_s_whoever_says_them() -> None:
    mountain = one_type(when=Conditions((Kind.THANKS,)), credit=Credit.RECEIVER)
    deeds = [Deed(1, Kind.THANKS, NINE, 2), Deed(3, Kind.THANKS, NINE, 2), Deed(2, Kind.THANKS, NINE, 2)]

    assert scored([*deeds, Deed(1, Kind.THANKS, NINE, NOBODY)], mountain) == [(2, 2, 1500)]


def test_answers_to_oneself_and_to_nobody_fall_to_the_next_type() -> None:
    narrow = EngagementType("helped", "", 0, Conditions((Kind.REPLY,), to_others=True), (0, 1000))
    wide = EngagementType("answered", "", 0, Conditions((Kind.REPLY,)), (0, 10))
    mountain = Mountain("two", "0" * 12, (Band("only", Touch.LOW, 1000, "", "", focus=True),), (narrow, wide))

    assert types(m.columns([Deed(1, Kind.REPLY, NINE, other) for other in (2, 1, NOBODY)]), mountain).tolist() == [
        0,
        1,
        1,
    ]


def test_multipliers_are_cut_to_hundredths_one_after_the_other_and_capped() -> None:
    def gained(*times: int, cap: int = 1000) -> int:
        multipliers = tuple(Multiplier("x", one, programme="leaders") for one in times)
        base = one_type()
        mountain = Mountain("x", "", base.bands, base.types, multipliers, multiplier_cap=cap)
        about = Belonging({}, {"leaders": m.ints([1])})
        return int(tally(m.columns([Deed(1, Kind.MESSAGE, NINE)]), mountain, about).points[0])

    assert gained() == POINT * 100
    assert gained(133, 133) == POINT * 176  # 1.7689
    assert gained(300, 300, cap=300) == POINT * 300
    assert gained(0) == 0


@pytest.mark.parametrize("place", ["general", "GENERAL", "C1"])
def test_place_is_a_channel_s_name_or_id_in_any_letter_case(place: str) -> None:
    mountain = one_type(when=Conditions((Kind.MESSAGE,), places=(place,)))
    deed = Deed(1, Kind.MESSAGE, NINE, context=Context(place="c1", name="General"))

    assert scored([deed], mountain) == [(1, 1, 1000)]


def test_no_acts_give_no_tallies() -> None:
    nothing = np.empty(0, np.int64)
    acts = Acts(nothing, nothing, nothing, nothing, nothing, nothing, nothing, contexts=())

    assert len(tally(acts, one_type())) == 0

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.experiments import Experiment, FixedHorizon, assigned, balanced, counted, people_needed
from scoring.statistics import Ratio

WORDING = Experiment("wording", b"salt of our own")


def test_arm_depends_on_the_person_the_name_and_the_salt_alone() -> None:
    people = range(400)
    arms = [assigned(WORDING, one) for one in people]

    assert arms == [assigned(Experiment("wording", b"salt of our own"), one) for one in people]
    assert arms != [assigned(Experiment("wording", b"another salt"), one) for one in people]
    assert arms != [assigned(Experiment("hour", b"salt of our own"), one) for one in people]


def test_arms_get_about_as_many_people_each() -> None:
    found = np.bincount([assigned(Experiment("three", b"s", 3), one) for one in range(3_000)])

    # 1,000 each are expected, with a spread of 26.
    assert (np.abs(found - 1_000) < 130).all()


@given(
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 3)), unique_by=lambda one: one[0], max_size=50),
    st.integers(2, 4),
    st.randoms(),
)
def test_balanced_arms_differ_by_one_in_each_stratum_in_whatever_order(
    people: list[tuple[int, int]], arms: int, chance: object
) -> None:
    of = Experiment("hour", b"s", arms)

    def dealt(listed: list[tuple[int, int]]) -> dict[int, int]:
        number, strata = (np.array([one[n] for one in listed], np.int64) for n in (0, 1))
        return dict(zip(number.tolist(), balanced(of, number, strata).tolist(), strict=True))

    found = dealt(people)
    shuffled = people.copy()
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert found == dealt(shuffled)
    for stratum in {where for _, where in people}:
        sizes = np.bincount([found[one] for one, where in people if where == stratum], minlength=arms)
        assert sizes.max() - sizes.min() <= 1


def test_result_waits_for_as_many_people_as_planned() -> None:
    plan = FixedHorizon(100)

    assert plan.result(Ratio(50, 100), Ratio(60, 99)) is None
    found = plan.result(Ratio(50, 100), Ratio(70, 100))
    assert found is not None
    assert found.low > 0
    assert found.p < 0.05


def test_everybody_counts_with_the_arm_they_were_assigned_to() -> None:
    arms = np.array([0, 1, 1, 0, 1])

    assert counted(arms, [True, False, True, False, False], 2) == (Ratio(1, 2), Ratio(1, 3))


def test_smaller_effects_and_more_power_need_more_people() -> None:
    # Fleiss (1981), table A.3: 0.05 against 0.10 with power 0.8 needs 435 (474 with the correction for continuity).
    assert people_needed(0.05, 0.10) == 435
    assert people_needed(0.3, 0.35) > people_needed(0.3, 0.4)
    assert people_needed(0.3, 0.4, power=0.9) > people_needed(0.3, 0.4)


@pytest.mark.parametrize("wrong", [(0.3, 0.3), (0.3, 1.2), (-0.1, 0.2), (0.3, 0.4, 1.0), (0.3, 0.4, 0.8, 0.0)])
def test_what_cannot_be_planned_is_refused(wrong: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        people_needed(*wrong)


def test_experiment_with_one_arm_is_none() -> None:
    with pytest.raises(ValueError, match="two arms"):
        Experiment("alone", b"s", 1)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.surveys.paths import END, Fault, Jump, Progress, Stop, Wrong, exits, faults, next_stop, progress, route

YES_NO = frozenset({0, 1})
FORK = (Stop(YES_NO, jumps=(Jump(2, frozenset({1})), Jump(END, declined=True))), Stop(YES_NO), Stop())


def jumps() -> st.SearchStrategy[Jump]:
    to = st.integers(-1, 5)
    codes = st.frozensets(st.integers(0, 2), max_size=2)
    return st.builds(Jump, to, codes, st.booleans())


STOPS = st.lists(
    st.builds(Stop, st.frozensets(st.integers(0, 2)), st.booleans(), st.lists(jumps(), max_size=3).map(tuple)),
    min_size=1,
    max_size=6,
)


def test_first_rule_that_holds_says_what_comes_next() -> None:
    assert next_stop(FORK, 0, frozenset({1})) == 2
    assert next_stop(FORK, 0, None) == END
    assert next_stop(FORK, 0, frozenset({0})) == 1
    assert next_stop(FORK, 2, frozenset()) == END


def test_several_choices_meet_a_rule_with_any_of_them() -> None:
    stops = (Stop(frozenset({0, 1, 2}), several=True, jumps=(Jump(END, frozenset({2})),)), Stop())

    assert next_stop(stops, 0, frozenset({0, 2})) == END
    assert next_stop(stops, 0, frozenset({0, 1})) == next_stop(stops, 0, frozenset()) == 1
    assert sorted(set(exits(stops, 0))) == [END, 1]


def test_way_ends_at_the_open_question_and_leaves_out_answers_from_before_an_edit() -> None:
    assert route(FORK, {}) == [0]
    assert route(FORK, {0: frozenset({0}), 1: None}) == [0, 1, 2]
    assert route(FORK, {0: frozenset({1}), 1: frozenset({0})}) == [0, 2]
    assert route((), {}) == []


def test_progress_tells_what_is_done_and_what_may_come() -> None:
    assert progress(FORK, {}) == Progress(0, 1, 3)
    assert progress(FORK, {0: frozenset({1})}) == Progress(1, 1, 1)
    assert progress(FORK, {0: frozenset({1}), 2: None}) == Progress(2, 0, 0)


@pytest.mark.parametrize(
    ("stops", "wrong"),
    [
        ((Stop(jumps=(Jump(0),)),), Fault(Wrong.CYCLE, 0, circle=(0,))),
        (
            (
                Stop(YES_NO),
                Stop(YES_NO, jumps=(Jump(3, frozenset({1})),)),
                Stop(),
                Stop(YES_NO, jumps=(Jump(1, declined=True),)),
            ),
            Fault(Wrong.CYCLE, 1, circle=(1, 2, 3)),
        ),
        ((Stop(jumps=(Jump(7),)), Stop()), Fault(Wrong.NOWHERE, 0, 0)),
        ((Stop(jumps=(Jump(2),)), Stop(), Stop()), Fault(Wrong.UNREACHED, 1)),
        ((Stop(YES_NO, jumps=(Jump(END, YES_NO), Jump(END, frozenset({0})))), Stop()), Fault(Wrong.NEVER, 0, 1)),
        ((Stop(YES_NO, jumps=(Jump(END, frozenset({9})),)), Stop()), Fault(Wrong.NEVER, 0, 0)),
        ((Stop(jumps=(Jump(END), Jump(END, declined=True))),), Fault(Wrong.NEVER, 0, 1)),
    ],
)  # fmt: skip
def test_faults_of_skip_rules_are_found(stops: tuple[Stop, ...], wrong: Fault) -> None:
    assert wrong in faults(stops)


def test_sound_rules_have_no_faults() -> None:
    assert faults(FORK) == faults(()) == faults((Stop(), Stop())) == []


def test_circle_of_thousands_of_questions_is_found() -> None:
    stops = [Stop()] * 5_000 + [Stop(YES_NO, jumps=(Jump(3, frozenset({0})),))]

    assert [one.circle[0] for one in faults(stops) if one.wrong is Wrong.CYCLE] == [3]


@given(STOPS, st.data())
def test_whoever_answers_sound_questions_comes_to_the_end_within_what_was_foretold(
    stops: list[Stop], data: st.DataObject
) -> None:
    if {one.wrong for one in faults(stops)} & {Wrong.CYCLE, Wrong.NOWHERE}:
        return
    answers: dict[int, frozenset[int] | None] = {}
    at, foretold = 0, progress(stops, {})
    while at != END:
        assert route(stops, answers)[-1] == at
        codes = sorted(stops[at].codes)
        some = st.frozensets(st.sampled_from(codes), min_size=1) if codes else st.just(frozenset())
        one = some if stops[at].several else some.map(lambda found: frozenset(sorted(found)[:1]))
        answers[at] = data.draw(st.none() | one)
        at = next_stop(stops, at, answers[at])
        now = progress(stops, answers)
        assert now.done + now.fewest_left >= foretold.done + foretold.fewest_left
        assert now.done + now.most_left <= foretold.done + foretold.most_left
        foretold = now
    assert foretold == Progress(len(answers), 0, 0)

"""Every type of question: what is an answer, what is none, how it is stored, and what column it makes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import LANGUAGES, Words
from bot.surveys.fields import Mode
from bot.surveys.kinds import NOT_REACHED, NamedPerson, Raw
from bot.surveys.limits import too_much
from bot.surveys.registry import kinds
from bot.surveys.survey import Question
from bot.surveys.wrong import WrongAnswerError
from integrations.limits import LIMITS
from scoring.surveys.answers import SOMEONE_ELSE, Coded, Measured, Named, Several, State, Written
from scoring.surveys.published import NOTHING

CHOICES = [{"name": one, "title": one.upper()} for one in ("a", "b", "c")]
MORE: dict[str, dict[str, Any]] = {
    "choice": {"choices": CHOICES},
    "choices": {"choices": CHOICES, "most": "2"},
    "number": {"least": "0", "most": "50.5", "decimals": "1"},
    "date": {"first": "2026-01-01", "last": "2026-12-31"},
    "people": {"most": "3"},
    "attribute": {"attribute": "handle"},
}


def question(kind: str, **more: Any) -> Question:
    """Return a question of a type."""
    shape = kinds()[kind].shape
    settings = {"name": "q", "type": kind, "ask": "Well?"} | MORE.get(kind, {}) | more
    return Question(shape.model_validate(settings), kinds()[kind])


ALICE = NamedPerson(12, "often", "", "rarely")
SOMEBODY = NamedPerson(None, "", "sometimes")

GOOD: list[tuple[str, Raw, object]] = [
    ("choice", "b", "b"),
    ("choice", ("b",), "b"),
    ("choices", ("c", "a"), ["a", "c"]),
    ("choices", "b", ["b"]),
    ("choices", (), []),
    ("agreement", "5", 5),
    ("agreement", 3.0, 3),
    ("recommend", "0", 0),
    ("recommend", ("10",), 10),
    ("text", "  So\r\n\r\n\r\n\r\nthat\u202e is  it.\u200b ", "So\n\nthat is  it."),
    ("text", "<!channel> @everyone **x** [y](http://z)", "<!channel> @everyone **x** [y](http://z)"),
    ("text", "e\u0301", "é"),
    ("number", "7,5", 7.5),
    ("number", " 50 ", 50),
    ("number", 3.0, 3),
    ("date", "2026-02-28", "2026-02-28"),
    ("date", "3.4.2026", "2026-04-03"),
    ("people", (ALICE, SOMEBODY, SOMEBODY), [[12, 3, 0, 1], [SOMEONE_ELSE, 0, 2, 0], [SOMEONE_ELSE, 0, 2, 0]]),
    ("people", (), []),
    ("attribute", "  alma\n w ", "alma w"),
]

WRONG: list[tuple[str, Raw, str]] = [
    ("choice", "z", "no_choice"),
    ("choice", ("a", "b"), "no_choice"),
    ("choice", 1.0, "no_choice"),
    ("choices", ("a", "z"), "no_choice"),
    ("choices", ("a", "b", "c"), "too_many_choices"),
    ("choices", (ALICE,), "no_choice"),
    ("agreement", "6", "no_scale"),
    ("agreement", "0", "no_scale"),
    ("agreement", True, "no_scale"),
    ("agreement", 4.5, "no_scale"),
    ("agreement", "٣", "no_scale"),
    ("recommend", "11", "no_scale"),
    ("text", "x" * 4_000, "too_long"),
    ("text", " \u200b\n\u2060", "no_words"),
    ("text", 3.0, "no_words"),
    ("number", "50.6", "no_number"),
    ("number", "1.25", "no_number"),
    ("number", "1e999999999", "no_number"),
    ("number", "nan", "no_number"),
    ("number", "1_0", "no_number"),
    ("number", "١", "no_number"),
    ("number", True, "no_number"),
    ("number", float("inf"), "no_number"),
    ("date", "2026-02-30", "no_day"),
    ("date", "2025-12-31", "no_day"),
    ("date", "soon", "no_day"),
    ("people", (ALICE, ALICE), "person_twice"),
    ("people", (SOMEBODY,) * 4, "too_many_people"),
    ("people", (NamedPerson(12, "daily"),), "no_people"),
    ("people", (NamedPerson(-1),), "no_people"),
    ("people", ("12",), "no_people"),
    ("attribute", "x" * 61, "too_long"),
]


@pytest.mark.parametrize(("kind", "raw", "stored"), GOOD)
def test_answer_is_stored_as_a_small_value(kind: str, raw: Raw, stored: object) -> None:
    found = question(kind).accept(raw)

    assert found == stored
    assert type(found) is type(stored)
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(("kind", "raw", "fault"), WRONG)
def test_what_is_no_answer_is_refused_with_a_sentence_in_each_language(kind: str, raw: Raw, fault: str) -> None:
    with pytest.raises(WrongAnswerError) as caught:
        question(kind).accept(raw)

    assert caught.value.fault == fault
    for tag in LANGUAGES:
        sentence = caught.value.sentence(Words(tag))
        assert sentence
        assert "{" not in sentence
    if isinstance(raw, str) and len(raw) > 2:
        assert raw not in caught.value.sentence(Words("en"))


@pytest.mark.parametrize("kind", kinds())
def test_nobody_has_to_answer(kind: str) -> None:
    one = question(kind)
    column = one.column([None, NOT_REACHED])

    assert one.accept(None) is None
    assert column.state.tolist() == [State.DECLINED, State.NOT_REACHED]
    assert one.kind.chosen(one.shape, None) is None


def test_columns_hold_what_was_answered() -> None:
    chosen = question("choice").column(["c", None, "a"])
    several = question("choices").column([["a", "c"], NOT_REACHED, []])
    agreed = question("agreement").column([5, 1, NOT_REACHED])
    number = question("number").column([7.5, None, 2])
    day = question("date").column(["1970-01-03", None])
    people = question("people").column([[[12, 3, 0, 1], [0, 0, 2, 0]], None, [[7, 1, 1, 1]], []])
    handle = question("attribute").column(["Bela", None, "alma", "bela"])
    written = question("text").column(["so", None])

    assert isinstance(chosen, Coded)
    assert (chosen.given.tolist(), chosen.codes) == ([2, 0], (0, 1, 2))
    assert isinstance(several, Several)
    assert several.given.tolist() == [[True, False, True], [False, False, False]]
    assert isinstance(agreed, Coded)
    assert (agreed.given.tolist(), agreed.codes) == ([5, 1], (1, 2, 3, 4, 5))
    assert isinstance(number, Measured)
    assert number.given.tolist() == [7.5, 2.0]
    assert isinstance(day, Measured)
    assert day.given.tolist() == [2.0]
    assert isinstance(people, Named)
    assert people.respondent.tolist() == [0, 0, 2]
    assert people.person.tolist() == [12, SOMEONE_ELSE, 7]
    assert people.ties.tolist() == [[3, 0, 1], [0, 2, 0], [1, 1, 1]]
    assert people.state.tolist() == [State.ANSWERED, State.DECLINED, State.ANSWERED, State.ANSWERED]
    assert isinstance(handle, Coded)
    assert (handle.given.tolist(), handle.codes) == ([1, 0, 1], (0, 1))
    assert isinstance(written, Written)


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        ("choice", ["a"] * 6 + ["b"] * 8),
        ("choices", [["a"]] * 6 + [["b", "c"]] * 8),
        ("agreement", [1, 2, 3, 4, 5] * 5),
        ("recommend", [0, 7, 10] * 5),
        ("number", list(range(12))),
        ("date", ["2026-01-01", "2026-02-01"] * 6),
        ("attribute", ["x"] * 6 + ["Y"] * 7),
    ],
)
def test_figures_are_shown_of_enough_people_and_of_no_fewer(kind: str, answers: list[Any]) -> None:
    one = question(kind)
    few = one.kind.published(one.column(answers[:4]))
    found = one.kind.published(one.column(answers))

    assert few is None or few == NOTHING
    assert found is not None
    assert found.n == len(answers)


@pytest.mark.parametrize(("kind", "answer"), [("text", "so"), ("people", [[3, 1, 1, 1]])])
def test_words_and_people_have_no_figures(kind: str, answer: Any) -> None:
    one = question(kind)

    assert one.kind.published(one.column([answer] * 50)) is None


def test_skip_rules_know_the_codes_of_what_was_chosen() -> None:
    several, agreed, text = question("choices"), question("agreement"), question("text")

    assert several.kind.chosen(several.shape, ["a", "c"]) == frozenset({0, 2})
    assert agreed.kind.chosen(agreed.shape, 4) == frozenset({4})
    assert text.kind.chosen(text.shape, "4") == frozenset()


def test_what_tells_who_somebody_is_is_not_asked_in_anonymous_surveys() -> None:
    assert {name for name, one in kinds().items() if Mode.ANONYMOUS not in one.modes} == {"text", "people", "attribute"}
    assert all(one.unfit for one in kinds().values() if set(one.modes) != set(Mode))


@pytest.mark.parametrize("kind", kinds())
def test_every_type_of_question_fits_on_each_platform_and_takes_its_time(kind: str) -> None:
    one = question(kind)

    assert list(too_much(one.kind.needs(one.shape), LIMITS)) == []
    assert list(one.kind.problems(one.shape)) == []
    assert 1 < one.seconds < 60


ANYTHING = (
    st.text(max_size=20)
    | st.floats()
    | st.booleans()
    | st.lists(st.text(max_size=3)).map(tuple)
    | st.lists(st.builds(NamedPerson, st.none() | st.integers(), st.sampled_from(["", "often", "x"]))).map(tuple)
    | st.sampled_from([raw for _, raw, _ in GOOD])
)


@given(st.sampled_from(sorted(kinds())), ANYTHING)
def test_anything_is_stored_and_made_a_column_or_refused(kind: str, raw: Raw) -> None:
    one = question(kind)
    try:
        stored = one.accept(raw)
    except WrongAnswerError:
        return
    assert one.column([stored]).state.tolist() == [State.ANSWERED]
    assert one.accept(None) is None

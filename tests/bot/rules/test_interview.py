"""`cairn rules new`: whatever is answered, a valid file comes out, or one sentence names the question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InputError
from bot.rules import new_rules, parse_rules
from bot.rules.asking import MOST_TRIES
from scoring.mountain import Mountain, Touch
from scoring.signals import Kind

CHANNELS = ["general", "help-python", "[ask] *us*"]
PROGRAMMES = ["Open Seeds", "Sprint [2018]", "on", "#1: yes"]


class Answers:
    """Answers questions by a word in them, else with the default; remembers all questions with what was offered."""

    def __init__(self, **by_word: str) -> None:
        self.by_word = by_word
        self.asked: list[tuple[str, tuple[str, ...], str]] = []

    def __call__(self, question: str, choices: Sequence[str] = (), default: str = "") -> str:
        self.asked.append((question, tuple(choices), default))
        return next((answer for word, answer in self.by_word.items() if word in question), default)


def made(answers: Callable[..., str], channels: Sequence[str] = (), programmes: Sequence[str] = ()) -> Mountain:
    return parse_rules(new_rules(answers, channels, programmes), "new.yaml")


def test_seven_questions_of_the_source_are_asked_in_its_order() -> None:
    answers = Answers()

    new_rules(answers)

    asked = " ".join(question for question, _, _ in answers.asked)
    heads = ["What do we do", "How do people engage", "How do you band", "What does your Mountain look like"]
    heads += ["How do you make it useful", "Where do you focus", "What do you do with the data"]
    assert sorted(heads, key=asked.index) == heads


def test_defaults_give_the_five_bands_with_focus_on_the_upper_three() -> None:
    mountain = made(Answers())

    assert [band.name for band in mountain.bands] == [
        "Learning",
        "Endorsing",
        "Participating",
        "Collaborating",
        "Leading",
    ]
    assert [band.focus for band in mountain.bands] == [False, False, True, True, True]
    assert [(step.leads_to, step.without_role) for step in mountain.steps] == [
        ("Collaborating", "mentor"),
        ("Leading", "organizer"),
    ]


def test_known_channels_and_programmes_are_offered_and_filled_in() -> None:
    answers = Answers()

    mountain = made(answers, CHANNELS, PROGRAMMES)

    offered = {choices for _, choices, _ in answers.asked}
    assert {tuple(CHANNELS), tuple(PROGRAMMES)} <= offered
    helped = next(one for one in mountain.types if one.name == "helped")
    assert helped.when.to_others
    assert helped.different_people
    assert [place for place in ("help-python", "[ask] *us*", "general") if _fits(place, helped.when.places)] == [
        "help-python",
        "[ask] *us*",
    ]
    mentor = next(one for one in mountain.types if one.name == "as mentor")
    assert [name for name in PROGRAMMES if _fits(name, mentor.when.programmes)] == PROGRAMMES


def _fits(text: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(text, pattern) for pattern in patterns)


def test_names_that_no_list_with_commas_can_hold_are_not_offered() -> None:
    answers = Answers()

    new_rules(answers, ["a, b", "x" * 200, "line\nbreak", "ok"], ["also, this"])

    assert [choices for question, choices, _ in answers.asked if "channels" in question] == [("ok",)]


def test_answers_of_one_s_own_are_taken_over() -> None:
    answers = Answers(
        community='Café "Zwölf": a # b',
        programmes="Reading circle",
        engage="reader, host",
        bands="Low, High",
        reader="Low",
        data="Nothing: at all # really",
        declare="town, Gender",
        days="730",
    )
    mountain = made(answers)

    assert mountain.name == 'Café "Zwölf": a # b'
    assert [(band.name, band.touch) for band in mountain.bands] == [("Low", Touch.LOW), ("High", Touch.HIGH)]
    assert (mountain.groups, mountain.sensitive) == (("town", "Gender"), ("Gender",))
    assert mountain.window == 730
    assert [one.when.programmes for one in mountain.types if one.when.roles] == [("Reading circle",)] * 2


def test_dash_stands_for_none() -> None:
    mountain = made(Answers(programmes="-", channels="-", declare="-", invite="-"), CHANNELS, PROGRAMMES)

    assert mountain.groups == ()
    assert mountain.steps == ()
    assert not any(one.when.places or one.when.programmes for one in mountain.types)


def test_chat_counts_only_where_touch_is_low() -> None:
    mountain = made(Answers(), CHANNELS[:1])

    chat = {Kind.MESSAGE, Kind.REPLY, Kind.REACTION}
    assert {mountain.bands[one.band].touch for one in mountain.types if set(one.when.kinds) & chat} == {Touch.LOW}


def test_unusable_answer_is_asked_again_with_the_reason() -> None:
    answers = Answers()
    tries = iter(["hi", "Low", "high"])

    def ask(question: str, choices: Sequence[str] = (), default: str = "") -> str:
        answered = answers(question, choices, default)
        return next(tries, answered) if "relationship in Learning" in question else answered

    assert made(ask).bands[0].touch is Touch.LOW
    again = [question for question, _, _ in answers.asked if "relationship in Learning" in question]
    assert again[1].startswith("'hi' is not one of the choices; allowed: low, high; did you mean 'high'?\nWhat does")


def test_question_without_a_usable_answer_ends_in_one_sentence() -> None:
    answers = Answers(days="soon")

    with pytest.raises(
        InputError, match=r"the question 'For how many days .*' got no usable answer in 5 tries: 'soon'"
    ):
        new_rules(answers)

    assert sum("days" in question for question, _, _ in answers.asked) == MOST_TRIES


def outcome(ask: Callable[..., str], channels: Sequence[str], programmes: Sequence[str]) -> str:
    try:
        made(ask, channels, programmes)
    except InputError as error:
        return "unanswered" if "got no usable answer" in str(error) else str(error)
    return "made"


WORDS = st.text(max_size=12) | st.sampled_from(
    ["null", "yes", "a, b", "a, A", "-", "*", "low", "high", "5", "Learning"]
)


@given(st.data())
def test_any_answers_give_a_valid_file_or_one_sentence(data: st.DataObject) -> None:
    def ask(question: str, choices: Sequence[str] = (), default: str = "") -> str:
        offered = [default, *choices] if choices else [default]
        return data.draw(st.sampled_from(offered) | WORDS)

    names = st.lists(st.text(max_size=60), max_size=3)
    assert outcome(ask, data.draw(names), data.draw(names)) in ("made", "unanswered")

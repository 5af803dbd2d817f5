"""Survey files: what is right is read, what is wrong is named, with its line and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.__main__ import run
from bot.errors import InputError
from bot.language import LANGUAGES, Words
from bot.surveys.reading import parse_survey
from bot.surveys.ready import ready
from bot.surveys.registry import kinds
from bot.surveys.survey import told
from integrations.limits import LIMITS

SMALL = """\
name: small
title: Small
purpose: To try it.
seconds: 20
mode: named
questions:
  - name: first
    type: choice
    ask: Which one?
    choices:
      - {name: a, title: A}
      - {name: b, title: B}
      - {name: c, title: C}
  - name: second
    type: agreement
    ask: I agree.
  - name: third
    type: text
    ask: Anything else?
"""


def said(text: str) -> list[str]:
    """Return what is wrong with a file."""
    try:
        parse_survey(text, "s.yaml", LIMITS)
    except InputError as error:
        return str(error).splitlines()
    return []


def with_skips(first: str = "", second: str = "", third: str = "") -> str:
    """Return the small file with skip rules."""
    found = SMALL
    for after, rules in (("{name: c, title: C}\n", first), ("I agree.\n", second), ("Anything else?\n", third)):
        found = found.replace(after, f"{after}    skip: {rules}\n" if rules else after)
    return found


def choices(n: int, kind: str, more: str = "") -> str:
    """Return a file with one question of so many choices."""
    listed = "".join(f"      - {{name: c{k}, title: C{k}}}\n" for k in range(n))
    head = SMALL.split("questions:")[0].replace("20", "10")
    return f"{head}questions:\n  - name: q\n    type: {kind}\n    ask: Which?\n{more}    choices:\n{listed}"


def test_small_file_is_read() -> None:
    survey = parse_survey(SMALL, "s.yaml", LIMITS)

    assert [one.name for one in survey.questions] == ["first", "second", "third"]
    assert survey.settings.keep == 365
    assert len(survey.version) == 12


def test_version_stays_where_only_layout_and_defaults_differ() -> None:
    same = SMALL.replace("mode: named", "# who sees what\nmode:   'named'\nkeep: 12 months\nlive: false")
    other = SMALL.replace("I agree.", "I agree fully.")

    assert parse_survey(same, "s.yaml", LIMITS).version == parse_survey(SMALL, "s.yaml", LIMITS).version
    assert parse_survey(other, "s.yaml", LIMITS).version != parse_survey(SMALL, "s.yaml", LIMITS).version


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (SMALL.replace("type: text", "type: txt"), ["s.yaml:18: questions[2].type", "'txt'", "did you mean 'text'?"]),
        (SMALL.replace("    type: text\n", ""), ["s.yaml:17: questions[2]", "`type` is missing", "agreement"]),
        (SMALL.split("questions:")[0], ["questions: nothing was found", "one question or more"]),
        (SMALL.split("questions:")[0] + "questions: []\n", ["s.yaml:6", "one question or more"]),
        (SMALL.split("questions:")[0] + "questions:\n  - why\n", ["s.yaml:7", "'why'", "a question was expected"]),
        (choices(11, "choices"), ["[0].choices", "12 choices", "boxes to tick has at most 10", "Discord and Slack"]),
        (choices(10, "choice", "    look: radio\n"), ["11 choices", "radio buttons has at most 10", "look: list"]),
        (choices(25, "choice"), ["26 choices", "a list has at most 25 on Discord;"]),
        (choices(1, "choice"), ["there are 1 choices; allowed: 2 or more"]),
        (choices(3, "choices", "    most: 4\n"), ["there are only 3 choices"]),
        (choices(3, "choices", "    look: buttons\n"), ["questions[0].look", "allowed here: ticks, list"]),
        (choices(3, "choice").replace("name: c2", "name: c1"), ["the name 'c1' is taken"]),
        (SMALL.replace("I agree.", "I agree " + "very " * 9 + "much."), ["58 characters", "45 on Discord", "`label`"]),
        (SMALL.replace("title: A}", "title: " + "A" * 76 + "}"), ["76 characters", "a choice has at most 75 on Slack"]),
        (SMALL.replace("title: Small", "title: " + "S" * 25), ["s.yaml:2: title", "at most 24 on Slack"]),
        (with_skips(second="[{to: first}]"), ["s.yaml:7", "in a circle: first -> second -> first"]),
        (with_skips(third="[{to: third}]"), ["in a circle: third -> third"]),
        (with_skips("[{to: third}]"), ["questions[1]", "no way leads to this question"]),
        (with_skips("[{after: z, to: third}]"), ["s.yaml:14: questions[0].skip[0].after", "'z'", "a, b, c, declined"]),
        (with_skips("[{after: a, to: thrid}]"), ["skip[0].to", "did you mean 'third'?"]),
        (with_skips("[{after: a, to: third}, {after: a, to: end}]"), ["skip[1]", "never holds"]),
        (SMALL.replace("name: third", "name: first"), ["the name 'first' is taken"]),
        (SMALL.replace("name: third", "name: end"), ["'end'", "a meaning of its own"]),
        (SMALL.replace("seconds: 20", "seconds: 5"), ["s.yaml:4: seconds: 5 was found", "about 20"]),
        (SMALL.replace("mode: named", "mode: secret"), ["s.yaml:5: mode", "named, confidential, anonymous"]),
        (SMALL.replace("mode: named", "mode: anonymous"), ["[2].type", "never shown from an anonymous survey"]),
        (SMALL + "points: 5\n", ["no field 'points'", "points come from the Mountain"]),
        (SMALL + "audiance: {}\n", ["no field 'audiance'", "did you mean 'audience'?"]),
        (SMALL + "audience: {band: x}\n", ["audience.band", "did you mean 'bands'?"]),
        (SMALL + "keep: 2 years\n", ["keep", "'2 years'", "up to 365 days"]),
        (SMALL + "reminders: 3\n", ["reminders", "a whole number from 0 to 2"]),
        (SMALL + "schedule: {every: week, at_step: Host}\n", ["schedule", "exactly one of"]),
        (SMALL + "schedule: {every: month, weekday: monday}\n", ["schedule.weekday", "`every: week` only"]),
        (SMALL.replace("ask: I agree.", "ask: I agree.\n    marked: alignmnt"), ["did you mean 'alignment'?"]),
        (SMALL.replace("ask: Anything else?", "ask: Anything else?\n    marked: pulse"), ["no field 'marked'"]),
        (choices(3, "attribute").replace("ask:", "attribute: gender\n    ask:"), ["nobody's business", "anonymous"]),
        (
            SMALL.replace("I agree.", "{en: I agree., de: Stimmt.}").replace("title: Small", "title: {en: Small}"),
            ["s.yaml:2: title", "there is no text in de"],
        ),
        (
            SMALL.replace("I agree.", "{en: I agree, mostly, de: Stimmt}"),
            ["s.yaml:16", "a comma ends a text", "quotes"],
        ),
        ("- a\n- b\n", ["`name:` and `questions:`"]),
        (SMALL + "x: &a 1\n", ["an anchor"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_named(text: str, wanted: list[str]) -> None:
    lines = said(text)

    assert [one for one in lines if all(part in one for part in wanted)], lines


def test_all_that_is_wrong_is_named_at_once() -> None:
    text = (
        SMALL.replace("mode: named", "mode: secret").replace("type: text", "type: txt").replace("title: A", "titel: A")
    )

    assert len(said(text)) == 4


def test_skip_rules_lead_the_way_and_answers_off_it_do_not_count() -> None:
    survey = parse_survey(with_skips("[{after: [a, declined], to: end}, {after: b, to: third}]"), "s.yaml", LIMITS)

    assert [one.name for one in survey.route({"first": "b"})] == ["first", "third"]
    assert [one.name for one in survey.route({"first": None, "second": 3})] == ["first"]
    assert [one.name for one in survey.route({"first": "c", "second": 3, "third": None})] == [
        "first",
        "second",
        "third",
    ]
    assert (survey.progress({}).fewest_left, survey.progress({}).most_left) == (1, 3)


@pytest.mark.parametrize("name", ready())
def test_ready_survey_is_whole_in_each_language_and_fits_on_each_platform(name: str) -> None:
    file = ready()[name]
    survey = parse_survey(file.read_text("utf-8"), name, LIMITS)
    texts = [survey.settings.title, survey.settings.purpose, survey.settings.thanks]
    texts += [one.shape.ask for one in survey.questions]

    assert survey.settings.name == name
    assert all(isinstance(text, dict) and set(text) == set(LANGUAGES) for text in texts)
    for tag in LANGUAGES:
        assert survey.first_line(Words(tag))
        assert len({told(text, Words(tag)) for text in texts}) == len(texts)


def test_there_are_eight_ready_surveys_that_use_every_mode_and_feed_alignment_and_pulse() -> None:
    surveys = {name: parse_survey(file.read_text("utf-8"), name, LIMITS) for name, file in ready().items()}
    names = "after-convening alignment exit network newcomer pulse stuck value"

    assert sorted(surveys) == names.split()
    assert {one.settings.mode for one in surveys.values()} == {"named", "confidential", "anonymous"}
    assert {one.mark for survey in surveys.values() for one in survey.questions} >= {"alignment", "pulse"}
    assert len(surveys["pulse"].questions) == 1
    assert [one.kind.name for one in surveys["network"].questions] == ["people", "agreement", "agreement"]
    used = {one.kind.name for survey in surveys.values() for one in survey.questions}
    assert used == set(kinds()) - {"date"}


def test_command_line_checks_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(SMALL, "utf-8")
    bad.write_text(SMALL.replace("type: text", "type: txt"), "utf-8")

    assert run(["survey", "check", str(good)]) == 0
    shown = capsys.readouterr().out
    assert "holds together" in shown
    assert "The team sees who answered what." in shown
    assert run(["survey", "check", str(good), "--json"]) == 0
    assert '"valid": true' in capsys.readouterr().out
    for file, part in ((bad, "bad.yaml:18:"), (tmp_path / "none.yaml", "there is no such file")):
        assert run(["survey", "check", str(file)]) == 1
        assert part in capsys.readouterr().err


READY = [SMALL, ready()["newcomer"].read_text("utf-8")]
PIECES = [
    "&a ",
    "---\n",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "|\n",
    "'",
    '"',
    "#",
    "~",
    "-1",
    "\n",
    "  ",
    "end",
    "declined",
    "\x85",
]


@settings(max_examples=50)
@given(st.sampled_from(READY), st.data())
def test_any_changed_place_is_read_or_refused(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 12))
        text = text[:at] + data.draw(st.sampled_from(PIECES) | st.text(max_size=5)) + text[at + gone :]

    assert all(line.startswith("s.yaml:") for line in said(text))


FIELDS = st.sampled_from(
    ["name", "type", "ask", "choices", "skip", "to", "after", "mode", "questions", "seconds", "schedule"]
)
SCALARS = st.none() | st.integers() | st.text(max_size=9) | st.sampled_from(sorted(kinds()))
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=50)
@given(st.dictionaries(FIELDS, TREES, max_size=5))
def test_any_value_in_any_field_is_read_or_refused(tree: dict[str, object]) -> None:
    assert all(line.startswith("s.yaml:") for line in said(repr(tree)))

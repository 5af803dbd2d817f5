"""Files that are no rules file at all end in one sentence; what can be read safely is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.errors import InputError
from bot.rules import canonical, parse_rules, read_rules, version
from scoring.mountain import Band, Conditions, Credit, EngagementType, Multiplier, Step, Touch
from scoring.signals import Kind
from tests.bot.rules.small_rules import SMALL, changed, problems


def test_small_file_becomes_a_mountain() -> None:
    mountain = parse_rules(SMALL, "m.yaml")

    assert mountain.bands == (
        Band("Following", Touch.LOW, 1000, "", "", focus=False),
        Band("Taking part", Touch.HIGH, 5000, "", "", focus=True),
    )
    assert mountain.types == (
        EngagementType("mentored", "mentored", 1, Conditions((Kind.PARTICIPATION,), roles=("mentor",)), (0, 5000)),
        EngagementType("wrote", "wrote", 0, Conditions((Kind.MESSAGE,)), (0, 1000)),
    )
    assert mountain.multipliers == (Multiplier("far away", 200, "country", ("Peru",), "", 20454, 20818),)
    assert mountain.steps == (Step("come", "come", 0, 3000, leads_to="Taking part"),)
    assert (mountain.window, mountain.multiplier_cap) == (365, 300)
    assert (mountain.groups, mountain.sensitive) == (("country", "gender"), ("gender",))


def test_every_field_of_an_engagement_is_taken_over() -> None:
    text = changed(
        "    when: {kind: message}\n    points: 1\n",
        "    title: was thanked\n    when: {kind: thanks, place: '*', programme: [a, b], cohort: 5, to_others: yes}\n"
        "    credit: receiver\n    different_people: true\n    curve: [0.5, 1]\n",
    )

    one = parse_rules(text, "m.yaml").types[1]

    asked = Conditions((Kind.THANKS,), ("*",), ("a", "b"), ("5",), (), None, to_others=True)
    assert one == EngagementType("wrote", "was thanked", 0, asked, (0, 500, 1000), 0, True, 0, Credit.RECEIVER)


def test_plain_words_and_numbers_stay_what_they_are_as_names() -> None:
    mountain = parse_rules(changed("[Peru]", "[no, 007, 1e3, 2026-01-01]"), "m.yaml")

    assert mountain.multipliers[0].values == ("no", "007", "1e3", "2026-01-01")


def test_fields_without_a_value_count_as_not_written() -> None:
    assert problems(SMALL[: SMALL.index("multipliers:")] + "multipliers:\nsteps: ~\nwindow: null\n") == []


NOT_YAML = {
    "nothing": ("", "m.yaml:1: nothing was found; a rules file begins with fields such as `name:` and `bands:`"),
    "a comment": ("# here\n", "m.yaml:"),
    "a word": ("word", "m.yaml:1: 'word' was found; a rules file begins with fields"),
    "a list": ("- 1\n- 2\n", "m.yaml:3: a list of 2 was found; a rules file begins with fields"),
    "an open bracket": ("name: [\n", "m.yaml:2: this is not valid YAML: "),
    "a tab": ("name:\n\t- 1", "m.yaml:2: this is not valid YAML: "),
    "a control character": ("name: \x07", "m.yaml:1: this is not valid YAML: "),
    "two documents": ("a: 1\n---\nb: 1\n", "m.yaml:2: a second document (---) was found; a rules file holds one"),
    "a directive cut off": ("%YAML 1.", "m.yaml:1: this is not valid YAML"),
    "an anchor": ("name: &a x\n", "m.yaml:1: an anchor (&) or alias (*) was found; rules have none"),
    "an alias": ("name: *help*\n", "m.yaml:1: an anchor (&) or alias (*) was found; rules have none"),
    "a tag": ("name: !!python/name:os.system\n", "m.yaml:1: a tag (!) was found; rules have none"),
    "a key that is a list": ("? [a]\n: 1\n", "m.yaml:1: a list or group stands where the name of a field was expected"),
    "depth": ("[" * 10_000, "m.yaml:1: the nesting is deeper than 12 levels"),
    "block depth": ("\n".join(" " * n + "a:" for n in range(500)), "m.yaml:13: the nesting is deeper than 12 levels"),
    "very many values": ("a: [" + "1," * 30_000 + "]", "m.yaml:1: there are more than 20,000 values"),
    "very long": ("a: " + "x" * 1_000_001, "m.yaml: the text is longer than 1 MB"),
}


@pytest.mark.parametrize("name", NOT_YAML)
def test_text_that_is_no_rules_file_ends_in_one_sentence(name: str) -> None:
    text, sentence = NOT_YAML[name]

    found = problems(text)

    assert len(found) == 1
    assert found[0].startswith(sentence)


def test_billion_laughs_ends_at_its_first_anchor() -> None:
    lines = ["a0: &a0 [ha, ha]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]

    assert problems("\n".join(lines))[0].startswith("m.yaml:1: an anchor")


def test_field_that_stands_twice_is_named_with_both_lines() -> None:
    found = problems(changed("name: Small\n", "name: Small\nname: Large\n"))

    assert found == ["m.yaml:1: the file: the field 'name' stands here twice (lines 1 and 2); keep one"]


@pytest.mark.parametrize("missing", ["nowhere.yaml", "no/where.yaml", "x" * 300, "nul\0.yaml"])
def test_missing_file_is_said(tmp_path: Path, missing: str) -> None:
    with pytest.raises(InputError, match=r"there is no such file|cannot be read"):
        read_rules(tmp_path / missing)


def test_folder_is_no_rules_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="this is a folder; a rules file"):
        read_rules(tmp_path)


def test_pipe_is_no_rules_file_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(InputError, match="no ordinary file"):
        read_rules(tmp_path / "pipe")


BYTES = {
    "binary": (b"\x89PNG\r\n\x1a\n\0\0", "this is a binary file"),
    "Latin-1": ("name: x\nhost: Jos\xe9\n".encode("latin-1"), r":2: this is not UTF-8 text"),
    "UTF-16": ("name: x".encode("utf-16"), "binary file|not UTF-8"),
    "large": (b"#" * 1_000_001, "larger than 1 MB"),
}


@pytest.mark.parametrize("name", BYTES)
def test_bytes_that_are_no_text_end_in_one_sentence(tmp_path: Path, name: str) -> None:
    raw, sentence = BYTES[name]
    (tmp_path / "m.yaml").write_bytes(raw)

    with pytest.raises(InputError, match=sentence):
        read_rules(tmp_path / "m.yaml")


@pytest.mark.parametrize("raw", [b"\xef\xbb\xbf" + SMALL.encode(), SMALL.replace("\n", "\r\n").encode()])
def test_byte_order_mark_and_windows_lines_are_read(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "m.yaml").write_bytes(raw)

    assert read_rules(tmp_path / "m.yaml") == parse_rules(SMALL, "m.yaml")


SAME = {
    "comments": changed("name: Small\n", "# here\nname: Small # there\n\n"),
    "order of fields": changed("name: Small\n", "") + "name: Small\n",
    "spelling of numbers": changed("points: 5\n", "points: 5.00\n"),
    "a default": SMALL + "window: 365\nmultiplier_cap: 3.0\n",
    "a list of one": changed("kind: message", "kind: [message]"),
    "quotes": changed("name: wrote", 'name: "wrote"'),
}


@pytest.mark.parametrize("name", SAME)
def test_version_stays_when_only_the_writing_changes(name: str) -> None:
    assert version(SAME[name]) == version(SMALL)
    assert parse_rules(SAME[name], "m.yaml") == parse_rules(SMALL, "m.yaml")


OTHER = [
    changed("name: Small", "name: small"),
    changed("points: 5\n", "points: 5.001\n"),
    changed("2026-12-31", "2026-12-30"),
    SMALL + "window: 364\n",
]


@pytest.mark.parametrize("text", OTHER)
def test_version_changes_with_what_the_rules_say(text: str) -> None:
    assert version(text) != version(SMALL)


def test_version_is_in_the_mountain_and_short() -> None:
    mountain = parse_rules(SMALL, "m.yaml")

    assert mountain.version == version(SMALL) == "bf74767f0604"
    assert canonical(SMALL).startswith('{"bands":[{"entry":1,"name":"Following","touch":"low"},')

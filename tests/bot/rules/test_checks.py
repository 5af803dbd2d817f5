"""What is wrong with a rules file is said in full: where, what was found, what is allowed, and the nearest name."""

from __future__ import annotations

import pytest

from tests.bot.rules.small_rules import SMALL, changed, problems


def test_valid_file_has_no_problems() -> None:
    assert problems(SMALL) == []


def test_everything_wrong_is_said_at_once_in_the_order_of_the_file() -> None:
    text = (
        changed("entry: 1}", "entry: twelve}")
        .replace("kind: message", "kind: mesage")
        .replace("Peru", "Peru, x")
        .replace("times: 2", "times: -2")
        .replace("points: 3", "points: 3, leeds_to: Taking part")
    )

    assert [line.split(": ")[0:2] for line in problems(text)] == [
        ["m.yaml:5", "bands[0].entry"],
        ["m.yaml:14", "engagements[1].when.kind[0]"],
        ["m.yaml:17", "multipliers[0].times"],
        ["m.yaml:19", "steps[0].leeds_to"],
    ]


def test_broken_band_still_counts_as_a_name_to_refer_to() -> None:
    assert len(problems(changed("{name: Following, touch: low", "{name: Following, touch: lo"))) == 1


ONE_PROBLEM = {
    "unknown kind": (
        ("kind: message", "kind: mesage"),
        "m.yaml:14: engagements[1].when.kind[0]: 'mesage' is not a kind of signal; allowed: message, reply, mention, "
        "reaction, thread, join, leave, stay, rsvp, attendance, poll_vote, survey_answer, thanks, role, participation, "
        "logged, moderation; did you mean 'message'?",
    ),
    "unknown field": (
        ("name: Small", "name: Small\nbnads: []"),
        "m.yaml:2: bnads: there is no field 'bnads' here; allowed: name, window, groups, sensitive, bands, "
        "engagements, multipliers, multiplier_cap, steps; did you mean 'bands'?",
    ),
    "unknown band": (
        ("band: Taking part", "band: taking prt"),
        "m.yaml:9: engagements[0].band: 'taking prt' is not a band of this file; allowed: Following, Taking part; "
        "did you mean 'Taking part'?",
    ),
    "missing field": (
        ("{name: Following, touch: low, entry: 1}", "{name: Following, touch: low}"),
        "m.yaml:5: bands[0]: the field `entry` is missing; allowed: name, title, touch, entry, gives, gets, focus",
    ),
    "empty field": (
        ("    points: 1\n", "    points:\n"),
        "m.yaml:12: engagements[1]: there is neither `points` nor `curve`; one of them says what it gives",
    ),
    "word for a number": (
        ("points: 3", "points: three"),
        "m.yaml:19: steps[0].points: 'three' was found; allowed: a number from 0.001 to 1,000,000 with at "
        "most 3 decimals",
    ),
    "unknown touch": (
        ("touch: low", "touch: lowish"),
        "m.yaml:5: bands[0].touch: 'lowish' is not a touch; allowed: low, high; did you mean 'low'?",
    ),
    "group for a list": (
        ("[country, gender]\nsensitive: [gender]", "{country: 1}"),
        "m.yaml:2: groups: a group of fields was found; a list was expected; begin each item with a dash (-)",
    ),
    "text for a band": (
        ("bands:\n", "bands:\n  - Following\n"),
        "m.yaml:5: bands[0]: 'Following' was found; a group of fields was expected; "
        "allowed: name, title, touch, entry, gives, gets, focus",
    ),
    "protected trait scored": (
        ("group: country", "group: gender"),
        "m.yaml:17: multipliers[0].group: 'gender': rules never score who people are",
    ),
    "protected trait as a condition": (
        ("role: mentor", "ethnicity: x"),
        "m.yaml:10: engagements[0].when.ethnicity: 'ethnicity': rules never score who people are",
    ),
    "protected trait not marked": (
        ("[country, gender]", "[country, gender, Age group]"),
        "m.yaml:2: groups[2]: 'Age group': rules never score who people are",
    ),
    "sensitive group scored": (
        ("sensitive: [gender]", "sensitive: [gender, country]"),
        "m.yaml:17: multipliers[0].group: 'country' is marked `sensitive`: it can be reported, never scored",
    ),
    "undeclared group scored": (
        ("group: country", "group: contry"),
        "m.yaml:17: multipliers[0].group: 'contry' is not one of the declared `groups`; allowed: country, gender; "
        "did you mean 'country'?",
    ),
    "sensitive group undeclared": (
        ("sensitive: [gender]", "sensitive: [gender, town]"),
        "m.yaml:3: sensitive[1]: 'town' is not one of the declared `groups`",
    ),
    "multiplier for nobody": (
        ("group: country, values: [Peru], ", ""),
        "m.yaml:17: multipliers[0]: exactly one of `group` (with `values`) and `programme` says for whom it holds",
    ),
    "multiplier for both": (
        ("group: country", "programme: Sprint, group: country"),
        "m.yaml:17: multipliers[0]: exactly one of",
    ),
    "multiplier without values": (("values: [Peru], ", ""), "m.yaml:17: multipliers[0]: the field `values` is missing"),
    "multiplier that ends first": (
        ("to: 2026-12-31", "to: 2025-12-31"),
        "m.yaml:17: multipliers[0].to: 2025-12-31 is before it begins; allowed: 2026-01-01 or later",
    ),
    "multiplier above the cap": (
        ("times: 2", "times: 4"),
        "m.yaml:17: multipliers[0].times: 4 is above `multiplier_cap` (3); allowed: at most that",
    ),
    "multiplier with three decimals": (
        ("times: 2", "times: 1.125"),
        "m.yaml:17: multipliers[0].times: '1.125' was found; allowed: a number from 1 to 100 with at most 2 decimals",
    ),
    "day that does not exist": (
        ("to: 2026-12-31", "to: 2026-02-30"),
        "m.yaml:17: multipliers[0].to: '2026-02-30' was found; allowed: a day written like 2026-01-31",
    ),
    "step for an unknown band": (
        ("band: Following, points: 3", "band: Folowing, points: 3"),
        "m.yaml:19: steps[0].band: 'Folowing' is not a band of this file",
    ),
    "step that leads down": (
        ("band: Following, points: 3", "band: Taking part, leads_to: Following, points: 3"),
        "m.yaml:19: steps[0].leads_to: a step leads up, and 'Following' is not above 'Taking part'; "
        "allowed: none; name a step",
    ),
    "step from the top": (
        ("band: Following, points: 3", "band: Taking part, points: 3"),
        "m.yaml:19: steps[0]: there is no band above 'Taking part'; `leads_to` must name the step that follows",
    ),
    "step that leads nowhere": (
        ("points: 3", "points: 3, leads_to: cme"),
        "m.yaml:19: steps[0].leads_to: 'cme' is not a band or step of this file; allowed: Following, Taking part, "
        "come; did you mean 'come'?",
    ),
    "step that leads to itself": (
        ("points: 3", "points: 3, leads_to: come"),
        "m.yaml:19: steps[0].leads_to: these steps lead in a circle: 'come' -> 'come'; let one of them lead to a band",
    ),
    "more days than the window": (
        ("points: 3", "points: 3, days: 400"),
        "m.yaml:19: steps[0].days: 400 different days do not fit the window of 365 days; allowed: at most that",
    ),
    "same name twice": (
        ("name: wrote", "name: Mentored"),
        "m.yaml:12: engagements[1].name: the name 'Mentored' is taken; each name is used once",
    ),
    "no band in focus": (
        (", focus: true", ""),
        "m.yaml:4: bands: no band has `focus: true`; at least one is needed, to say where your attention goes",
    ),
    "cap below the first": (
        ("    points: 1\n", "    points: 1\n    daily_cap: 0.5\n"),
        "m.yaml:16: engagements[1].daily_cap: the day's most (0.5) is below what the first one gives (1); "
        "allowed: 1 or more",
    ),
    "cap that takes too many": (
        ("    points: 1\n", "    points: 1\n    daily_cap: 1001\n"),
        "m.yaml:16: engagements[1].daily_cap: it takes more than 1,000 a day to reach; allowed: fewer",
    ),
    "curve beside points": (
        ("    points: 1\n", "    points: 1\n    curve: [1, 2]\n"),
        "m.yaml:16: engagements[1].curve: `curve` says it all; leave out `points`, or the curve",
    ),
    "curve that falls": (
        ("    points: 1\n", "    curve: [2, 1]\n"),
        "m.yaml:15: engagements[1].curve: a day's points go down; a curve lists the day's total, so it never falls",
    ),
    "empty curve": (
        ("    points: 1\n", "    curve: []\n"),
        "m.yaml:15: engagements[1].curve: a list of 0 was found; allowed: 1 to 1000 values",
    ),
    "receiver of a message": (
        ("    points: 1\n", "    points: 1\n    credit: receiver\n"),
        "m.yaml:16: engagements[1].credit: only thanks have a receiver to credit; it goes with `kind: thanks` alone",
    ),
    "different people of a message": (
        ("    points: 1\n", "    points: 1\n    different_people: true\n"),
        "m.yaml:16: engagements[1].different_people: `different_people` asks about another person, and message has "
        "none; allowed with: reply, mention, reaction, thanks",
    ),
    "length of a message": (
        ("    points: 1\n", "    points: 1\n    per: 30 minutes\n"),
        "m.yaml:16: engagements[1].per: only stays have a length; `per` goes with `kind: stay` alone",
    ),
    "two ways of counting": (
        ("kind: message}\n", "kind: reply}\n    cooldown: 1 minute\n    different_people: yes\n"),
        "m.yaml:16: engagements[1].different_people: `cooldown` and `different_people` do not go together; keep "
        "one of them",
    ),
    "role of a message": (
        ("kind: message", "kind: message, role: x"),
        "m.yaml:14: engagements[1].when.role: a signal of kind message has no role; leave out one of them",
    ),
    "cooldown without a unit": (
        ("    points: 1\n", "    points: 1\n    cooldown: 10\n"),
        "m.yaml:16: engagements[1].cooldown: '10' was found; allowed: `30 seconds`, `10 minutes`, `1 hour` and the "
        "like, up to 1 day",
    ),
    "engagement that never counts": (
        (
            "  - name: wrote",
            "  - {name: in all, band: Following, when: {kind: [message, reply]}, points: 1}\n  - name: wrote",
        ),
        "m.yaml:15: engagements[2].when: this never counts: 'in all' above takes all of it; put the narrower first",
    ),
    "neither yes nor no": (
        ("focus: true", "focus: perhaps"),
        "m.yaml:6: bands[1].focus: 'perhaps' was found; allowed: true or false",
    ),
}


@pytest.mark.parametrize("name", ONE_PROBLEM)
def test_problem_is_said_once_and_in_full(name: str) -> None:
    (old, new), sentence = ONE_PROBLEM[name]

    found = problems(changed(old, new))

    assert len(found) == 1, found
    assert found[0].startswith(sentence)


def test_bands_upside_down_are_refused() -> None:
    text = changed("touch: low", "touch: LOW").replace("touch: high", "touch: low").replace("touch: LOW", "touch: high")

    assert [line.split(": ")[1] for line in problems(text)] == ["bands[1].touch"]


NUMBERS = {
    "points": ("points: 1\n", "points: {}\n"),
    "entry": ("entry: 1}", "entry: {}}}"),
    "times": ("times: 2,", "times: {},"),
}


@pytest.mark.parametrize("number", ["-1", ".nan", "nan", ".inf", "-.inf", "Infinity", "1e7", "1e999999999", "9" * 6000])
@pytest.mark.parametrize("field", NUMBERS)
def test_number_out_of_bounds_is_refused(field: str, number: str) -> None:
    old, new = NUMBERS[field]

    found = problems(changed(old, new.format(number)))

    assert len(found) == 1
    assert "was found; allowed: a number from" in found[0]
    assert len(found[0]) < 250


def test_points_have_at_most_three_decimals() -> None:
    assert problems(changed("points: 5\n", "points: 4.125\n")) == []
    assert len(problems(changed("points: 5\n", "points: 4.1255\n"))) == 1
    assert len(problems(changed("points: 5\n", "points: 1e-999999999\n"))) == 1


@pytest.mark.parametrize("section", ["bands", "engagements"])
@pytest.mark.parametrize("nothing", ["", " []"])
def test_file_without_a_section_it_needs_is_refused(section: str, nothing: str) -> None:
    other = "engagements" if section == "bands" else "bands"

    found = problems(f"{section}:{nothing}\n{other}:\n  - 5\n")

    assert any(line.startswith(f"m.yaml:1: {section}: there is no ") for line in found)


def test_circle_of_steps_is_said_once() -> None:
    text = (
        SMALL
        + "  - {name: a, band: Following, points: 1, leads_to: b}\n"
        + "  - {name: b, band: Following, points: 1, leads_to: a}\n"
    )

    assert [line.split(": ", 2)[2] for line in problems(text)] == [
        "these steps lead in a circle: 'a' -> 'b' -> 'a'; let one of them lead to a band"
    ]


def test_what_is_quoted_from_a_file_is_short_and_on_one_line() -> None:
    found = problems(changed("name: Small", '"\\e[31m\\n' + "x" * 500 + '": 1'))

    assert len(found) == 1
    assert "\x1b" not in found[0]
    assert len(found[0]) < 400


def test_very_many_problems_are_counted_beyond_the_first_two_hundred() -> None:
    found = problems("bands: [" + "5, " * 3000 + "]\nengagements: []\n")

    assert len(found) == 201
    assert found[-1] == "m.yaml: and 2802 more"

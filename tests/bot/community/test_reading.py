"""A community file is read whole, and all that is wrong with it is said at once, each with its line."""

from __future__ import annotations

import pytest

from bot.errors import InputError
from bot.hearing.space_settings import ChapterRole, CohortRole
from bot.ports import Consent, Listed, SpaceSettings, Stays
from tests.bot.community.files import WHOLE, parsed

WRONG = """\
nam: Acme
zone: Europe/Berln
language: xx
consent: conted
digest: {weekday: tu, hour: 24}
spaces:
  - platform: chatt
    id: 100
  - platform: chat
    id: abc
    chanels: {}
    channels: {privat: yes, in: [a], out: ["#A"]}
    excluded_people: [Eve Smith]
    backfill: 90
    stays: nowhere
  - {platform: team, id: T1}
  - {platform: team, id: T1, roles: 5}
"""


def complaints(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        parsed(text)
    return str(caught.value).splitlines()


def test_all_that_a_file_says_reaches_its_spaces() -> None:
    file = parsed()

    first, second = (file.settings(one) for one in file.spaces)

    assert first == SpaceSettings(
        Consent.STRICT, "en-GB", "Europe/Berlin", False, Listed.of(["staff"]), Listed.of(["random", "7"]),
        Listed.of(["mods", "55"]), Listed.of(["admins"]), Listed.of(["guests"]), Listed.of(["🙏", "tada"]),
        Stays.EVERYWHERE, 365,
        chapters=(ChapterRole("Berlin", Listed.of(["berlin-team"])), ChapterRole("Köln", Listed.of(["cologne", "66"]))),
        cohorts=(
            CohortRole(Listed.of(["round-5"]), "Open Leaders", "Round 5", "participant"),
            CohortRole(Listed.of(["mentors"]), "OL", "", "mentor"),
        ),
    )  # fmt: skip
    assert second == SpaceSettings(language="en-GB", zone="Europe/Berlin")
    assert file.spaces[0].excluded_people == ("901", "902")


def test_name_alone_is_enough() -> None:
    file = parsed("name: Acme\n")

    assert (file.zone, file.consent, file.digest.weekday, file.digest.hour) == ("UTC", Consent.COUNTED, "monday", 9)


@pytest.mark.parametrize(
    ("text", "days"), [("off", 0), ("all", None), ("1 day", 1), ("12 months", 365), ("2 months", 61)]
)
def test_backfill_is_a_number_of_days(text: str, days: int | None) -> None:
    file = parsed(f"name: A\nspaces: [{{platform: chat, id: 1, backfill: {text}}}]\n")

    assert file.settings(file.spaces[0]).backfill_days == days


def test_everything_wrong_is_named_at_once_with_its_line_and_the_nearest_name() -> None:
    told = complaints(WRONG)

    assert [(int(one.split(":")[1]), one.split(": ")[1]) for one in told] == [
        (1, "nam"), (1, "the file"), (2, "zone"), (3, "language"), (4, "consent"), (5, "digest.hour"),
        (5, "digest.weekday"), (7, "spaces[0].platform"), (10, "spaces[1].id"), (11, "spaces[1].chanels"),
        (12, "spaces[1].channels.out[0]"), (12, "spaces[1].channels.privat"), (13, "spaces[1].excluded_people"),
        (14, "spaces[1].backfill"), (15, "spaces[1].stays"), (17, "spaces[3].id"), (17, "spaces[3].roles"),
    ]  # fmt: skip
    for near in ("'name'", "'Europe/Berlin'", "'counted'", "'chat'", "'channels'", "'private'"):
        assert sum(f"did you mean {near}?" in one for one in told) == 1


def test_person_who_is_not_given_by_id_is_not_repeated() -> None:
    assert "Smith" not in "\n".join(complaints(WRONG))


@pytest.mark.parametrize("text", ["", "- a\n", "name: [a", "spaces: &a []\nname: *a\n", "name: a\nname: b\n", "\0"])
def test_text_that_is_no_such_file_is_one_sentence(text: str) -> None:
    assert all(one.startswith("community.yaml:") for one in complaints(text))


@pytest.mark.parametrize("line", ["name: Acme", "  - platform: chat", "    id: 100"])
def test_file_that_lacks_a_line_it_needs_is_refused_in_plain_words(line: str) -> None:
    assert all(one.startswith("community.yaml:") for one in complaints(WHOLE.replace(line + "\n", "", 1)))


@pytest.mark.parametrize("line", [one for one in WHOLE.splitlines() if one.startswith("    ") and "id:" not in one])
def test_file_can_do_without_any_other_line_of_a_space(line: str) -> None:
    assert parsed(WHOLE.replace(line + "\n", "", 1)).spaces[0].id == "100"


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ("chapters: [Berlin]", "chapters with their roles were expected"),
        ("chapters: {Berlin: a, berlin: b}", "'berlin' stands here twice"),
        ("chapters: {Berlin: []}", "chapters.Berlin: nothing stands here; at least one was expected"),
        ("cohorts: [{role: a}]", "the field `programme` is missing; allowed: role, programme, cohort, as"),
        ("cohorts: [{role: [], programme: P}]", "cohorts[0].role: nothing stands here"),
        ("cohorts: [{role: a, programme: P, part: mentor}]", "there is no field 'part' here"),
    ],
)
def test_role_that_stands_for_nothing_is_refused_with_its_line(fields: str, complaint: str) -> None:
    (told,) = complaints(f"name: A\nspaces:\n  - {{platform: chat, id: 1,\n     {fields}}}\n")

    assert ":4: " in told
    assert complaint in told

"""What members read of the rules may stand in several languages; names and scores are the same in all of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.language import LANGUAGES, Words
from bot.rules import explain, parse_rules, read_rules, starters, version
from bot.rules.editing import Edit, edited
from scoring.mountain import Mountain
from tests.bot.languages import ENGLISH
from tests.bot.rules.small_rules import SMALL, changed, problems

SHIPPED = {"default": Path(__file__).parents[3] / "mountain.yaml", **starters()}
SPOKEN = (
    SMALL.replace("name: Small", "name: {en: Small, de: Klein}")
    .replace("touch: low", "title: {en: Following, de: Folgen}, touch: low, gives: {en: News, de: Neues}")
    .replace("    points: 1\n", "    points: 1\n    title: {de: schrieb, en: wrote}\n")
    .replace("to: 2026-12-31", "to: 2026-12-31, title: {en: far away, de: weit weg}")
    .replace("points: 3", "points: 3, leads_to: Taking part, host: {en: us, de: uns}, offer: {en: Come!, de: Komm!}")
)


def without_texts(mountain: Mountain) -> Mountain:
    """Return rules without what people read of them."""
    return replace(
        mountain,
        name="",
        bands=tuple(replace(one, gives="", gets="", title="") for one in mountain.bands),
        types=tuple(replace(one, title="") for one in mountain.types),
        multipliers=tuple(replace(one, title="") for one in mountain.multipliers),
        steps=tuple(replace(one, title="", host="", offer="") for one in mountain.steps),
        others=(),
    )


def told(mountain: Mountain) -> list[str]:
    """Return all that people read of rules."""
    bands = [text for one in mountain.bands for text in (one.called, one.gives, one.gets)]
    steps = [text for one in mountain.steps for text in (one.title, one.offer, one.host)]
    more = [one.called for one in mountain.multipliers]
    return [mountain.name, *bands, *(one.title for one in mountain.types), *more, *steps]


def test_each_language_reads_its_own_texts_and_the_main_one_where_there_is_none() -> None:
    mountain = parse_rules(SPOKEN, "m.yaml")
    german = mountain.in_language("de")

    assert (mountain.name, german.name) == ("Small", "Klein")
    assert [band.called for band in german.bands] == ["Folgen", "Taking part"]
    assert [band.name for band in german.bands] == ["Following", "Taking part"]
    assert (mountain.bands[0].gives, german.bands[0].gives) == ("News", "Neues")
    assert [one.title for one in german.types] == ["mentored", "schrieb"]
    assert (german.multipliers[0].called, german.multipliers[0].name) == ("weit weg", "far away")
    assert (german.steps[0].host, german.steps[0].offer) == ("uns", "Komm!")
    assert german.called("Following") == "Folgen"
    assert mountain.in_language("fr") is mountain


def test_words_change_nothing_that_scores() -> None:
    mountain = parse_rules(SPOKEN, "m.yaml")

    assert without_texts(mountain.in_language("de")) == without_texts(mountain)
    assert version(SPOKEN) != version(SPOKEN.replace("Komm!", "Komm"))


def test_text_in_one_foreign_language_is_read_by_everybody() -> None:
    mountain = parse_rules(changed("name: Small", "name: {de: Klein}"), "m.yaml")

    assert (mountain.name, mountain.in_language("de").name) == ("Klein", "Klein")


WRONG = {
    "name: {fr: Petit}": "'fr' is not a language that Cairn speaks; allowed: en, de",
    "name: {}": "nothing was found; allowed: a text, or texts by language (en, de)",
    "name: {en: Small, de: ''}": "in `de`: '' was found; allowed: a text of 1 to 120 characters on one line",
    "name: [Small, Klein]": "a list of 2 was found; allowed: a text of 1 to 120 characters on one line",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_with_a_text_is_said_in_one_line(text: str) -> None:
    assert problems(changed("name: Small", text)) == [f"m.yaml:1: name: {WRONG[text]}"]


def test_editing_points_leaves_the_texts_of_all_languages_as_they_are() -> None:
    after = edited(SPOKEN, "m.yaml", Edit("wrote", 2000, 3000, "Following"))

    assert "title: {de: schrieb, en: wrote}" in after
    assert parse_rules(after, "m.yaml").in_language("de").types[1].curve[1:] == (2000, 3000)


@pytest.mark.parametrize("tag", sorted(set(LANGUAGES) - {"en"}))
@pytest.mark.parametrize("name", SHIPPED)
def test_rules_that_come_with_cairn_are_whole_in_each_language(name: str, tag: str) -> None:
    mountain = read_rules(SHIPPED[name])
    other = mountain.in_language(tag)
    assert [text for text, said in zip(told(mountain), told(other), strict=True) if text == said] == []
    assert all(told(other))


@pytest.mark.parametrize("name", SHIPPED)
def test_rules_that_come_with_cairn_are_explained_in_german_without_a_word_of_english(name: str) -> None:
    assert ENGLISH.findall(explain(read_rules(SHIPPED[name]), Words("de"))) == []

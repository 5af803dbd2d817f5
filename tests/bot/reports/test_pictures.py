from dataclasses import replace
from xml.etree import ElementTree

import pytest

from bot.reports.months_svg import months_svg
from bot.reports.mountain_svg import mountain_svg
from bot.reports.wording import english
from scoring.measures.bands import BandFigures
from scoring.measures.months import MonthFigures
from scoring.mountain import Band, Touch
from scoring.signals import Kind
from scoring.statistics import Ratio
from tests.bot.reports.samples import report
from tests.scoring.measures.builders import MOUNTAIN

SVG = "{http://www.w3.org/2000/svg}"


def draw(*names: str) -> ElementTree.Element:
    bands = tuple(Band(name, Touch.HIGH, 1, "", "", focus=n == 0) for n, name in enumerate(names))
    figures = [BandFigures(name, Ratio(n, 10), 0, 0, 0) for n, name in enumerate(names)]
    return ElementTree.fromstring(mountain_svg(replace(MOUNTAIN, bands=bands), figures, english()))


@pytest.mark.parametrize("count", [1, 2, 5, 9])
def test_mountain_has_a_tier_for_each_band_with_the_highest_on_top(count: int) -> None:
    names = [f"band {n}" for n in range(count)]
    texts = draw(*names).findall(f".//{SVG}text[@class='mt-name']")
    assert [text.text for text in texts] == names[::-1]


def test_mountain_says_in_words_what_it_shows() -> None:
    drawn = ElementTree.fromstring(mountain_svg(MOUNTAIN, report().findings.bands, english()))
    assert drawn.get("role") == "img"
    assert drawn.get("aria-labelledby") == "mt-title mt-desc"
    assert drawn.findtext(f"{SVG}title") == MOUNTAIN.name
    assert "Participating: 30 people with an engagement in it, 100.0% of the engaged, in focus." in (
        drawn.findtext(f"{SVG}desc") or ""
    )


def test_mountain_escapes_names() -> None:
    assert draw("<b>&\"'").findtext(f".//{SVG}text[@class='mt-name']") == "<b>&\"'"


def test_long_names_shrink_to_the_room_there_is() -> None:
    (text,) = draw("a band with quite an unusually long name").findall(f".//{SVG}text[@class='mt-name']")
    assert float(text.get("font-size", "99")) * 0.62 * 40 <= 265


def test_mountain_is_the_same_picture_each_time() -> None:
    found = report().findings.bands
    assert mountain_svg(MOUNTAIN, found, english()) == mountain_svg(MOUNTAIN, found, english())


def test_months_draw_bars_as_high_as_their_numbers() -> None:
    months = [MonthFigures("2025-01", 9, 10, 10, 0, 0, 0), MonthFigures("2025-02", 5, 5, 1, 3, 1, 7)]
    drawn = ElementTree.fromstring(months_svg(months, english()))
    bars = [rect for rect in drawn.findall(f"{SVG}g/{SVG}rect") if rect.get("height") != "12"]
    assert [(rect.get("class"), rect.get("height")) for rect in bars] == [
        ("mo-new", "120.0"),
        ("mo-stayed", "36.0"),
        ("mo-back", "12.0"),
        ("mo-new", "12.0"),
    ]


def test_month_in_which_not_everything_was_heard_is_hatched_however_little_there_is_of_it() -> None:
    months = [
        MonthFigures("2025-01", 9, 10, 10, 0, 0, 0),
        MonthFigures("2025-02", 0, 0, 0, 0, 0, 10, missing=(Kind.MESSAGE,)),
    ]
    drawn = ElementTree.fromstring(months_svg(months, english()))
    hatched = drawn.findall(f"{SVG}g/{SVG}rect[@class='mo-part']")
    assert [(one.get("x"), one.get("height")) for one in hatched] == [("340.0", "120")]
    assert "Hatched, because not everything was heard: 2025-02." in (drawn.findtext(f"{SVG}desc") or "")


def test_months_that_are_whole_are_not_hatched() -> None:
    assert "mo-part" not in months_svg([MonthFigures("2025-01", 9, 10, 10, 0, 0, 0)], english())


def test_months_without_anybody_are_drawn_empty() -> None:
    drawn = ElementTree.fromstring(months_svg([MonthFigures("2025-01", 0, 0, 0, 0, 0, 0)], english()))
    assert "the highest stands for 0 members" in (drawn.findtext(f"{SVG}desc") or "")


def test_no_months_draw_nothing() -> None:
    assert months_svg([], english()) == ""

import re

from bot.reports.page import page
from tests.bot.reports.samples import ROWS, Reader, empty_report, report, report_with_gaps
from tests.scoring.measures.builders import group, took_part


def test_page_is_well_formed_and_names_its_community() -> None:
    read = Reader(page(report()))
    assert read.open == []
    assert "Sample" in read.text
    assert "30 of 30" in read.text


def test_page_asks_nothing_of_anybody_and_runs_nothing() -> None:
    text = page(report())
    read = Reader(text)
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & set(read.tags)
    assert not [name for name, _ in read.attributes if name in ("src", "href", "xlink:href") or name.startswith("on")]
    assert "@import" not in text
    assert set(re.findall(r"url\(([^)]*)\)", text)) == {"#mt-clip"}
    assert set(re.findall(r"https?://[^\"' <]*", text)) == {"http://www.w3.org/2000/svg"}


def test_page_says_at_its_top_and_beside_the_months_what_was_not_heard() -> None:
    text = page(report_with_gaps())
    read = Reader(text)
    assert read.open == []
    assert read.text.index("these figures are incomplete") < read.text.index("members engaged")
    assert "2018-06 *" in read.text
    assert "Hatched and marked *: not everything was heard" in read.text
    assert "<b>Forum</b>, 2018-06-30 00:01 to 2018-07-02 00:00 UTC" in read.text
    assert "<b>Forum" not in text
    assert set(re.findall(r"url\(([^)]*)\)", text)) == {"#mt-clip", "#mo-hatch"}


def test_page_without_gaps_says_nothing_of_them() -> None:
    assert "heard" not in Reader(page(report())).text


def test_page_says_the_two_parts_with_denominators_and_intervals() -> None:
    text = Reader(page(report())).text
    assert "In two or more programmes" in text
    assert "Global Sprint + Open Leaders" in text
    assert "6 of 6 100.0%" in text
    assert "61.0 to 100.0%" in text


def test_names_are_escaped() -> None:
    nasty = '<script>alert("x")</script>'
    rows = [*ROWS, *(took_part(member, nasty, nasty, day=17_600) for member in range(1, 9))]
    groups = (group(nasty, dict.fromkeys(range(1, 30), nasty)),)
    text = page(report(rows, groups, community=nasty))
    assert "<script" not in text
    assert nasty in Reader(text).text


def test_small_groups_are_not_on_the_page() -> None:
    text = page(report())
    assert "Peru" not in text
    assert "not shown, to protect fewer than five people" in text


def test_empty_database_makes_a_page() -> None:
    read = Reader(page(empty_report()))
    assert read.open == []
    assert "No community yet" in read.text
    assert "Month by month" not in read.text

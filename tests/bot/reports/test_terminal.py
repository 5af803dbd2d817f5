import io
import re

import pytest
from rich.console import Console, RenderableType

from bot.reports import terminal
from bot.reports.terminal_mountain import DrawnMountain
from scoring.measures.gaps import Unheard, stretches
from scoring.signals import DAY_MS, Kind
from tests.bot.reports.samples import empty_report, network_report, pathway_report, report, report_with_gaps


def printed(what: RenderableType, width: int = 80, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, newline="")
    Console(file=file, width=width, no_color=True).print(what)
    file.flush()
    return raw.getvalue().decode(encoding)


EVERYTHING = {
    "report": terminal.report(report()),
    "gaps": terminal.report(report_with_gaps()),
    "empty": terminal.report(empty_report()),
    "pathways": terminal.pathways(pathway_report()),
    "network": terminal.network(network_report()),
}


@pytest.mark.parametrize("name", EVERYTHING)
@pytest.mark.parametrize("width", [40, 80, 200])
def test_every_report_keeps_to_the_width(name: str, width: int) -> None:
    assert max(len(line) for line in printed(EVERYTHING[name], width).splitlines()) <= width


@pytest.mark.parametrize("name", EVERYTHING)
@pytest.mark.parametrize("width", [40, 80])
def test_every_report_prints_where_only_ascii_is_known(name: str, width: int) -> None:
    assert printed(EVERYTHING[name], width, "ascii").isascii()


def test_mountain_stands_with_its_highest_band_on_top() -> None:
    lines = [line.split() for line in printed(DrawnMountain(report().findings.bands), encoding="ascii").splitlines()]
    assert lines[0] == ["^"]
    assert [line[1] for line in lines[1::2]] == ["Participating", "Endorsing", "Learning"]
    assert lines[1][:4] == ["/#\\", "Participating", "30", "people"]


def test_mountain_leaves_the_drawing_out_where_there_is_no_room() -> None:
    text = printed(DrawnMountain(report().findings.bands), 45, "ascii")
    assert "/" not in text
    assert "Participating" in text


def test_mountain_widens_by_one_on_either_side() -> None:
    lines = printed(DrawnMountain(report().findings.bands), encoding="ascii").splitlines()
    assert [(line.index("/"), line.index("\\")) for line in lines[1:]] == [(5 - n, 7 + n) for n in range(6)]


def test_report_says_the_main_things_in_words() -> None:
    text = printed(EVERYTHING["report"])
    assert "30 of 31 known members engaged, in 73 engagements" in text
    assert "6 people, 20.0% of the engaged" in text
    assert "Global Sprint + Open Leaders" in text
    assert "Become a mentor" in text


def test_report_marks_the_months_in_which_not_everything_was_heard_and_says_what_is_missing() -> None:
    text = " ".join(printed(EVERYTHING["gaps"]).split())
    assert "these figures are incomplete (see Not heard)" in text
    marked = re.findall(r"(\d{4}-\d\d) \* ", text)
    assert marked == ["2018-04", "2018-06", "2018-07"]
    for told in (
        "Garden, 2018-04-29 00:00 to 02:00 UTC: messages were read from history. Something may be missing: "
        "reactions to earlier messages, who left, who spoke on stages.",
        "<b>Forum</b>, 2018-06-30 00:01 to 2018-07-02 00:00 UTC: all may be missing that is still to be read",
        "A month with a * is incomplete: fewer in it does not mean that less happened.",
    ):
        assert told in text


def test_report_without_gaps_says_nothing_of_them() -> None:
    text = printed(EVERYTHING["report"])
    assert "heard" not in text
    assert "*" not in text


def test_quiet_month_that_was_not_heard_is_not_counted_among_the_quiet_ones() -> None:
    whole, gaps = printed(EVERYTHING["report"]), printed(EVERYTHING["gaps"])
    assert "3 quiet months" in whole
    assert "quiet months" not in gaps


def test_only_the_latest_gaps_are_told_one_by_one() -> None:
    rows = [Unheard("Garden", (17_650 + n) * DAY_MS, (17_650 + n) * DAY_MS + 1, made_good=False) for n in range(8)]
    text = printed(terminal.report(report(gaps=stretches(rows, (Kind.REPLY,)))))
    assert text.count("Garden, 2018-") == 5
    assert "3 earlier times in --json and --html." in text


def test_report_shows_no_small_group() -> None:
    text = printed(EVERYTHING["report"])
    assert "Peru" not in text
    assert "not shown, to protect fewer than five people" in text


def test_markup_in_names_is_printed_not_obeyed() -> None:
    assert "[bold red]Sample[/]" in printed(terminal.report(report(community="[bold red]Sample[/]")))


def test_pathway_says_what_is_not_yet_known() -> None:
    text = printed(EVERYTHING["pathways"])
    assert "not yet known" in text
    assert "7 of them (35.0%) came back later as mentor." in " ".join(text.split())


def test_empty_database_is_said_in_words() -> None:
    assert "No community yet" in printed(EVERYTHING["empty"])

import re
from dataclasses import replace

import pytest

from bot.language import LANGUAGES, Words, texts
from bot.reports.contents import Report
from bot.reports.page import page
from bot.reports.wording import Wording
from scoring.signals import Kind
from tests.bot.languages import ENGLISH as ENGLISH_WORDS
from tests.bot.reports.samples import ROWS, Reader, empty_report, report, report_with_gaps
from tests.scoring.measures.builders import MOUNTAIN, group, took_part

ENGLISH = Words("en")


def test_page_is_well_formed_and_names_its_community() -> None:
    read = Reader(page(report(), ENGLISH))
    assert read.open == []
    assert "Sample" in read.text
    assert "30 of 30" in read.text


def test_page_asks_nothing_of_anybody_and_runs_nothing() -> None:
    text = page(report(), ENGLISH)
    read = Reader(text)
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & set(read.tags)
    assert not [name for name, _ in read.attributes if name in ("src", "href", "xlink:href") or name.startswith("on")]
    assert "@import" not in text
    assert set(re.findall(r"url\(([^)]*)\)", text)) == {"#mt-clip"}
    assert set(re.findall(r"https?://[^\"' <]*", text)) == {"http://www.w3.org/2000/svg"}


def test_page_says_at_its_top_and_beside_the_months_what_was_not_heard() -> None:
    text = page(report_with_gaps(), ENGLISH)
    read = Reader(text)
    assert read.open == []
    assert read.text.index("these figures are incomplete") < read.text.index("members engaged")
    assert "2018-06 *" in read.text
    assert "Hatched and marked *: not everything was heard" in read.text
    assert "<b>Forum</b>, 2018-06-30 00:01 to 2018-07-02 00:00 UTC" in read.text
    assert "<b>Forum" not in text
    assert set(re.findall(r"url\(([^)]*)\)", text)) == {"#mt-clip", "#mo-hatch"}


def test_page_without_gaps_says_nothing_of_them() -> None:
    assert "heard" not in Reader(page(report(), ENGLISH)).text


def test_page_says_the_two_parts_with_denominators_and_intervals() -> None:
    text = Reader(page(report(), ENGLISH)).text
    assert "In two or more programmes" in text
    assert "Global Sprint + Open Leaders" in text
    assert "6 of 6 100.0%" in text
    assert "61.0 to 100.0%" in text


def test_names_are_escaped() -> None:
    nasty = '<script>alert("x")</script>'
    rows = [*ROWS, *(took_part(member, nasty, nasty, day=17_600) for member in range(1, 9))]
    groups = (group(nasty, dict.fromkeys(range(1, 30), nasty)),)
    text = page(report(rows, groups, community=nasty), ENGLISH)
    assert "<script" not in text
    assert nasty in Reader(text).text


def test_small_groups_are_not_on_the_page() -> None:
    text = page(report(), ENGLISH)
    assert "Peru" not in text
    assert "not shown, to protect fewer than five people" in text


def test_empty_database_makes_a_page() -> None:
    read = Reader(page(empty_report(), ENGLISH))
    assert read.open == []
    assert "No community yet" in read.text
    assert "Month by month" not in read.text


def letters(text: str) -> set[str]:
    """Return the words of a text: what is made of letters."""
    return set(re.findall(r"[^\W\d_]+", text.casefold()))


def everything() -> Report:
    """Return a report that says all a page can say, with a Mountain that speaks German, too."""
    of = report_with_gaps()
    bands = tuple(replace(one, title=f"B{one.name}") for one in MOUNTAIN.bands)
    tongue = replace(MOUNTAIN, name="Berg", bands=bands)
    return replace(of, programme="Open Leaders", mountain=replace(MOUNTAIN, name="Hill", others=(("de", tongue),)))


def test_german_page_has_no_word_of_the_english_one() -> None:
    of = everything()
    english, german = (Reader(page(of, Words(tag))) for tag in ("en", "de"))
    own = letters("Sample Open Leaders Global Sprint round Kenya b Forum b Garden Become a mentor")
    same = letters("Cairn UTC JSON Wilson Band Programme Stand an in was")

    assert german.tags == english.tags
    assert letters(english.text) & letters(german.text) <= own | same
    assert not ENGLISH_WORDS.search(" ".join(letters(german.text) - own - same))
    assert ("lang", "de") in german.attributes


def test_german_page_writes_numbers_days_and_bands_as_germans_do() -> None:
    text = Reader(page(everything(), Words("de"))).text
    for told in (
        "10.03.2018 bis 26.09.2018, Stand 26.09.2018, Regeln 000000000000",
        "6 von 6 100,0 %",
        "61,0 bis 100,0 %",
        "06/2018 *",
        "<b>Forum</b>, 30.06.2018, 00:01 bis 02.07.2018, 00:00 UTC: Es kann alles fehlen",
        "Es kann etwas fehlen: Reaktionen auf frühere Nachrichten, wer gegangen ist, wer auf Bühnen gesprochen hat.",
        "Berg",
        "BParticipating: 30 Menschen mit einem Beitrag darin, 100,0 % der Engagierten, im Fokus.",
        "29 Antworten, 1 Reaktion, 43 Mitwirkungen. Die Intervalle",
    ):
        assert told in text
    assert "unknown" not in text
    assert "Hill" not in text


def test_thousands_are_set_apart_in_the_manner_of_the_language() -> None:
    of = replace(report(), findings=replace(report().findings, engagements=1_234_567))
    for tag, number in (("en", "1,234,567"), ("de", "1.234.567")):
        assert number in Reader(page(of, Words(tag))).text


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("kind", Kind, ids=[one.label for one in Kind])
def test_every_kind_is_called_something_in_a_report(kind: Kind, tag: str) -> None:
    words = Wording(Words(tag))
    assert all(words.kind(kind, n) for n in (1, 2))


def test_english_of_reports_is_plain_ascii_for_terminals_that_know_nothing_else() -> None:
    assert [key for key, text in texts("en").items() if key.startswith("figures.") and not text.isascii()] == []

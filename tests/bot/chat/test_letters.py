"""Text from anywhere is cut where nothing breaks, and shown without what cannot be seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.letters import clean, clusters, columns, cut, label, padded, units

FAMILY, FLAG, TALL = "\U0001f468\u200d\U0001f469\u200d\U0001f466", "\U0001f1e9\U0001f1ea", "e\u0301\u0302"


@given(st.text(), st.integers(1, 40))
def test_a_cut_text_is_a_beginning_of_whole_letters(text: str, most: int) -> None:
    short = cut(text, most)
    assert units(short) <= most
    if short != text:
        kept = short.removesuffix("…")
        begins = {"".join(list(clusters(text))[:n]) for n in range(len(text) + 1)}
        assert kept in begins


@given(st.text())
def test_clusters_are_the_text(text: str) -> None:
    assert "".join(clusters(text)) == text


@given(st.text())
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(), st.integers(1, 30))
def test_a_label_is_never_empty_and_never_too_long(text: str, most: int) -> None:
    made = label(text, most)
    assert 0 < units(made) <= most
    assert "\n" not in made


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 30), st.booleans())
def test_padded_text_is_as_wide_as_it_should_be(text: str, width: int, right: bool) -> None:  # noqa: FBT001 - given
    assert columns(padded(clean(text).replace("\n", " "), width, right=right)) == width


@pytest.mark.parametrize("letter", [FAMILY, FLAG, TALL, "\U0001f44d\U0001f3fd", "\u1112\u1161\u11ab"])
def test_letters_of_many_parts_are_one(letter: str) -> None:
    assert list(clusters(f"a{letter}b")) == ["a", letter, "b"]
    assert cut(letter * 3, units(letter) + 2) == letter + "…"


def test_hidden_and_turning_characters_and_towers_are_left_out() -> None:
    assert clean("a\u202eb\u200bc\x00\ufeff\r\nd") == "abc\nd"
    assert len(clean("Z" + "\u0351" * 300)) == 9
    assert clean(FAMILY) == FAMILY

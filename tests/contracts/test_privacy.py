"""docs/privacy.md is what the inventory says, and its notice is what Cairn posts."""

from __future__ import annotations

from bot.language import Words
from bot.rights.retention import CONTACT_DAYS, COUNTED_DAYS
from tools.write_privacy import PAGE, page


def test_page_is_generated_and_not_changed_by_hand() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_notice_on_the_page_is_the_one_that_is_posted() -> None:
    words = Words("en")
    buttons = " ".join(f"[{words.plain(f'page.{name}')}]" for name in ("make", "leave_out", "kept"))

    for said in ("page.card", "page.card_strict"):
        assert f"> {words.plain(said)} {buttons}" in page()


def test_periods_on_the_page_are_those_that_are_enforced() -> None:
    assert f"{COUNTED_DAYS} days" in page()
    assert CONTACT_DAYS // 30 == 6  # half a year

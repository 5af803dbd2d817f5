"""The texts that people say yes to: whoever changes one says whether it asks for more than before."""

from __future__ import annotations

import hashlib

import pytest

from bot.consent import cards, editions
from bot.hearing.space_settings import Consent
from bot.language import LANGUAGES, Words

RECORDED = {
    ("page", 1): "ce8aff6a9d22",
    ("invite", 1): "b55e6172e5ae",
}
"""Digests of the texts of all languages by what they ask and their edition.

Where this fails, a text has changed. If it asks for something that it did not ask for before, raise its edition in
`bot/consent/editions.py`: then who said yes to the earlier one is asked anew. Put the new digest here either way.
"""


def versions(what: str) -> list[str]:
    """Return the versions of a text in all languages and policies."""
    if what == editions.INVITE:
        return [cards.question_version(Words(tag)) for tag in LANGUAGES]
    return [cards.card_version(Words(tag), consent) for tag in LANGUAGES for consent in Consent]


@pytest.mark.parametrize("what", sorted(editions.CURRENT))
def test_text_that_changes_is_recorded_with_whether_it_asks_for_more(what: str) -> None:
    current = versions(what)

    assert {editions.edition(one) for one in current} == {editions.CURRENT[what]}
    digest = hashlib.sha256("\n".join(current).encode()).hexdigest()[:12]
    assert RECORDED.get((what, editions.CURRENT[what])) == digest

"""Whatever the order, the batches, the repetition and the sources: the same set of words ends in the same scores."""

from __future__ import annotations

import itertools
import random
import uuid

import pytest
from cryptography.fernet import Fernet
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.keys import Keys
from tests.scenarios.words import FIRST_DAY, SOURCES, Source, Truth, Word, words
from tests.scenarios.world import Town, World, right, world

KEYS = Keys(b"k" * 32, [Fernet.generate_key().decode()])
LAST_DAY = FIRST_DAY + 45
COUNTRIES = {"ann": "Peru", "bob": "Laos"}


def tell(town: Town, said: list[Word], rnd: random.Random) -> None:
    """Give words in any order and batches, some twice, settling now and then."""
    said = rnd.sample(said, len(said)) + rnd.sample(said, len(said) // 3)
    declared = False
    while said:
        size = rnd.choice([1, 2, 5, len(said)])
        batch, said = said[:size], said[size:]
        for source, same in itertools.groupby(sorted(batch, key=lambda one: SOURCES.index(one.source)), key=_source):
            signals = [one.signal for one in same]
            cut = rnd.randrange(len(signals) + 1)
            calls = [signals[:cut], signals[cut:]]
            for call, receipt in zip(calls, town.record(source, *calls), strict=True):
                parts = receipt.new, receipt.known, receipt.again.total(), receipt.dropped.total()
                assert sum(parts) == len(call), receipt
        if rnd.random() < 0.3:
            town.settle()
        if not declared and rnd.random() < 0.3:
            town.declare(SOURCES[0], COUNTRIES)
            declared = True
    town.declare(SOURCES[0], COUNTRIES)
    town.roll(LAST_DAY)


def _source(one: Word) -> Source:
    return one.source


def check(place: World, said: list[Word], rnd: random.Random) -> None:
    town = place.found(uuid.uuid4().hex, sources=SOURCES)
    truth = Truth(said, KEYS.handle)

    tell(town, said, rnd)

    assert town.holding() == truth.holding()
    assert town.scores() == right(town, truth, COUNTRIES, LAST_DAY)
    if rnd.random() < 0.3:  # slow, and the oracle has said the same
        assert town.differences() == {}
    assert town.waiting() == 0
    assert town.rows("SELECT key FROM engagement WHERE community = :of GROUP BY key_day, key HAVING count(*) > 1") == []


@pytest.mark.hypothesis
def test_any_telling_of_the_same_words_ends_in_the_same_scores(sqlite_url: str) -> None:
    with world(sqlite_url, KEYS) as place:

        @settings(max_examples=45)
        @given(words(), st.randoms(use_true_random=False))
        def told(said: list[Word], rnd: random.Random) -> None:
            check(place, said, rnd)

        told()


@pytest.mark.hypothesis
def test_any_telling_ends_in_the_same_scores_on_both_databases(database_url: str) -> None:
    with world(database_url, KEYS) as place:

        @settings(max_examples=12)
        @given(words(), st.randoms(use_true_random=False))
        def told(said: list[Word], rnd: random.Random) -> None:
            check(place, said, rnd)

        told()

"""An import taken back leaves what the others say, whatever was said in whatever order."""

from __future__ import annotations

import random
import uuid

import pytest
from cryptography.fernet import Fernet
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.history.undoing import undo
from bot.keys import Keys
from tests.scenarios.dumps import differences, dump
from tests.scenarios.words import FIRST, FIRST_DAY, SECOND, SOURCES, Source, Truth, Word, before_and_after
from tests.scenarios.world import Town, World, right, world

KEYS = Keys(b"k" * 32, [Fernet.generate_key().decode()])
LAST_DAY = FIRST_DAY + 45
COUNTRIES = {"ann": "Peru", "bob": "Laos"}
LATER = {"ann": "Chile"}


def tell(town: Town, said: list[Word], rnd: random.Random) -> None:
    """Give words in any order, settling now and then."""
    for word in rnd.sample(said, len(said)):
        town.record(word.source, [word.signal])
        if rnd.random() < 0.2:
            town.settle()


def take_back(town: Town, source: Source) -> None:
    town.world.run(undo(town.world.database, town.numbers[source]))


def check(place: World, said: list[Word], more: list[Word], gone: Source, rnd: random.Random) -> None:
    town = place.found(uuid.uuid4().hex, sources=SOURCES)
    tell(town, said, rnd)
    declared = {FIRST: COUNTRIES, SECOND: LATER}
    for source, countries in declared.items():
        town.declare(source, countries)
    take_back(town, gone)
    more = [word for word in more if word.source is not gone]
    tell(town, more, rnd)
    ((source, countries),) = [one for one in declared.items() if one[0] is not gone]
    town.declare(source, countries)  # of whoever came only now
    left = Truth([word for word in said if word.source is not gone] + more, KEYS.handle)
    left.machines |= Truth(said, KEYS.handle).machines  # that somebody is a machine is not forgotten
    assert town.holding() == left.holding()
    town.roll(LAST_DAY)
    assert town.scores() == right(town, left, countries, LAST_DAY)
    assert town.waiting() == 0


@pytest.mark.hypothesis
def test_words_of_the_other_sources_are_left(sqlite_url: str) -> None:
    with world(sqlite_url, KEYS) as place:

        @settings(max_examples=12)
        @given(before_and_after(), st.sampled_from([FIRST, SECOND]), st.randoms(use_true_random=False))
        def told(said: tuple[list[Word], list[Word]], gone: Source, rnd: random.Random) -> None:
            check(place, *said, gone, rnd)

        told()


@pytest.mark.hypothesis
def test_words_of_the_other_sources_are_left_on_both_databases(database_url: str) -> None:
    with world(database_url, KEYS) as place:

        @settings(max_examples=4)
        @given(before_and_after(), st.sampled_from([FIRST, SECOND]), st.randoms(use_true_random=False))
        def told(said: tuple[list[Word], list[Word]], gone: Source, rnd: random.Random) -> None:
            check(place, *said, gone, rnd)

        told()


@pytest.mark.hypothesis
def test_everything_is_as_before(sqlite_url: str) -> None:
    with world(sqlite_url, KEYS) as place:

        @settings(max_examples=12)
        @given(before_and_after(most=19), st.randoms(use_true_random=False))
        def told(said: tuple[list[Word], list[Word]], rnd: random.Random) -> None:
            before, more = said
            town = place.found(uuid.uuid4().hex, sources=SOURCES)
            tell(town, [word for word in before if word.source is not SECOND], rnd)
            town.settle()
            stood = dump(sqlite_url, only=town.id)
            tell(town, [Word(SECOND, word.signal) for word in more if word.source is SECOND], rnd)
            town.settle()
            take_back(town, SECOND)
            if not Truth(more, KEYS.handle).machines:
                now = dump(sqlite_url, only=town.id)
                # who waits for a message that may come is only ever looked at again
                assert differences(now | {"orphan": []}, stood | {"orphan": []}) == {}

        told()

"""Imports that say which accounts are one person's: they take nobody's page away, and give back what they lent."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

import pytest
from cryptography.fernet import Fernet
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.consent.choices import Choices, Said, Standing
from bot.history.archives import Item, Person, Read
from bot.history.importing import Importer, Order
from bot.history.undoing import undo
from bot.keys import Keys
from bot.ports import Space
from scoring.signals import Account
from tests.bot.rights.town import ANN, BOB, CAT, NOW, Here, message, settled_space
from tests.scenarios.world import RULES, World, world

KEYS = Keys(b"k" * 32, [Fernet.generate_key().decode()])
GITHUB, ORCID = Account("imported", "github", "octo"), Account("imported", "orcid", "0000")
EVERYBODY = (ANN, BOB, CAT, GITHUB, ORCID)
COUNTED, PAGE, CLOSED, OUT, UNKNOWN = "counted", "page", "closed", "out", "unknown"
_numbers = count()


@dataclass
class Told:
    """An archive that says who is one person."""

    persons: Sequence[Sequence[Account]]
    source: str = "participation"
    space: Space | None = None
    captured: int = NOW
    size: int = 1
    position: int = 1
    read: Read = field(default_factory=lambda: Read(skipped=Counter()))

    def items(self) -> Iterator[Item]:
        return iter([Person(tuple(one)) for one in self.persons])

    def close(self) -> None:
        """Let go of nothing."""


def name_of(here: Here) -> str:
    return str(here.rows("SELECT name FROM community WHERE id = :of")[0][0])


def bring_in(here: Here, *persons: Sequence[Account], consent: str = "notice") -> int:
    """Import who is one person; returns the import's number."""
    order = Order(name_of(here), f"digest {next(_numbers)}", "people.csv", lambda: (RULES, "", ""), consent)
    importer = Importer(here.database, here.town.world.keys)
    return int(here.run(importer.run(Told(persons), order))["import_id"])


def take_back(here: Here, number: int) -> None:
    here.run(undo(here.database, number))


def begin(here: Here, who: Account, how: str) -> None:
    """Let somebody have come to a state by themselves."""
    choices, said = Choices(here.database, here.town.world.keys), Said(here.id, here.space, who, NOW)
    if how != UNKNOWN:
        here.hear(message(who, next(_numbers)))
    if how in (PAGE, CLOSED, OUT):
        here.run(choices.make_page(said))
    if how == CLOSED:
        here.run(choices.close_page(said))
    if how == OUT:
        here.run(choices.leave_out(said))


def standing(here: Here, who: Account) -> Standing:
    said = Said(here.id, here.space, who, NOW)
    return here.run(Choices(here.database, here.town.world.keys).standing(said))


def pages(here: Here) -> dict[Account, tuple[bool, int]]:
    """Return of everybody whether they have a page, and when it begins."""
    found = {who: standing(here, who) for who in EVERYBODY}
    return {who: (one.page, one.begins) for who, one in found.items() if one.member is not None}


@pytest.mark.parametrize("consent", ["notice", "counted"])
def test_import_that_joins_a_counted_account_takes_no_page_away_and_lends_one(here: Here, consent: str) -> None:
    for who, how in ((ANN, PAGE), (BOB, COUNTED)):
        begin(here, who, how)
    before = pages(here)
    number = bring_in(here, (ANN, BOB, GITHUB), consent=consent)
    joined = pages(here)
    take_back(here, number)

    assert {page for page, _ in joined.values()} == {True}
    assert len({standing(here, who).member for who in (ANN, BOB)}) == 2
    assert pages(here) == before
    assert here.rows("SELECT value, source FROM choice WHERE community = :of ORDER BY id")[1:] == [
        ("joined", "team"), ("parted", "team")
    ]  # fmt: skip


def test_import_gives_nobody_who_is_counted_a_page(here: Here) -> None:
    begin(here, BOB, COUNTED)
    bring_in(here, (BOB, GITHUB))

    assert not standing(here, BOB).page


def test_no_of_one_side_is_not_undone_by_an_import(here: Here) -> None:
    begin(here, ANN, PAGE)
    begin(here, BOB, CLOSED)
    number = bring_in(here, (ANN, BOB))
    joined = standing(here, BOB).page
    take_back(here, number)

    assert not joined
    assert [standing(here, who).page for who in (ANN, BOB)] == [True, False]


def test_page_that_somebody_made_on_an_imported_account_outlives_the_import(here: Here) -> None:
    number = bring_in(here, (GITHUB, ANN), consent="counted")
    here.run(Choices(here.database, here.town.world.keys).make_page(Said(here.id, here.space, ANN, NOW)))
    take_back(here, number)

    assert standing(here, ANN).page


PERSONS = st.lists(st.lists(st.sampled_from(EVERYBODY), min_size=2, max_size=3, unique=True), min_size=1, max_size=3)
STATES = st.tuples(*[st.sampled_from((*(COUNTED, PAGE) * 3, UNKNOWN, UNKNOWN, CLOSED, OUT))] * len(EVERYBODY))


def groups(persons: Sequence[Sequence[Account]], states: dict[Account, str]) -> list[set[Account]]:
    """Return who is one person by what is said; nobody who is left out is joined with anybody."""
    found = [{who} for who in EVERYBODY]
    for one in persons:
        together = [who for who in one if states[who] != OUT]
        mine = [group for group in found if not group.isdisjoint(together)]
        found = [group for group in found if group not in mine] + ([set[Account]().union(*mine)] if mine else [])
    return found


def check(place: World, states: dict[Account, str], told: list[list[list[Account]]], consent: str) -> None:
    here = settled_space(place.found(uuid.uuid4().hex))
    for who, how in states.items():
        begin(here, who, how)
    before = pages(here)
    numbers = [bring_in(here, *persons, consent=consent) for persons in told]
    joined = pages(here)
    for group in groups([one for persons in told for one in persons], states):
        refused = any(states[who] in (CLOSED, OUT) for who in group)
        if any(states[who] == PAGE for who in group):
            known = [joined[who][0] for who in group if who in joined]
            assert known == [not refused] * len(known)
    for number in numbers:
        take_back(here, number)
    assert pages(here) == before


@pytest.mark.hypothesis
def test_nobody_loses_a_page_by_imports_and_all_is_as_before_when_they_are_taken_back(sqlite_url: str) -> None:
    with world(sqlite_url, KEYS) as place:

        @settings(max_examples=8)
        @given(STATES, st.lists(PERSONS, min_size=1, max_size=2), st.sampled_from(["notice", "counted"]))
        def told(states: tuple[str, ...], persons: list[list[list[Account]]], consent: str) -> None:
            check(place, dict(zip(EVERYBODY, states, strict=True)), persons, consent)

        told()

"""What is left out counts no longer, whenever it was stored, and counts again as if nothing had been once undone."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.community.settled import settings_of
from bot.keys import Keys
from bot.ports import Receipt, SpaceSettings
from bot.storage import exclusions, spaces
from bot.storage.exclusions import CHANNEL, PERSON
from bot.storage.recording import Origin, record
from bot.storage.what_counts import BY_ROLE
from scoring.signals import Context, Signal
from tests.bot.rights.town import (
    ANN,
    BOB,
    CAT,
    CHAT,
    HELP,
    NOW,
    TODAY,
    Here,
    message,
    reaction,
    reply,
    settled_space,
    thanks,
)
from tests.scenarios.words import SOURCES
from tests.scenarios.world import Scores, World, world

KEYS = Keys(b"k" * 32, [Fernet.generate_key().decode()])
PEOPLE = (ANN, BOB, CAT)
THREAD = Context("T1", "", "C2")
PLACES = (HELP, CHAT, THREAD)
OUTSIDE = {"C1": {"C1"}, "C2": {"C2", "T1"}}


@pytest.fixture
def here(database_url: str) -> Iterator[Here]:
    with world(database_url, KEYS) as place:
        yield garden(place)


def garden(place: World) -> Here:
    """Return a community with a space of which a role is left out."""
    here = settled_space(place.found(uuid.uuid4().hex, sources=SOURCES), uuid.uuid4().hex)
    here.do("UPDATE space SET settings = :settings WHERE community = :of", settings='{"excluded_roles": ["Staff"]}')
    return here


async def _set(here: Here, what: str, which: str, out: bool) -> None:
    async with here.database.write() as connection:
        if what == "role":
            change = spaces.leave_out if out else spaces.let_in
            await change(connection, here.id, BY_ROLE + here.space, [which])
        elif out:
            await exclusions.exclude(connection, (here.id, here.space), what, which, (None, 0))
        else:
            await exclusions.lift(connection, (here.id, here.space), what, which)


def set_out(here: Here, what: str, which: str, out: bool = True) -> None:
    """Leave something out, or let it count again."""
    here.run(_set(here, what, which, out))


def some_acts(rnd: random.Random, n: int = 25) -> list[Signal]:
    """Make up what three people do in two channels and a thread."""
    said = [message(rnd.choice(PEOPLE), k, day=TODAY - rnd.randrange(3), context=rnd.choice(PLACES)) for k in range(n)]
    for k, to in enumerate(rnd.sample(said, n // 2), n):
        who = rnd.choice(PEOPLE)
        if rnd.random() < 0.5:
            said.append(reply(who, k, to, context=to.context))
        else:
            said.append(reaction(who, to))
    for k in range(n):
        one, other = rnd.sample(PEOPLE, 2)
        said.append(thanks(one, other, 2 * n + k, context=rnd.choice(PLACES)))
    return said


def scores(here: Here) -> dict[str, object]:
    """Return all scores, with members called by their accounts' pseudonyms, so that two communities can be compared."""
    found: Scores = here.town.scores()
    rows = here.rows("SELECT member, handle FROM account WHERE community = :of")
    name = dict(rows)
    return {
        "tallies": {(name[who], day, kind): value for (who, day, kind), value in found.tallies.items()},
        "totals": {(name[who], band): value for (who, band), value in found.totals.items()},
        "bands": sorted((name[who], day, band) for who, day, band in found.bands),
        "crossings": sorted((name[who], step, day) for who, step, day in found.crossings),
    }


def choices() -> list[tuple[str, str]]:
    handles = [KEYS.handle(one) for one in PEOPLE]
    return [(CHANNEL, "C1"), (CHANNEL, "C2"), *((PERSON, one) for one in handles), *(("role", one) for one in handles)]


def check(place: World, rnd: random.Random) -> None:
    said = some_acts(rnd)
    here, never = garden(place), garden(place)
    never.hear(*said)
    never.settle()
    here.hear(*said[::2])
    if rnd.random() < 0.5:
        here.settle()
    here.hear(*said[1::2])
    out: set[tuple[str, str]] = set()
    for one in rnd.choices(choices(), k=5):
        set_out(here, *one, one not in out)
        out ^= {one}
        if rnd.random() < 0.4:
            here.settle()
            assert here.town.differences() == {}
    here.settle()
    assert here.town.waiting() == 0
    assert here.town.differences() == {}
    for one in out:
        set_out(here, *one, False)
    here.settle()

    assert scores(here) == scores(never)
    assert here.town.differences() == {}


@pytest.mark.hypothesis
def test_leaving_out_and_letting_in_again_ends_as_if_nothing_had_been(sqlite_url: str) -> None:
    with world(sqlite_url, KEYS) as place:

        @settings(max_examples=8)
        @given(st.randoms(use_true_random=False))
        def told(rnd: random.Random) -> None:
            check(place, rnd)

        told()


def test_leaving_out_and_letting_in_again_is_exact_on_both_databases(database_url: str) -> None:
    with world(database_url, KEYS) as place:
        check(place, random.Random(1))  # noqa: S311 - made-up acts


@pytest.mark.parametrize("channel", ["C1", "C2"])
def test_channel_left_out_counts_as_if_nothing_had_been_done_there(sqlite_url: str, channel: str) -> None:
    said = some_acts(random.Random(2), 40)  # noqa: S311 - made-up acts
    with world(sqlite_url, KEYS) as place:
        here, without = garden(place), garden(place)
        here.hear(*said)
        without.hear(*(one for one in said if one.context.place not in OUTSIDE[channel]))
        here.settle()
        n = here.rows("SELECT count(*) FROM engagement WHERE community = :of AND holds")
        set_out(here, CHANNEL, channel)
        for town in (here, without):
            town.settle()

        assert scores(here) == scores(without) != scores(garden(place))
        assert here.rows("SELECT count(*) FROM engagement WHERE community = :of AND holds") == n


@pytest.mark.parametrize("what", [PERSON, "role"])
def test_person_left_out_has_no_scores_and_gives_nobody_any(here: Here, what: str) -> None:
    here.hear(message(ANN, 1, context=HELP), message(BOB, 2, context=HELP), thanks(ANN, BOB, 3), thanks(BOB, ANN, 4))
    here.settle()
    set_out(here, what, KEYS.handle(ANN))
    here.settle()

    ((bob,),) = here.rows(f"SELECT member FROM account WHERE community = :of AND handle = '{KEYS.handle(BOB)}'")
    assert {who for who, _, _ in here.town.scores().tallies} == {bob}
    assert here.rows("SELECT type FROM tally WHERE community = :of") == [(4,)]  # that Bob wrote, and no thanks
    assert here.town.differences() == {}


def test_role_leaves_its_people_out_of_its_own_space_only(here: Here) -> None:
    other = settled_space(here.town, "elsewhere")
    here.hear(message(ANN, 1, context=HELP))
    other.hear(message(ANN, 2, day=TODAY - 1, context=Context("C9", "far")))
    set_out(here, "role", KEYS.handle(ANN))
    here.settle()

    assert [day for _, day, _ in here.town.scores().tallies] == [TODAY - 1]
    assert other.hear(message(ANN, 3, context=Context("C9", "far"))).new == 1
    assert here.hear(message(ANN, 4, context=HELP)).dropped == {"left out": 1}
    assert here.town.differences() == {}


async def _settings(here: Here) -> SpaceSettings:
    async with here.database.read() as connection:
        (kept,) = await spaces.of_community(connection, here.id)
        return await settings_of(connection, here.id, kept.space)


def test_imports_leave_out_what_is_left_out_in_chat(here: Here) -> None:
    set_out(here, CHANNEL, "C1")

    origin = replace(here.origin(), places_out=here.run(_settings(here)).listed_out)
    receipt = here.run(_record(here, origin, [message(ANN, 1, context=HELP), message(ANN, 2, context=CHAT)]))

    assert (receipt.new, receipt.dropped) == (1, {"channel left out": 1})


async def _record(here: Here, origin: Origin, signals: list[Signal]) -> Receipt:
    async with here.database.write() as connection:
        return (await record(connection, KEYS, origin, [signals]))[0]


def test_channel_that_is_called_otherwise_counts_by_its_name_of_now(here: Here) -> None:
    here.hear(message(ANN, 1, context=Context("C5", "lounge")))
    set_out(here, CHANNEL, "help")
    here.settle()
    before = len(here.town.scores().tallies)
    here.run(_record(here, replace(here.origin(), seen_at=NOW + 1), [message(ANN, 2, context=Context("C5", "help"))]))
    here.settle()

    assert (before, here.town.scores().tallies) == (1, {})
    assert here.town.differences() == {}

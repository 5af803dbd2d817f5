"""People are asked beside what they do: once in half a year, only who has chosen nothing, and never of old acts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from bot.consent.beside import AT_ONCE, FRESH_MS, KNOWN_MS, WORTH_MS, Beside
from bot.consent.choices import ASK_AGAIN_DAYS, Choices, Said, What
from bot.consent.questions import Questions
from bot.consent.roles import There
from bot.gate import Purpose, Reason
from bot.hearing.space_settings import SpaceSettings
from bot.sending.delivering import Delivered, Outcome
from bot.storage import accounts, outgoing
from bot.storage.accounts import Newcomers
from scoring.signals import Account, Context, Kind, Signal, day_of
from tests.scenarios.post import DAY, HOUR, KEYS, NOON, Street, street

ANN, BOB, STRANGER = (Account("chat", "", one) for one in ("ann", "bob", "stranger"))
HERE = "C1"
LATER = Outcome(Delivered.LATER, after=60)


@dataclass
class Corner:
    """A street on which people do things; `beside` hears it, as one process would."""

    place: Street
    beside: Beside = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.beside = Beside(self.place.database, KEYS)

    async def counted(self, *whom: Account) -> None:
        """Let something be stored of people, who have no page."""
        handles = {KEYS.handle(one): one for one in whom}
        async with self.place.database.write() as connection:
            await accounts.find_or_make(connection, self.place.community, handles, KEYS, Newcomers(0, page=False))

    async def does(self, *whom: Account, kind: Kind = Kind.MESSAGE, ago: int = 0, space: int = 0) -> int:
        """Let people do something just now; returns how many are asked by that, once all is delivered."""
        now, before = self.place.at, len(self.place.platform.ledger)
        there = There(self.place.community, self.place.spaces[space], SpaceSettings(), now)
        at = now - ago
        acts = [Signal(kind, f"k:{one.id}:{at}", day_of(at), at, one, at, Context(HERE)) for one in whom]
        self.beside.heard(acts, there)
        await self.beside.once()
        await self.place.courier.once()
        return len(self.place.platform.ledger) - before

    def said(self, who: Account) -> Said:
        return Said(self.place.community, self.place.spaces[0], who, self.place.at)


@pytest.fixture
async def corner(database_url: str) -> AsyncIterator[Corner]:
    async with street(database_url) as place:
        yield Corner(place)


async def test_who_has_chosen_nothing_is_asked_where_they_did_something(corner: Corner) -> None:
    await corner.counted(ANN)
    assert await corner.does(ANN) == 1

    [told] = corner.place.platform.ledger
    assert (told.person, told.channel) == (ANN, HERE)
    for wanted in ("page-make", "page-leave-out", "page-kept"):
        assert wanted in repr(told.blocks)
    [row] = await corner.place.rows("SELECT purpose, way, state, channel, content FROM outbox")
    assert row == (Purpose.NOTICE, "beside", "sent", "", None)
    asked = await corner.place.rows("SELECT what, value, source FROM choice")
    assert asked == [("asked about a page", "asked", "beside")]


async def test_nobody_is_asked_twice_in_half_a_year(corner: Corner) -> None:
    """Neither in one process, nor after a restart, nor in the other space, nor where a command asked them."""
    await corner.counted(ANN, BOB)
    assert await corner.does(ANN) == 1
    assert await Questions(corner.place.database, KEYS).ask(corner.said(BOB), What.ASKED_PAGE)
    for _ in range(2):
        assert await corner.does(ANN, BOB, kind=Kind.REACTION) == 0
        assert await corner.does(ANN, BOB, space=1) == 0
        corner.restart()
        corner.place.at += KNOWN_MS + HOUR
    corner.place.at = NOON + ASK_AGAIN_DAYS * DAY
    assert await corner.does(ANN) == 1


async def test_who_is_not_to_be_asked_is_remembered_for_a_day(corner: Corner) -> None:
    """So that what they do costs no look into the store; what is remembered does not outlive what it is about."""
    await corner.counted(ANN)
    await Questions(corner.place.database, KEYS).ask(corner.said(ANN), What.ASKED_PAGE)
    assert await corner.does(ANN) == 0
    async with corner.place.database.write() as connection:
        await connection.execute(text("DELETE FROM choice"))
    corner.place.at += KNOWN_MS - 1
    assert await corner.does(ANN) == 0
    corner.place.at += 1
    assert await corner.does(ANN) == 1


async def test_who_decided_is_not_asked(corner: Corner) -> None:
    """Who has a page, is left out, or closed their page lately; of strangers nothing is put down."""
    await corner.counted(ANN, BOB)
    choices = Choices(corner.place.database, KEYS)
    await choices.leave_out(corner.said(ANN))
    assert await choices.make_page(corner.said(BOB))
    assert await corner.does(ANN, BOB, STRANGER) == 0
    await choices.close_page(corner.said(BOB))
    corner.restart()
    assert await corner.does(ANN, BOB, STRANGER) == 0
    assert await corner.place.rows("SELECT 1 FROM outbox") == []
    assert await corner.place.rows("SELECT 1 FROM choice WHERE value = 'asked'") == []


async def test_old_acts_and_those_of_machines_ask_nobody(corner: Corner) -> None:
    robot = Account("chat", "", "robot", bot=True)
    await corner.counted(ANN, robot)
    assert await corner.does(ANN, ago=FRESH_MS) == 0
    assert await corner.does(robot) == 0
    assert await corner.does(ANN, kind=Kind.JOIN) == 0
    assert await corner.does(ANN, ago=FRESH_MS - 1) == 1


async def test_nothing_is_put_down_before_go_live_and_while_all_is_held(corner: Corner) -> None:
    """So who does something later is asked then."""
    await corner.counted(ANN)
    async with corner.place.database.write() as connection:
        await outgoing.pause(connection, corner.place.community, corner.place.at)
    assert await corner.does(ANN) == 0
    assert await corner.place.rows("SELECT 1 FROM choice") == []
    async with corner.place.database.write() as connection:
        await outgoing.resume(connection, corner.place.community, corner.place.at)
    corner.place.at += 5_000
    assert await corner.does(ANN) == 1


async def test_many_are_asked_one_after_the_other(corner: Corner) -> None:
    """Whoever is not asked is asked beside what they do later."""
    crowd = [Account("chat", "", f"person{n}") for n in range(int(AT_ONCE) + 5)]
    await corner.counted(*crowd)
    assert await corner.does(*crowd) == AT_ONCE
    corner.place.at += 3_000
    assert await corner.does(*crowd) == 3
    corner.place.at += HOUR
    assert await corner.does(*crowd) == 2


async def test_question_that_comes_too_late_is_not_asked(corner: Corner) -> None:
    """It stands beside an act, or nowhere."""
    await corner.counted(ANN)
    corner.place.platform.answer = lambda _: LATER
    assert await corner.does(ANN) == 0
    corner.place.platform.answer = lambda _: None
    corner.place.at += WORTH_MS
    assert await corner.place.courier.once() == 0
    assert await corner.place.states() == [("failed", Reason.EXPIRED)]
    assert await corner.place.rows("SELECT channel FROM outbox") == [("",)]


async def test_being_asked_is_no_contact_and_heeds_no_hour(corner: Corner) -> None:
    """It stands where they are awake; an invitation may still come in the same week."""
    await corner.place.somebody("ann")
    async with corner.place.database.write() as connection:
        await connection.execute(text("UPDATE member SET page = FALSE"))
    corner.place.at += 11 * HOUR
    assert await corner.does(ANN) == 1
    corner.place.at += 13 * HOUR
    [(ann,)] = await corner.place.rows("SELECT member FROM account")
    await corner.place.post(corner.place.letter(ann))
    assert await corner.place.courier.once() == 1

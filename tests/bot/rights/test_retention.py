"""Letting go: counted people's acts become numbers after 90 days, pages keep what old acts gave, and I5 holds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.consent.choices import Choices, Said
from bot.keys import Keys
from bot.rights.retention import CONTACT_DAYS, COUNTED_DAYS, PAGE_DAYS, LetGo, Periods, Retention
from bot.standing import histories
from bot.storage import communities, contacts, people
from scoring.measures.history import History
from scoring.signals import DAY_MS, Account, Kind, date_of, day_number
from tests.bot.rights.test_choices import _fernet
from tests.bot.rights.town import ANN, BOB, CAT, CHAT, HELP, NOW, TODAY, Here, message, reply, settled_space, thanks
from tests.scenarios.words import SOURCES
from tests.scenarios.world import world


def let_go(here: Here, today: int = TODAY, periods: Periods | None = None) -> LetGo:
    return here.run(Retention(here.database, here.id, periods or Periods()).run(today))


def page(here: Here, who: Account) -> None:
    said = Said(here.id, here.space, who, NOW)
    here.run(Choices(here.database, here.town.world.keys).make_page(said, fresh=False))


def days_left(here: Here, who: Account) -> list[int]:
    mine = f"JOIN account a ON a.id = e.account WHERE e.community = :of AND a.member = {here.member(who)}"
    return [TODAY - row[0] for row in here.rows(f"SELECT DISTINCT e.day FROM engagement e {mine} ORDER BY 1")]


def test_acts_of_counted_people_become_numbers_of_their_day(here: Here) -> None:
    old = TODAY - COUNTED_DAYS - 1
    here.hear(*(message(ANN, n, day=old, context=CHAT) for n in range(3)), message(BOB, 9, day=old, context=CHAT))
    here.hear(message(ANN, 20, day=TODAY - COUNTED_DAYS, context=CHAT))
    here.settle()

    assert let_go(here).acts == 4

    assert days_left(here, ANN) == [COUNTED_DAYS]
    month = day_number(date_of(old).replace(day=1))
    counts = here.rows('SELECT kind, day, place, n FROM "count" WHERE community = :of ORDER BY kind')
    assert counts == [("message", old, "C2", 4), ("writers", month, "", 2)]
    assert here.rows(f"SELECT * FROM tally WHERE community = :of AND day = {old}") == []
    assert here.town.differences() == {}
    assert let_go(here).acts == 0
    assert here.rows('SELECT kind, day, place, n FROM "count" WHERE community = :of ORDER BY kind') == counts


def test_page_keeps_acts_for_thirteen_months_and_what_they_gave_for_longer(here: Here) -> None:
    here.hear(
        *(message(ANN, n, day=TODAY - ago, context=CHAT) for n, ago in enumerate((PAGE_DAYS + 1, PAGE_DAYS, 100)))
    )
    page(here, ANN)
    here.settle()
    before = here.town.scores()

    assert let_go(here).acts == 1

    assert days_left(here, ANN) == [PAGE_DAYS, 100]
    assert here.town.scores() == before
    assert here.town.differences() == {}
    here.do("INSERT INTO dirty SELECT community, day, member FROM tally WHERE community = :of")
    here.settle()
    assert here.town.scores() == before


def test_reports_and_pages_agree_when_old_acts_are_gone(here: Here) -> None:
    here.hear(
        *(message(ANN, n, day=TODAY - PAGE_DAYS - n // 4, context=CHAT) for n in range(1, 40)),
        message(ANN, 90, day=TODAY - 3, context=CHAT),
    )
    page(here, ANN)
    here.settle()
    let_go(here)
    assert days_left(here, ANN) == [PAGE_DAYS, 3]

    stored = here.town.scores()
    found = reported(here, TODAY)
    columns = (found.tallies.member, found.tallies.day, found.tallies.type, found.tallies.counted, found.tallies.points)
    rows = zip(*(one.tolist() for one in columns), strict=True)
    assert {(who, day, kind): (counted, points) for who, day, kind, counted, points in rows} == stored.tallies
    changes = zip(found.changes.member.tolist(), found.changes.day.tolist(), found.changes.band.tolist(), strict=True)
    assert sorted(changes) == [row for row in stored.bands if row[1] <= TODAY]

    earlier = reported(here, TODAY - PAGE_DAYS - 5)
    assert earlier.tallies.day.tolist() == [day for day in found.tallies.day.tolist() if day <= TODAY - PAGE_DAYS - 5]


def reported(here: Here, as_of: int) -> History:
    async def read() -> History:
        async with here.database.read() as connection:
            one = await communities.get(connection, here.id)
        return await histories.history(here.database, one, here.town.mountain, as_of)

    return here.run(read())


def test_page_loses_nothing_when_those_go_whom_it_answered_or_who_thanked(here: Here) -> None:
    old = TODAY - COUNTED_DAYS - 5
    asked = message(BOB, 1, day=old, context=HELP)
    here.hear(
        asked,
        reply(ANN, 2, asked, context=HELP, day=old),
        reply(ANN, 3, asked, context=HELP),
        thanks(CAT, ANN, 4, day=old),
    )
    page(here, ANN)
    here.settle()
    mine = f"SELECT day, type, points FROM tally WHERE community = :of AND member = {here.member(ANN)} ORDER BY 1, 2"
    before = here.rows(mine)

    assert let_go(here).acts == 2

    assert here.rows(mine) == before
    assert here.town.differences() == {}


def test_kept_tallies_go_with_people_who_are_joined_and_parted(here: Here) -> None:
    old = TODAY - PAGE_DAYS - 3
    here.hear(message(ANN, 1, day=old, context=CHAT), message(BOB, 2, day=old, context=CHAT))
    page(here, ANN)
    page(here, BOB)
    here.settle()
    before = here.town.scores()
    let_go(here)

    async def join() -> None:
        ann, bob = await here.room().known(ANN), await here.room().known(BOB)
        assert ann is not None
        assert bob is not None
        async with here.database.write() as connection:
            await people.join_accounts(connection, here.id, 0, [(ann.id, bob.id)], 99)

    here.run(join())
    here.settle()
    assert here.town.differences() == {}
    assert sum(one[1] for one in here.town.scores().tallies.values()) == sum(one[1] for one in before.tallies.values())

    async def part() -> None:
        async with here.database.write() as connection:
            await people.part_accounts(connection, here.id, 0)

    here.run(part())
    here.settle()
    assert here.town.differences() == {}
    assert here.town.scores() == before


def test_page_that_is_closed_loses_what_it_kept(here: Here) -> None:
    here.hear(message(ANN, 1, day=TODAY - PAGE_DAYS - 3, context=CHAT))
    page(here, ANN)
    here.settle()
    let_go(here)

    here.run(Choices(here.database, here.town.world.keys).close_page(Said(here.id, here.space, ANN, NOW)))
    here.settle()

    assert here.rows("SELECT * FROM tally WHERE community = :of") == []
    assert here.town.differences() == {}


def test_contact_details_lapse_half_a_year_after_the_last_contact(here: Here) -> None:
    here.hear(message(ANN, 1), message(BOB, 2))

    async def met() -> None:
        async with here.database.write() as connection:
            for who, ago in ((ANN, CONTACT_DAYS + 1), (BOB, CONTACT_DAYS - 1)):
                known = await here.room().known(who)
                assert known is not None
                await contacts.met(connection, here.id, known.member, (TODAY - ago) * DAY_MS)
                await contacts.opened(connection, here.id, known.member, here.space, 5)

    here.run(met())

    assert let_go(here).contacts == 1
    for table in ("contact", "reach"):
        assert here.rows(f"SELECT member FROM {table} WHERE community = :of") == [(here.member(BOB),)]


def test_nothing_over_age_is_left_after_four_hundred_days(here: Here) -> None:
    here.hear(
        *(
            message(who, 10 * n + m, day=TODAY - 50 * m, context=CHAT)
            for n, who in enumerate((ANN, BOB))
            for m in range(9)
        )
    )
    page(here, ANN)
    here.settle()
    before = [row for row in here.town.scores().tallies.items() if row[0][0] == here.member(ANN)]

    let_go(here, TODAY + 400)

    assert here.rows("SELECT * FROM engagement WHERE community = :of") == []
    assert [row for row in here.town.scores().tallies.items() if row[0][0] == here.member(ANN)] == before
    assert [row for row in here.town.scores().tallies.items() if row[0][0] == here.member(BOB)] == []
    assert here.town.differences() == {}


def test_participations_stay_and_periods_can_only_be_shortened(here: Here) -> None:
    here.hear(message(ANN, 1, day=TODAY - 1000, kind=Kind.PARTICIPATION), message(ANN, 2, day=TODAY - 40))

    assert let_go(here, periods=Periods(counted=30)).acts == 1
    assert days_left(here, ANN) == [1000]
    with pytest.raises(ValueError, match="only be shortened"):
        Periods(counted=91)


_WHO = st.sampled_from([ANN, BOB, CAT])
_ACTS = st.lists(
    st.tuples(
        _WHO, _WHO, st.sampled_from(["write", "answer", "thank"]), st.sampled_from([0, 30, 89, 91, 92, 395, 397, 500])
    ),
    min_size=1,
    max_size=14,
)


@given(acts=_ACTS, paged=st.sets(_WHO), later=st.lists(st.sampled_from([0, 1, 40, 300]), max_size=3))
@settings(max_examples=25)
def test_pages_keep_their_scores_whatever_goes_around_them(
    acts: list[tuple[Account, Account, str, int]], paged: set[Account], later: list[int], shared: tuple[Here, list[int]]
) -> None:
    first, count = shared
    count[0] += 1
    here = settled_space(first.town.world.found(f"town {count[0]}", sources=SOURCES), f"8{count[0]}")
    written = [message(who, n + 1, day=TODAY - ago, context=HELP) for n, (who, _, _, ago) in enumerate(acts)]
    said = []
    for n, (who, whom, how, ago) in enumerate(acts):
        about = next((one for one in written if one.account == whom and one.key_day <= TODAY - ago), written[n])
        if how == "answer":
            said.append(reply(who, 100 + n, about, day=TODAY - ago, context=HELP))
        elif how == "thank" and who != whom:
            said.append(thanks(who, whom, 200 + n, day=TODAY - ago))
    here.hear(*written, *said)
    for who in paged:
        page(here, who)
    here.settle()
    mine = {here.member(who) for who in paged}
    before = {key: value for key, value in here.town.scores().tallies.items() if key[0] in mine}

    today = TODAY
    for days in (0, *later):
        today += days
        let_go(here, today)
        assert here.town.differences() == {}

    assert {key: value for key, value in here.town.scores().tallies.items() if key[0] in mine} == before


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> object:
    """One database for all examples; each has a community of its own."""
    with world(f"sqlite:///{tmp_path_factory.mktemp('aging')}/a.db", Keys(b"k" * 32, [_fernet()])) as place:
        yield Here(place.found("first", sources=SOURCES), 0), [0]

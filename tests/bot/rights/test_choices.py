"""What people choose holds at once, in the right place, and is taken back as easily as it is given."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.consent.choices import ASK_AGAIN_DAYS, Choices, Said, Source, Standing, What
from bot.consent.questions import Questions
from bot.gate import QUIET_DAYS, Invite
from bot.keys import Keys
from bot.ports import Consent
from bot.storage import people
from bot.storage.knowing import Who, known
from bot.storage.recording import record
from scoring.signals import DAY_MS, Account
from tests.bot.rights.town import ANN, BOB, CHAT, NOW, TODAY, Here, message, settled_space, thanks
from tests.scenarios.words import SOURCES
from tests.scenarios.world import Town


def questions(here: Here) -> Questions:
    return Questions(here.database, here.town.world.keys)


def choices(here: Here) -> Choices:
    return Choices(here.database, here.town.world.keys)


def said(here: Here, who: Account = ANN, at: int = NOW, space: int | None = None) -> Said:
    return Said(here.id, here.space if space is None else space, who, at, Source.BUTTON, "en:abc")


def stands(here: Here, who: Account = ANN) -> Standing:
    return here.run(choices(here).standing(said(here, who)))


def days(here: Here, who: Account = ANN) -> list[int]:
    """Return the days on which somebody has tallies."""
    here.settle()
    mine = f"SELECT DISTINCT day FROM tally WHERE community = :of AND member = {here.member(who)} ORDER BY day"
    return [row[0] for row in here.rows(mine)]


def test_page_begins_with_today_unless_what_is_kept_is_brought(here: Here) -> None:
    here.hear(*(message(ANN, n, day=TODAY - n, context=CHAT) for n in range(4)), thanks(BOB, ANN, 9, day=TODAY - 2))
    assert days(here) == [TODAY - 3, TODAY - 2, TODAY - 1, TODAY]

    assert here.run(choices(here).make_page(said(here)))

    assert stands(here).begins == TODAY
    assert days(here) == [TODAY]
    assert here.town.differences() == {}
    here.hear(message(ANN, 50, day=TODAY - 1, context=CHAT))  # heard late
    assert days(here) == [TODAY]

    assert here.run(choices(here).bring(said(here)))

    assert days(here) == [TODAY - 3, TODAY - 2, TODAY - 1, TODAY]
    assert here.town.differences() == {}


def test_everything_is_put_down_with_text_time_and_source(here: Here) -> None:
    here.run(choices(here).make_page(said(here)))
    here.run(choices(here).invite(said(here, at=NOW + 1), Invite.HERE))
    here.run(choices(here).close_page(said(here, at=NOW + 2)))
    here.run(choices(here).leave_out(said(here, at=NOW + 3)))

    rows = here.rows("SELECT what, value, version, at, source, space FROM choice WHERE community = :of ORDER BY id")
    assert rows == [
        ("page", "fresh", "en:abc", NOW, "button", 0),
        ("invite", "here", "en:abc", NOW + 1, "button", here.space),
        ("page", "no", "en:abc", NOW + 2, "button", 0),
        ("out", "yes", "en:abc", NOW + 3, "button", 0),
    ]


def test_closing_the_page_ends_invitations_and_bringing_is_for_pages_only(here: Here) -> None:
    assert not here.run(choices(here).bring(said(here)))
    assert not here.run(choices(here).invite(said(here), Invite.DM))
    here.run(choices(here).make_page(said(here)))
    assert stands(here).invite is None  # nothing is preselected
    here.run(choices(here).invite(said(here), Invite.DM))
    assert stands(here).invite is Invite.DM

    assert here.run(choices(here).close_page(said(here)))

    assert (stands(here).page, stands(here).invite) == (False, None)
    assert not here.run(choices(here).close_page(said(here)))


def test_who_is_left_out_of_one_space_is_heard_in_another(here: Here) -> None:
    other = settled_space(here.town, "701")
    here.hear(message(ANN, 1))
    here.run(choices(here).leave_out(said(here), everywhere=False))

    assert here.hear(message(ANN, 2)).dropped == {"left out": 1}
    assert other.hear(message(ANN, 3)).new == 1
    assert here.hear(message(ANN, 4)).dropped == {"left out": 1}
    assert (stands(here).out, stands(here).out_everywhere) == (True, False)
    assert not here.run(choices(other).standing(said(other))).out

    here.run(choices(here).let_in(said(here)))

    assert here.hear(message(ANN, 5)).new == 1


def test_memory_of_people_does_not_carry_one_spaces_word_into_another(here: Here) -> None:
    other = settled_space(here.town, "701")
    here.hear(message(ANN, 1))
    here.run(choices(other).leave_out(said(other), everywhere=False))
    world = here.town.world

    async def both() -> list[object]:
        dropped: list[object] = []
        for place, n in ((here, 10), (other, 11), (here, 12), (other, 13)):
            async with here.database.write() as connection:
                got = await record(connection, world.keys, place.origin(), [[message(ANN, n)]], world.memory)
            dropped.append(dict(got[0].dropped))
        return dropped

    assert here.run(both()) == [{}, {"left out": 1}, {}, {"left out": 1}]


def test_strict_space_stores_nothing_before_the_click_and_all_after_it(here: Here) -> None:
    here.do("UPDATE space SET consent = 'strict'")
    assert here.hear(message(ANN, 1)).dropped == {"no consent yet": 1}
    assert here.rows("SELECT id FROM account WHERE community = :of") == []

    here.run(choices(here).make_page(said(here)))

    assert here.hear(message(ANN, 2)).new == 1
    here.run(choices(here).close_page(said(here)))
    assert here.hear(message(ANN, 3)).dropped == {"no consent yet": 1}
    assert here.origin(consent=Consent.STRICT).newcomers.wait


def test_strictest_word_counts_for_people_who_are_joined(here: Here) -> None:
    here.hear(message(ANN, 1), message(BOB, 2))
    here.run(choices(here).make_page(said(here)))
    here.run(choices(here).make_page(said(here, BOB), fresh=False))
    here.run(choices(here).invite(said(here), Invite.DM))
    here.run(choices(here).invite(said(here, BOB), Invite.NO))

    async def join() -> None:
        ann, bob = await here.room().known(ANN), await here.room().known(BOB)
        assert ann is not None
        assert bob is not None
        async with here.database.write() as connection:
            await people.join_accounts(connection, here.id, 0, [(ann.id, bob.id)], 10)

    here.run(join())

    assert stands(here) == stands(here, BOB)
    assert (stands(here).invite, stands(here).begins) == (Invite.NO, TODAY)

    here.run(choices(here).leave_out(said(here, BOB)))

    assert here.hear(message(ANN, 3)).dropped == {"left out": 1}
    assert not stands(here).page


def test_who_the_team_leaves_out_makes_no_page(here: Here) -> None:
    handle = here.town.world.keys.handle(ANN)
    here.do("INSERT INTO left_out VALUES (:of, :handle, :space, 0)", handle=handle, space=here.space)

    assert not here.run(choices(here).make_page(said(here)))

    assert stands(here).excluded


def test_chosen_role_is_a_yes_but_not_against_an_earlier_word(here: Here) -> None:
    assert here.run(choices(here).by_role(said(here)))
    assert not here.run(choices(here).by_role(said(here)))
    here.run(choices(here).close_page(said(here)))

    assert not here.run(choices(here).by_role(said(here, at=NOW + 1)))
    assert not stands(here).page
    here.run(choices(here).leave_out(said(here, BOB)))
    assert not here.run(choices(here).by_role(said(here, BOB)))


@pytest.mark.parametrize("what", [What.ASKED_PAGE, What.ASKED_INVITE])
def test_nobody_is_asked_more_than_twice_a_year(here: Here, what: What) -> None:
    here.hear(message(ANN, 1))
    times = [NOW + day * DAY_MS for day in range(0, 366, 3)]

    asked = [at for at in times if here.run(questions(here).ask(said(here, at=at), what))]

    assert len(asked) == 2
    assert asked[1] - asked[0] >= ASK_AGAIN_DAYS * DAY_MS


def test_who_decided_is_not_asked_and_of_strangers_nothing_is_put_down(here: Here) -> None:
    assert not here.run(questions(here).ask(said(here), What.ASKED_PAGE))
    assert here.rows("SELECT id FROM account WHERE community = :of") == []
    here.run(choices(here).make_page(said(here)))
    here.run(choices(here).close_page(said(here)))

    assert not here.run(questions(here).ask(said(here, at=NOW + 1), What.ASKED_PAGE))


@pytest.fixture(scope="module")
def url_town(tmp_path_factory: pytest.TempPathFactory) -> object:
    """One database for all examples; each has a community of its own."""
    from tests.scenarios.world import world

    with world(f"sqlite:///{tmp_path_factory.mktemp('any')}/a.db", Keys(b"k" * 32, [_fernet()])) as place:
        town: Town = place.found("first", sources=SOURCES)
        yield Here(town, 0), [0]


def _fernet() -> str:
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()


@given(words=st.lists(st.sampled_from(["page", "bring", "close", "out", "in", "dm", "no", "act"]), max_size=12))
@settings(max_examples=25)
def test_whatever_is_chosen_in_whatever_order_the_last_words_hold(
    words: list[str], url_town: tuple[Here, list[int]]
) -> None:
    shared, count = url_town
    count[0] += 1
    here = settled_space(shared.town.world.found(f"town {count[0]}", sources=SOURCES), f"9{count[0]}")
    page, out, begins, number = False, False, 0, 0
    for n, word in enumerate(words):
        one, at = choices(here), said(here, at=NOW + n)
        if word == "page":
            here.run(one.make_page(at))
            page, out, begins = True, False, begins if page else TODAY
        elif word == "bring":
            begins = 0 if here.run(one.bring(at)) else begins
        elif word == "close":
            here.run(one.close_page(at))
            page = False
        elif word == "out":
            here.run(one.leave_out(at))
            out, page = True, False
        elif word == "in":
            here.run(one.let_in(at))
            out = False
        elif word == "act":
            number += 2
            receipt = here.hear(message(ANN, number), message(ANN, number + 1, day=TODAY - 1))
            assert receipt.new == (0 if out else 2)
        else:
            assert here.run(one.invite(at, Invite(word))) == page
    now = stands(here)
    assert (now.page, now.out) == (page, out)
    if page:
        assert now.begins == begins
    here.settle()
    assert here.town.differences() == {}


def earlier(here: Here, what: What, version: str) -> None:
    """Let what was chosen have been read in another version of its text."""
    here.do("UPDATE choice SET version = :v WHERE community = :of AND what = :what", v=version, what=what.value)


@pytest.mark.parametrize(("what", "asks"), [(What.PAGE, What.ASKED_PAGE), (What.INVITE, What.ASKED_INVITE)])
def test_yes_to_a_text_that_asked_for_less_is_asked_for_anew_twice_a_year_at_most(
    here: Here, what: What, asks: What
) -> None:
    here.run(choices(here).make_page(said(here)))
    here.run(choices(here).invite(said(here), Invite.DM))
    assert here.run(questions(here).outdated(said(here))) == frozenset()
    earlier(here, what, "en:0123456789ab:0")

    assert here.run(questions(here).outdated(said(here))) == {what.value}
    times = [NOW + day * DAY_MS for day in range(1, 366, 3)]
    asked = [at for at in times if here.run(questions(here).ask(said(here, at=at), asks))]

    assert len(asked) == 2
    assert asked[0] == NOW + DAY_MS


def test_new_yes_is_put_down_with_its_text_and_a_no_is_never_asked_about_anew(here: Here) -> None:
    here.run(choices(here).make_page(said(here)))
    earlier(here, What.PAGE, "en:0123456789ab:0")
    now = replace(said(here, at=NOW + 1), version="en:ba9876543210:1")

    assert here.run(choices(here).make_page(now))
    assert here.run(questions(here).outdated(now)) == frozenset()
    assert here.rows("SELECT version FROM choice WHERE community = :of AND what = 'page' ORDER BY id") == [
        ("en:0123456789ab:0",),
        ("en:ba9876543210:1",),
    ]
    here.run(choices(here).close_page(replace(now, version="en:0123456789ab:0")))
    assert here.run(questions(here).outdated(now)) == frozenset()


def test_month_without_messages_ends_by_itself_or_by_another_word(here: Here) -> None:
    here.run(choices(here).make_page(said(here)))
    here.run(choices(here).invite(said(here), Invite.DM))
    until = here.run(choices(here).quiet(said(here, at=NOW + 1)))

    whose = Who(here.id, here.member(ANN) or 0, here.space)

    async def quiet_until(at: int) -> int:
        async with here.database.read() as connection:
            return (await known(connection, [whose], at))[whose].person.quiet_until

    assert until == NOW + 1 + QUIET_DAYS * DAY_MS
    assert here.run(quiet_until(until - 1)) == until
    assert here.run(quiet_until(until)) <= until
    here.run(choices(here).invite(said(here, at=NOW + 2), Invite.DM))
    assert here.run(quiet_until(NOW + 3)) == 0

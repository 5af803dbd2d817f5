"""Accounts that the team joins: nobody loses a page, a handle elsewhere or their quiet by it, and it can be undone."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.chat.speech import Action
from bot.consent.choices import Choices, Said, Standing, What
from bot.consent.coming import Coming
from bot.consent.questions import Questions
from bot.errors import MachineError
from bot.gate import Invite
from bot.identity.names import DROP_SECONDS, Called, Names
from bot.storage import belonging, choosing, contacts
from scoring.signals import DAY_MS, Account
from tests.bot.teamwork.stage import ANN, BOB, CAT, TODAY, Stage, buttons, said, select

MERGE = "cairn-team merge"
OLD_BOB = Account("imported", "github", BOB.id)
"""An imported account that is called as Bob is."""
OTHER_BOB = Account("slack", "T1", BOB.id)
_CHOSEN = "SELECT id, page, begins FROM member ORDER BY id"
_OWN = "SELECT own_member FROM account WHERE handle = :handle"
_INVITED = "SELECT member, space, invite FROM reach WHERE invite IS NOT NULL ORDER BY member"


def told(stage: Stage, who: Account) -> Said:
    return Said(stage.community, stage.space, who, stage.now)


def choices(stage: Stage) -> Choices:
    return Choices(stage.database, stage.keys)


async def standing(stage: Stage, who: Account) -> Standing:
    return await choices(stage).standing(told(stage, who))


async def bob_with(stage: Stage, other: Account, *, fresh: bool = True) -> None:
    """Give Bob a page with an invitation by direct message; the other account has only written."""
    await stage.wrote(BOB, 1)
    await stage.wrote(other, 2)
    await choices(stage).make_page(told(stage, BOB), fresh=fresh)
    await choices(stage).invite(told(stage, BOB), Invite.DM)


async def joined(stage: Stage) -> str:
    return said(await stage.act(buttons(await stage.call(MERGE))["They are one person"]))


async def parted(stage: Stage) -> None:
    there = select(await stage.call(MERGE))
    assert "parted" in said(await stage.act(there.action, chosen=[there.choices[0].value]))


@pytest.mark.parametrize("fresh", [True, False])
async def test_account_that_never_chose_takes_no_page_away(stage: Stage, fresh: bool) -> None:
    await bob_with(stage, OLD_BOB, fresh=fresh)
    before = await standing(stage, BOB)
    await joined(stage)
    after = await standing(stage, BOB)

    assert (after.page, after.invite, after.begins) == (True, Invite.DM, before.begins)
    assert before.begins == (TODAY if fresh else 0)
    assert "no page of your own" not in said(await stage.call("cairn me", BOB))


async def test_page_stays_also_where_the_imported_account_was_there_first(stage: Stage) -> None:
    await stage.wrote(OLD_BOB, 2)
    await bob_with(stage, OLD_BOB)
    await joined(stage)

    assert (await standing(stage, BOB)).page


async def test_undone_join_gives_back_what_each_had(stage: Stage) -> None:
    await bob_with(stage, OLD_BOB)
    await stage.call(MERGE)
    before = await stage.rows(_CHOSEN), await stage.rows(_INVITED)
    await joined(stage)
    await choices(stage).invite(told(stage, BOB), Invite.HERE)
    await choices(stage).invite(told(stage, BOB), Invite.DM)
    await parted(stage)

    assert (await stage.rows(_CHOSEN), await stage.rows(_INVITED)) == before
    assert (await standing(stage, BOB)).page
    assert not (await standing(stage, OLD_BOB)).page


async def test_accounts_can_be_joined_and_parted_twice(stage: Stage) -> None:
    await bob_with(stage, OLD_BOB)
    for _ in range(2):
        await joined(stage)
        assert (await standing(stage, OLD_BOB)).page
        await parted(stage)
        assert not (await standing(stage, OLD_BOB)).page


async def test_page_brought_further_back_while_joined_is_lent_no_longer(stage: Stage) -> None:
    await bob_with(stage, OLD_BOB)
    await joined(stage)
    await choices(stage).bring(told(stage, BOB))
    await parted(stage)

    assert [(await standing(stage, who)).page for who in (BOB, OLD_BOB)] == [True, False]


async def test_parting_by_the_person_ends_a_lent_page_too(stage: Stage) -> None:
    await bob_with(stage, OLD_BOB)
    await joined(stage)
    handle = stage.keys.handle(OLD_BOB)
    ((number,),) = await stage.rows("SELECT id FROM account WHERE handle = :handle", handle=handle)
    await stage.act(Action("link-part", (str(number),)), BOB)

    assert [(await standing(stage, who)).page for who in (BOB, OLD_BOB)] == [True, False]


async def test_parting_one_pair_leaves_the_page_to_those_who_stay_joined(stage: Stage) -> None:
    await bob_with(stage, OLD_BOB)
    await stage.wrote(OTHER_BOB, 3)
    await joined(stage)
    await joined(stage)
    first = (await stage.rows("SELECT account, other FROM link ORDER BY id"))[0]
    there = select(await stage.call(MERGE))
    await stage.act(there.action, chosen=["-".join(map(str, first))])

    assert [(await standing(stage, who)).page for who in (BOB, OLD_BOB, OTHER_BOB)] == [True, False, True]


async def test_closed_page_of_the_other_side_is_not_opened_by_the_team(stage: Stage) -> None:
    await bob_with(stage, OTHER_BOB)
    await choices(stage).make_page(told(stage, OTHER_BOB))
    await choices(stage).close_page(told(stage, OTHER_BOB))
    await joined(stage)
    assert not (await standing(stage, BOB)).page
    await parted(stage)

    assert [(await standing(stage, who)).page for who in (BOB, OTHER_BOB)] == [True, False]


async def test_left_out_side_and_its_no_hold_for_both(stage: Stage) -> None:
    await bob_with(stage, OTHER_BOB)
    await choices(stage).leave_out(told(stage, OTHER_BOB))
    await joined(stage)
    now = await standing(stage, BOB)
    assert (now.out_everywhere, now.page) == (True, False)
    await stage.wrote(BOB, 8)
    await parted(stage)
    now = await standing(stage, BOB)
    await stage.wrote(BOB, 9)

    assert (now.out, now.page, now.invite) == (False, True, Invite.DM)
    assert await stage.rows("SELECT key FROM engagement WHERE key IN ('d:8', 'd:9')") == [("d:9",)]


async def test_who_left_with_one_account_is_back_with_it_and_parting_leaves_each_their_own(stage: Stage) -> None:
    await stage.wrote(OTHER_BOB, 3)
    await bob_with(stage, OTHER_BOB)
    coming = Coming(stage.database, stage.keys, stage.community, stage.space)
    there = "SELECT member FROM reach WHERE left_at IS NOT NULL ORDER BY member"
    numbers = {who: row for who in (BOB, OTHER_BOB) for row in await stage.rows(_OWN, handle=stage.keys.handle(who))}
    await joined(stage)
    await coming.left(BOB, stage.now)
    assert await stage.rows(there) == [numbers[BOB]]
    async with stage.database.write() as connection:  # as the courier does of who is gone
        await contacts.left(connection, stage.community, min(numbers.values())[0], stage.space, stage.now)
    await coming.came(BOB)
    assert await stage.rows(there) == []
    await coming.left(OTHER_BOB, stage.now)
    await parted(stage)

    assert await stage.rows(there) == [numbers[OTHER_BOB]]


async def test_no_to_invitations_holds_for_both(stage: Stage) -> None:
    await bob_with(stage, OTHER_BOB)
    await choices(stage).make_page(told(stage, OTHER_BOB))
    await choices(stage).invite(told(stage, OTHER_BOB), Invite.NO)
    await joined(stage)
    now = await standing(stage, BOB)

    assert (now.page, now.invite) == (True, Invite.NO)


async def test_words_of_the_team_do_not_keep_anybody_from_being_asked(stage: Stage) -> None:
    await bob_with(stage, OTHER_BOB)
    await joined(stage)
    await parted(stage)

    assert await Questions(stage.database, stage.keys).ask(told(stage, OTHER_BOB), What.ASKED_PAGE)
    assert await choices(stage).by_role(told(stage, OTHER_BOB))


async def test_handle_declared_by_its_owner_finds_the_imported_account(stage: Stage) -> None:
    imported = Account("imported", "GitHub", "octo-cat")
    await stage.wrote(CAT, 1)
    await stage.wrote(imported, 2)
    assert "No accounts look like" in said(await stage.call(MERGE))

    await stage.act(Action("about-me-save"), CAT, **{"handle:github": "https://github.com/Octo-Cat"})
    shown = said(await stage.call(MERGE))

    assert "one of them said that the other is theirs" in shown
    assert "GitHub:octo-cat" in shown
    assert (await joined(stage)).startswith("They are joined.")


async def test_handle_declared_by_its_owner_finds_whom_an_import_declares_it_of(stage: Stage) -> None:
    await stage.wrote(CAT, 1)
    await stage.wrote(Account("imported", "member", "17"), 2)
    await stage.act(Action("about-me-save"), CAT, **{"handle:github": "Octo-Cat"})
    async with stage.database.write() as connection:
        number = (await stage.rows("SELECT max(id) FROM account"))[0][0]
        await belonging.declare(connection, stage.community, 3, [(number, "GitHub", "octo-cat")])

    assert "one of them said that the other is theirs" in said(await stage.call(MERGE))


async def test_handle_that_was_taken_back_suggests_nothing(stage: Stage) -> None:
    await stage.wrote(CAT, 1)
    await stage.wrote(Account("imported", "github", "octo-cat"), 2)
    for handle in ("octo-cat", ""):
        await stage.act(Action("about-me-save"), CAT, **{"handle:github": handle})

    assert "No accounts look like" in said(await stage.call(MERGE))


async def test_same_group_suggests_nothing(stage: Stage) -> None:
    await stage.wrote(ANN, 1)
    await stage.wrote(CAT, 2)
    numbers = [row[0] for row in await stage.rows("SELECT id FROM account")]
    async with stage.database.write() as connection:
        await belonging.declare(connection, stage.community, 3, [(one, "country", "Peru") for one in numbers])

    assert "No accounts look like" in said(await stage.call(MERGE))


async def test_suggestion_shows_no_activity_of_who_is_only_counted(stage: Stage) -> None:
    await bob_with(stage, OLD_BOB, fresh=False)
    await stage.wrote(OLD_BOB, 3, day=TODAY - 3)
    await stage.settle()
    shown = said(await stage.call(MERGE))

    assert shown.count("Active on") == 1
    assert f"Active on one day: {TODAY - 1}." in shown
    assert shown.count("Without a page") == 1
    assert str(TODAY - 3) not in shown


async def test_shown_suggestion_is_put_down_as_a_look_at_both(stage: Stage) -> None:
    await bob_with(stage, OLD_BOB)
    numbers = {(row[0],) for row in await stage.rows("SELECT member FROM account")}
    await stage.call(MERGE)
    looks = await stage.rows("SELECT about FROM audit WHERE what = 'looked at a member'")

    assert (len(looks), set(looks)) == (2, numbers)


async def test_nothing_is_put_down_where_nothing_is_suggested(stage: Stage) -> None:
    await stage.wrote(ANN, 1)
    await stage.call(MERGE)

    assert await stage.audited() == []


async def test_lent_page_is_put_down_as_the_teams_word(stage: Stage) -> None:
    await bob_with(stage, OLD_BOB)
    await joined(stage)
    await parted(stage)
    async with stage.database.read() as connection:
        family = await choosing.family(connection, stage.community, stage.keys.handle(OLD_BOB))
        assert family is not None
        rows = await choosing.of(connection, stage.community, family.members)

    assert [(one.what, one.value, one.source) for one in rows] == [
        ("page", "joined", "team"),
        ("page", "parted", "team"),
    ]
    assert all(one.at // DAY_MS == TODAY for one in rows)


class Register:
    """Knows what people are called in a space, and counts how often it was asked."""

    def __init__(self, *called: tuple[Account, str]) -> None:
        self.called = {who: (name,) for who, name in called}
        self.asked = 0

    async def names(self, space: str, most: int) -> Called | None:
        self.asked += 1
        if not self.called:
            raise MachineError("nobody answers")
        return self.called if len(self.called) <= most else None

    async def name_of(self, space: str, who: Account) -> str:
        return next(iter(self.called.get(who, ())), "")


def with_names(stage: Stage, *registers: Register, seconds: float = DROP_SECONDS) -> Names:
    """Let the space's names be those of a register."""
    names = Names({"discord": registers[0]}, seconds)
    stage.desks.door.tools = replace(stage.desks.door.tools, names=names)
    return names


SLACK_BOB = Account("slack", "T1", "U00B0B")
HANA = "Hana Nováková"


async def called_alike(stage: Stage) -> Register:
    """Let two be there who are called alike, and return who knows it."""
    await stage.wrote(BOB, 1)
    await stage.wrote(SLACK_BOB, 2)
    register = Register((BOB, HANA), (SLACK_BOB, "hana novakova"))
    with_names(stage, register)
    return register


async def test_similar_names_are_suggested_joined_only_by_a_person_and_undone(stage: Stage) -> None:
    register = await called_alike(stage)
    shown = said(await stage.call(MERGE))
    before = await stage.rows(_CHOSEN)

    assert "called similarly on two platforms" in shown
    assert "hana novakova (slack U00B0B)" in shown
    assert shown.count("Without a page") == 2
    assert await stage.rows("SELECT 1 FROM member WHERE merged_into IS NOT NULL") == []
    assert (await joined(stage)).startswith("They are joined.")
    assert len(await stage.rows("SELECT 1 FROM member WHERE merged_into IS NOT NULL")) == 1
    await parted(stage)
    assert await stage.rows(_CHOSEN) == before
    assert register.asked == 1


async def test_never_is_kept_until_it_is_taken_back(stage: Stage) -> None:
    await called_alike(stage)
    there = await stage.call(MERGE)
    assert "They stay apart" in said(await stage.act(buttons(there)["They are two people"]))
    again = await stage.call(MERGE)
    assert "No accounts look like" in said(again)
    assert said(await stage.act(buttons(there)["They are one person"])) == said(await stage.act(Action("merge-join")))
    chosen = select(again)
    wanted = chosen.choices[0].value
    assert "may be suggested again" in said(await stage.act(chosen.action, chosen=[wanted]))
    assert "called similarly" in said(await stage.call(MERGE))
    assert said(await stage.act(chosen.action, chosen=[wanted])) == said(await stage.act(Action("merge-join")))
    assert "took back that two accounts are two people's" in str(await stage.audited())


async def test_no_name_is_stored_or_kept_longer_than_some_minutes(stage: Stage) -> None:
    await stage.wrote(BOB, 1)
    await stage.wrote(SLACK_BOB, 2)
    register = Register((BOB, HANA), (SLACK_BOB, "hana novakova"))
    names = with_names(stage, register, seconds=0.0)
    await joined(stage)
    await asyncio.sleep(0)

    assert register.asked > 1
    assert "Nov" not in repr(vars(names))
    for table in ("member", "account", "audit", "link", "choice", "attribute"):
        assert not [row for row in await stage.rows(f"SELECT * FROM {table}") if "novak" in str(row).casefold()]


async def test_platform_that_tells_no_names_is_said(stage: Stage) -> None:
    await called_alike(stage)
    with_names(stage, Register())
    shown = said(await stage.call(MERGE))

    assert "No accounts look like" in shown
    assert "Names are not compared with those of" in shown

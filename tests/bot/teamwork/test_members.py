"""What the team sees of members, and who belongs where: never more than it may see, and every look is put down."""

from __future__ import annotations

import json

import pytest

from bot.chat.speech import Action, Jump, Paragraph
from bot.storage import people
from scoring.signals import Kind
from tests.bot.teamwork.stage import ANN, BOB, CAT, MOD, TODAY, Stage, buttons, said, select

MEMBER = "cairn-team member"
_PEOPLE = "SELECT count(DISTINCT member) FROM account WHERE handle <> :mod"


async def test_look_at_a_member_is_put_down_so_that_they_see_it(stage: Stage) -> None:
    await stage.wrote(ANN, 1)
    number = await stage.with_page(ANN)
    await stage.call(MEMBER, who=ANN)

    assert await stage.rows("SELECT what, about FROM audit") == [("looked at a member", number)]


async def test_member_is_shown_with_band_steps_and_links_but_no_points(stage: Stage) -> None:
    await stage.wrote(ANN, 1)
    await stage.call("cairn-team log", who=ANN, what="mentored", date="2026-02-14")
    await stage.with_page(ANN)
    await stage.settle()
    reply = await stage.call(MEMBER, who=ANN)
    jumps = [
        one for block in reply.blocks if isinstance(block, Paragraph) for one in block.text if isinstance(one, Jump)
    ]

    assert f"@{ANN.id} is in Helping" in said(reply)
    assert "Lead something" in said(reply)
    assert [(one.space, one.place, one.key) for one in jumps] == [("700", "77", "d:1")]
    assert "mentored" not in said(reply)
    assert "4" not in said(reply).replace(ANN.id, "").replace(str(TODAY - 2), "").replace(str(TODAY - 1), "")


async def test_nothing_is_shown_of_who_is_only_counted(stage: Stage) -> None:
    await stage.wrote(ANN, 1)
    await stage.settle()

    assert said(await stage.call(MEMBER, who=ANN)).startswith(f"@{ANN.id} has no page")
    assert await stage.audited() == ["looked at a member"]


async def test_links_stay_away_where_private_channels_may_count(stage: Stage) -> None:
    await stage.wrote(ANN, 1)
    await stage.with_page(ANN)
    await stage.settle()
    settings = {"roles": {"moderators": ["mods"]}, "channels": {"private": True}}
    await stage.do("UPDATE space SET settings = :settings", settings=json.dumps(settings))
    await stage.desks.refresh()

    assert "message" not in said(await stage.call(MEMBER, who=ANN))


async def test_who_is_not_known_is_not_shown(stage: Stage) -> None:
    assert "does not know this person" in said(await stage.call(MEMBER, who=BOB))
    assert await stage.audited() == []


async def test_people_join_and_leave_programmes(stage: Stage) -> None:
    given = {"who": ANN, "programme": "Open Leaders", "cohort": "5", "role": "mentor"}
    added = said(await stage.call("cairn-team programme add", **given))
    await stage.settle()
    tallies = await stage.rows("SELECT count(*) FROM tally")
    shown = said(await stage.call("cairn-team programme show", programme="open leaders"))
    gone = [said(await stage.call("cairn-team programme remove", **given)) for _ in range(2)]
    await stage.settle()

    assert added == f"@{ANN.id} takes part: Open Leaders, 5, mentor."
    assert tallies == [(1,)]
    assert shown == "5, mentor (1) | and one person without a page of their own"
    assert gone[0].startswith(f"@{ANN.id} no longer takes part")
    assert gone[1].startswith("The team has not put down")
    assert await stage.holding(Kind.PARTICIPATION) == 0
    assert await stage.rows("SELECT count(*) FROM tally") == [(0,)]


async def test_programme_names_those_with_a_page(stage: Stage) -> None:
    for who in (ANN, BOB):
        await stage.call("cairn-team programme add", who=who, programme="Open Leaders", role="mentor")
    await stage.with_page(ANN)

    shown = said(await stage.call("cairn-team programme show", programme="Open Leaders"))
    assert shown == f"mentor (2) | @{ANN.id} and one person without a page of their own"


@pytest.mark.parametrize("name", ["‮evil", "@everyone <@&1>\n# big", "x:y%z"])
async def test_hostile_names_stay_one_line_of_text(stage: Stage, name: str) -> None:
    await stage.call("cairn-team programme add", who=ANN, programme=name, role="mentor")
    names = await stage.rows("SELECT DISTINCT programme FROM context WHERE programme <> ''")

    assert "\n" not in names[0][0]
    assert "‮" not in names[0][0]
    assert "too long" in said(await stage.call("cairn-team programme add", who=ANN, programme="x" * 81))


async def test_chapter_is_there_once_and_people_belong_to_it(stage: Stage) -> None:
    await stage.wrote(ANN, 1)
    made = [said(await stage.call("cairn-team chapter create", name=name, place="Köln")) for name in ("Köln", "KÖLN")]
    choice = (await stage.suggested("cairn-team chapter add", "chapter", "köl"))[0].value
    added = [said(await stage.call("cairn-team chapter add", who=ANN, chapter=one)) for one in (choice, "köln")]
    listed = said(await stage.call("cairn-team chapter list"))
    removed = [said(await stage.call("cairn-team chapter remove", who=ANN, chapter="Köln")) for _ in range(2)]

    assert made == ["Köln is there now.", "KÖLN is there already."]
    assert added == [f"@{ANN.id} belongs to Köln now.", f"@{ANN.id} belongs to Köln already."]
    assert listed.endswith("Köln, Köln, 1")
    assert removed == [f"@{ANN.id} belongs to Köln no longer.", f"@{ANN.id} does not belong to Köln."]


async def test_chapter_is_closed_by_its_button_once(stage: Stage) -> None:
    await stage.call("cairn-team chapter create", name="Köln")
    close = buttons(await stage.call("cairn-team chapter list", chapter="Köln"))["Close this chapter"]
    answers = [said(await stage.act(close)) for _ in range(2)]

    assert answers[0].startswith("It is closed.")
    assert answers[1].startswith("There is no chapter")
    assert "no chapter" in said(await stage.act(Action("chapter-close", ("x", "y"))))


async def test_chapter_of_another_community_is_not_found(stage: Stage) -> None:
    await stage.wrote(ANN, 1)
    await stage.call("cairn-team chapter create", name="Köln")
    number = (await stage.rows("SELECT id FROM chapter"))[0][0]
    await stage.do("INSERT INTO community (name, people, as_of) VALUES ('Other', 0, 0)")
    await stage.do("UPDATE chapter SET community = (SELECT id FROM community WHERE name = 'Other')")

    assert "no chapter" in said(await stage.call("cairn-team chapter add", who=ANN, chapter=str(number)))
    assert "no chapter" in said(await stage.act(Action("chapter-close", (str(number),))))


async def test_notes_are_kept_by_week_and_taken_back(stage: Stage) -> None:
    done = await stage.call("cairn-team note", text="  We held\nthe first\x00 call. ")
    listed = said(await stage.call("cairn-team note"))
    back = buttons(done)["Take it back"]
    answers = [said(await stage.act(back)) for _ in range(2)]

    assert listed == "This is what the team did: | 20500: We held the first call."
    assert answers == ["It is taken back.", "This is not there any more."]
    assert said(await stage.call("cairn-team note")) == "Nothing is noted for the last weeks."


async def test_accounts_that_are_called_the_same_are_suggested_joined_and_parted(stage: Stage) -> None:
    other = ANN._replace(platform="imported", realm="discord")
    await stage.wrote(ANN, 1)
    await stage.wrote(other, 2)
    await stage.settle()
    shown = await stage.call("cairn-team merge")
    joined = said(await stage.act(buttons(shown)["They are one person"]))
    again = said(await stage.act(buttons(shown)["They are one person"]))
    one = await stage.rows(_PEOPLE, mod=stage.keys.handle(MOD))
    after = await stage.call("cairn-team merge")
    part = select(after)
    parted = said(await stage.act(part.action, chosen=[part.choices[0].value]))
    two = await stage.rows(_PEOPLE, mod=stage.keys.handle(MOD))

    assert f"@{ANN.id} (discord {ANN.id})" in said(shown)
    assert joined.startswith("They are joined.")
    assert again == "This is not there any more."
    assert parted == "They are parted again."
    assert (one, two) == ([(1,)], [(2,)])


async def test_pair_that_never_belongs_together_is_not_suggested_again(stage: Stage) -> None:
    await stage.wrote(ANN, 1)
    await stage.wrote(ANN._replace(platform="imported"), 2)
    shown = await stage.call("cairn-team merge")
    await stage.act(buttons(shown)["They are two people"])

    assert "No accounts look like" in said(await stage.call("cairn-team merge"))


async def test_forged_pair_is_not_joined(stage: Stage) -> None:
    for n, who in enumerate((ANN, BOB, CAT)):
        await stage.wrote(who, n)
    numbers = [str(row[0]) for row in await stage.rows("SELECT id FROM account ORDER BY id")]

    assert "not there any more" in said(await stage.act(Action("merge-join", (numbers[0], numbers[1]))))
    assert await stage.rows("SELECT count(*) FROM link") == [(0,)]


async def test_parting_leaves_what_others_vouch_for(stage: Stage) -> None:
    await stage.wrote(ANN, 1)
    await stage.wrote(BOB, 2)
    one, other = (row[0] for row in await stage.rows("SELECT id FROM account ORDER BY id"))
    async with stage.database.write() as connection:
        for source in (0, -1):
            await people.join_accounts(connection, stage.community, source, [(one, other)], 10**9)
        parted = await people.part_pair(connection, stage.community, -1, (one, other))

    assert parted
    assert await stage.rows("SELECT count(DISTINCT member) FROM account") == [(1,)]

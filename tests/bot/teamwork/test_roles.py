"""Roles that people hold: who holds one that is left out counts no longer, and a chosen one can stand for a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.consent.choices import Choices, Said, Source
from bot.consent.roles import Role, Roles, There
from bot.hearing.space_settings import Listed
from scoring.signals import Account, Context, Kind
from tests.bot.teamwork.stage import ANN, BOB, HEAD, NOW, TODAY, Stage, said, select

STAFF, CLIMBER, YOUNG = ("12", "Staff"), ("13", "Climbers"), ("14", "Teens")


async def heard(stage: Stage, held: Mapping[Account, list[Role]], at: int = NOW, **settings: Any) -> bool:
    """Let the roles be heard that people hold, where settings ask about them."""
    there = There(stage.community, stage.space, replace(stage.desk.settings, **settings), at)
    return await Roles(stage.database, stage.keys).heard(there, held)


async def has_page(stage: Stage, who: Account) -> bool:
    said = Said(stage.community, stage.space, who, NOW)
    return (await Choices(stage.database, stage.keys).standing(said)).page


async def choices(stage: Stage) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in await stage.rows("SELECT value, source FROM choice ORDER BY id")]


async def scored(stage: Stage) -> int:
    """Settle, and return how many have scores."""
    await stage.settle()
    return int((await stage.rows("SELECT count(DISTINCT member) FROM tally"))[0][0])


async def test_role_left_out_in_chat_takes_its_people_out_of_the_scores_and_back(stage: Stage) -> None:
    for n, who in enumerate((ANN, BOB)):
        await stage.wrote(who, n)
    before = await scored(stage), await stage.rows("SELECT * FROM tally ORDER BY member")
    reply = await stage.call("cairn-team exclude role", role=STAFF[0])
    await stage.desks.refresh()
    await stage.desk.holding({ANN: [STAFF], BOB: []})
    during = await scored(stage)
    await stage.wrote(ANN, 9)
    await stage.act(select(reply).action, chosen=[select(reply).choices[0].value])

    assert (before[0], during, await scored(stage)) == (2, 1, 2)
    assert await stage.rows("SELECT * FROM tally ORDER BY member") == before[1]


async def test_role_left_out_that_somebody_loses_lets_them_count_again(stage: Stage) -> None:
    await stage.wrote(ANN, 1)
    out = Listed.of(["staff"])
    changed = [await heard(stage, {ANN: roles}, excluded_roles=out) for roles in ([STAFF], [STAFF], [], [])]

    assert changed == [True, False, True, False]
    assert await scored(stage) == 1


@pytest.mark.parametrize("command", ["channel", "person"])
async def test_what_is_left_out_in_chat_leaves_the_scores_and_comes_back(stage: Stage, command: str) -> None:
    await stage.wrote(ANN, 1)
    await stage.wrote(BOB, 2, context=Context("78", "lounge"))
    before = await scored(stage), await stage.rows("SELECT * FROM tally ORDER BY member")
    given = {"channel": "77"} if command == "channel" else {"who": ANN}
    reply = await stage.call(f"cairn-team exclude {command}", **given)
    during = await scored(stage), await stage.holding(Kind.MESSAGE)
    await stage.act(select(reply).action, chosen=[select(reply).choices[0].value])

    assert during == (1, 2)
    assert (await scored(stage), await stage.rows("SELECT * FROM tally ORDER BY member")) == before


async def test_channels_of_a_category_leave_the_scores_when_their_platform_tells(stage: Stage) -> None:
    await stage.wrote(ANN, 1)
    await stage.wrote(BOB, 2, context=Context("790", "", "78"))
    counts = [await scored(stage)]
    for shut in ({"77"}, {"78"}, {"77", "78"}, set()):
        await stage.desk.shut(shut)
        counts.append(await scored(stage))

    assert counts == [2, 1, 1, 0, 2]


async def test_role_that_is_given_makes_a_page_and_taken_closes_it_with_its_source(stage: Stage) -> None:
    pages = Listed.of(["climbers"])
    steps = []
    for roles in ([CLIMBER], [CLIMBER], [], [CLIMBER]):
        await heard(stage, {ANN: roles, BOB: []}, page_roles=pages)
        steps.append(await has_page(stage, ANN))

    assert steps == [True, True, False, True]
    assert await choices(stage) == [("fresh", "role"), ("no", "role"), ("fresh", "role")]
    assert not await has_page(stage, BOB)


async def test_own_word_about_a_page_outlives_every_role(stage: Stage) -> None:
    pages = Listed.of(["climbers"])
    own = Choices(stage.database, stage.keys)
    bob = Said(stage.community, stage.space, BOB, NOW, Source.BUTTON)
    await heard(stage, {ANN: [CLIMBER], BOB: [CLIMBER]}, page_roles=pages)
    await own.bring(replace(bob, account=ANN))
    await own.close_page(bob)
    await heard(stage, {ANN: [], BOB: [CLIMBER]}, page_roles=pages)

    assert await has_page(stage, ANN)
    assert not await has_page(stage, BOB)


async def test_page_given_by_a_role_of_another_space_stays(stage: Stage) -> None:
    elsewhere = Said(stage.community, stage.space + 1, ANN, NOW, Source.ROLE)
    await Choices(stage.database, stage.keys).by_role(elsewhere)
    await heard(stage, {ANN: []}, page_roles=Listed.of(["climbers"]))

    assert await has_page(stage, ANN)


async def test_role_of_people_who_are_too_young_erases_once_it_is_heard(stage: Stage) -> None:
    await stage.wrote(ANN, 1)
    for _ in range(2):
        await heard(stage, {ANN: [YOUNG]}, under_age_roles=Listed.of(["teens"]))

    assert await stage.rows("SELECT 1 FROM account") == []
    assert await stage.rows("SELECT count(*) FROM erasure") == [(1,)]


async def test_staff_who_are_left_out_still_work_for_the_team(stage: Stage) -> None:
    await stage.wrote(ANN, 1, day=TODAY - 1)
    await heard(stage, {HEAD: [STAFF]}, excluded_roles=Listed.of(["staff"]))

    assert "Nothing goes out" in said(await stage.call("cairn-team pause", HEAD))

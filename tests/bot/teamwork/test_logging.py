"""What the team logs counts like everything else, once, and can be taken back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.chat.calling import Aim
from bot.chat.speech import Action
from bot.keys import open_keys
from scoring.signals import DAY_MS, Kind
from tests.bot.teamwork.stage import ANN, BOB, HEAD, MACHINE, MOD, TODAY, Stage, form, said, select, staged, standing

LOG, UNDO = "cairn-team log", "cairn-team undo"


async def test_engagement_that_was_logged_counts_for_whom_it_is(stage: Stage) -> None:
    reply = await stage.call(LOG, who=ANN, what="mentored", date="2026-02-14")
    await stage.settle()

    assert said(reply).startswith(f"Logged for @{ANN.id} on 20498: mentored somebody.")
    assert await stage.rows("SELECT day, counted, points FROM tally") == [(20_498, 1, 400_000)]
    assert await stage.rows("SELECT type, day FROM logged") == [("mentored", 20_498)]


async def test_same_thing_logged_twice_counts_once(stage: Stage) -> None:
    for _ in range(2):
        await stage.call(LOG, who=ANN, what="helped-out", date="2026-02-14")

    assert await stage.holding(Kind.LOGGED) == 1
    assert await stage.rows("SELECT count(*) FROM logged") == [(1,)]


async def test_two_who_log_at_once_log_one_engagement(stage: Stage) -> None:
    given = {"who": ANN, "what": "helped-out", "date": "2026-02-14"}
    await asyncio.gather(*(stage.call(LOG, by, **given) for by in (MOD, HEAD)))

    assert await stage.holding(Kind.LOGGED) == 1


async def test_what_was_logged_is_taken_back_once(stage: Stage) -> None:
    await stage.call(LOG, who=ANN, what="helped-out")
    await stage.settle()
    listed = await stage.call(UNDO)
    choice = select(listed).choices[0].value
    answers = [said(await stage.act(select(listed).action, chosen=[choice])) for _ in range(2)]
    await stage.settle()

    assert f"1. @{ANN.id}: helped out, {TODAY}" in said(listed)
    assert answers[0].startswith("It is taken back.")
    assert answers[1].startswith("That one is not there any more")
    assert await stage.rows("SELECT count(*) FROM tally") == [(0,)]
    assert (await stage.audited())[-2:] == ["logged an engagement", "took back what was logged"]


async def test_it_can_be_logged_again_after_it_was_taken_back(stage: Stage) -> None:
    await stage.call(LOG, who=ANN, what="helped-out")
    listed = select(await stage.call(UNDO))
    await stage.act(listed.action, chosen=[listed.choices[0].value])
    await stage.call(LOG, who=ANN, what="helped-out")

    assert await stage.holding(Kind.LOGGED) == 1
    assert await stage.rows("SELECT count(*) FROM logged WHERE undone_at IS NULL") == [(1,)]


@pytest.mark.parametrize("chosen", ["e999", "i999", "x", "", "e-1", "e" + "9" * 30, "e1; DROP TABLE logged"])
async def test_forged_choice_takes_nothing_back(stage: Stage, chosen: str) -> None:
    await stage.call(LOG, who=ANN, what="helped-out")

    assert "not there any more" in said(await stage.act(Action("undo-one"), chosen=[chosen]))
    assert await stage.holding(Kind.LOGGED) == 1


async def test_what_another_community_logged_is_not_taken_back(stage: Stage) -> None:
    await stage.call(LOG, who=ANN, what="helped-out")
    number = (await stage.rows("SELECT id FROM logged"))[0][0]
    await stage.do("INSERT INTO community (name, people, as_of) VALUES ('Other', 0, 0)")
    await stage.do("UPDATE logged SET community = (SELECT id FROM community WHERE name = 'Other')")

    assert "not there any more" in said(await stage.act(Action("undo-one"), chosen=[f"e{number}"]))
    assert await stage.holding(Kind.LOGGED) == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"what": "wrote"}, "Please choose one of the ways"),
        ({"what": ""}, "Please choose one of the ways"),
        ({"what": "mentored", "date": "2026-02-31"}, "That is no day"),
        ({"what": "mentored", "date": "yesterday"}, "That is no day"),
        ({"what": "mentored", "date": "2026-02-18"}, "still to come"),
        ({"what": "mentored", "date": "1970-01-01"}, "too long ago"),
        ({"what": "mentored", "date": "x" * 5_000}, "too long"),
        ({"what": "hours"}, "Please say how many"),
        ({"what": "hours", "amount": -1.0}, "does not fit"),
        ({"what": "hours", "amount": float("nan")}, "That is not a number"),
        ({"what": "grant", "amount": 1e30}, "does not fit"),
    ],
)
async def test_what_makes_no_sense_is_refused_in_words(stage: Stage, given: dict[str, object], told: str) -> None:
    await stage.wrote(ANN, 1)

    assert told in said(await stage.call(LOG, who=ANN, **given))
    assert await stage.rows("SELECT count(*) FROM logged") == [(0,)]


async def test_machines_are_not_logged(stage: Stage) -> None:
    assert "a bot" in said(await stage.call(LOG, who=MACHINE, what="mentored"))


async def test_who_is_left_out_stays_so(stage: Stage) -> None:
    sql = "INSERT INTO left_out (community, handle, space, since) VALUES (:of, :handle, 0, 0)"
    await stage.do(sql, of=stage.community, handle=stage.keys.handle(ANN))

    assert "left out" in said(await stage.call(LOG, who=ANN, what="mentored"))
    assert await stage.rows("SELECT count(*) FROM account WHERE handle = :h", h=stage.keys.handle(ANN)) == [(0,)]


async def test_strict_space_keeps_nothing_of_who_writes_but_that_somebody_did(sqlite_url: str, tmp_path: Path) -> None:
    async with staged(sqlite_url, open_keys(tmp_path / "keys"), consent="strict") as stage:
        for who, number in ((ANN, 1), (BOB, 2), (ANN, 3)):
            await stage.wrote(who, number)

        kept = await stage.rows("SELECT value FROM note WHERE name = 'written in'")
        people = [await stage.rows(f"SELECT 1 FROM {one}") for one in ("account", "member", "engagement", "sighting")]
        assert (kept, people) == ([(f'{{"77": {TODAY - 1}}}',)], [[]] * 4)


async def test_strict_space_keeps_nothing_of_who_never_agreed(sqlite_url: str, tmp_path: Path) -> None:
    async with staged(sqlite_url, open_keys(tmp_path / "keys"), consent="strict") as stage:
        answer = said(await stage.call(LOG, who=ANN, what="mentored"))

        assert "before their own yes" in answer
        assert await stage.rows("SELECT count(*) FROM account") == [(0,)]


async def test_hours_and_grants_are_put_down_and_taken_back(stage: Stage) -> None:
    await stage.wrote(ANN, 1)
    hours = said(await stage.call(LOG, who=ANN, what="hours", amount=2.5))
    await stage.call(LOG, who=ANN, what="grant", amount="1200,50")
    rows = await stage.rows("SELECT what, amount FROM investment ORDER BY id")
    listed = await stage.call(UNDO)
    await stage.act(select(listed).action, chosen=[select(listed).choices[0].value])

    assert "2.5 hours given" in hours
    assert rows == [("hours", 250), ("grant", 120_050)]
    assert await stage.rows("SELECT what FROM investment WHERE undone_at IS NULL") == [("hours",)]


@pytest.mark.parametrize("aim", [Aim(ANN), Aim(ANN, "77", "d:1", (TODAY - 3) * DAY_MS)], ids=["person", "message"])
async def test_context_menu_asks_and_logs(stage: Stage, aim: Aim) -> None:
    asked = form(await stage.menu(LOG, aim))
    given = {**standing(asked), "what": "helped-out"}
    reply = await stage.act(asked.action, **given)

    assert "Logged for" in said(reply)
    assert await stage.rows("SELECT day FROM logged") == [(TODAY - 3 if aim.message else TODAY,)]


async def test_form_for_somebody_else_than_was_asked_is_refused(stage: Stage) -> None:
    asked = form(await stage.menu(LOG, Aim(ANN)))
    forged = Action(asked.action.name, (asked.action.arguments[0], BOB.id, asked.action.arguments[2]))

    assert "no longer in use" in said(await stage.act(forged, what="helped-out"))
    assert await stage.rows("SELECT count(*) FROM account WHERE handle = :h", h=stage.keys.handle(BOB)) == [(0,)]


async def test_only_the_team_logs(stage: Stage) -> None:
    asked = form(await stage.menu(LOG, Aim(ANN)))

    assert "for moderators" in said(await stage.call(LOG, BOB, what="mentored"))
    assert "for moderators" in said(await stage.act(asked.action, BOB, what="mentored"))


async def test_what_can_be_logged_is_suggested(stage: Stage) -> None:
    everything = {one.value for one in await stage.suggested(LOG, "what")}

    assert everything == {"mentored", "took-part", "helped-out", "hours", "grant"}
    assert [one.value for one in await stage.suggested(LOG, "what", "MENTOR")] == ["mentored"]


async def test_words_are_german_where_the_caller_is(stage: Stage) -> None:
    assert said(await stage.in_german(LOG, who=ANN, what="mentored")).startswith("Eingetragen für")

"""What waits for the team and how Cairn is set: in numbers, to whom they are due, with ways on that work."""

from __future__ import annotations

from bot.chat.speech import Action
from bot.gate import Purpose
from bot.rights.disputing import DISPUTED
from bot.sending.outbox import Letter, post
from bot.storage import audit
from bot.teamwork.tables import Table
from scoring.signals import Account
from tests.bot.teamwork.stage import ANN, BOB, CAT, HEAD, MOD, TODAY, Stage, buttons, said

OVERVIEW = "cairn-team overview"
TOLD = "Somebody says that something is wrong"


async def test_where_nothing_waits_that_is_said(stage: Stage) -> None:
    assert "Nothing waits for the team" in said(await stage.call(OVERVIEW))


async def test_what_waits_is_counted_for_whom_it_concerns(stage: Stage) -> None:
    await stage.wrote(BOB, 1)
    await stage.wrote(Account("imported", "github", BOB.id), 2)
    async with stage.database.write() as connection:
        await audit.put(connection, stage.community, stage.now, None, DISPUTED)
        letter = Letter(stage.community, stage.space, "x", Purpose.POST, (), channel="88", due=stage.now)
        await post(connection, letter, stage.keys)
    tray = stage.desks.door.tools.tray
    tray.put(Table(stage.community, "a.csv", stage.now, b""))
    tray.put(Table(stage.community + 1, "elsewhere.csv", stage.now, b""))
    by_moderator, by_manager = said(await stage.call(OVERVIEW)), said(await stage.call(OVERVIEW, HEAD))
    for told in (by_moderator, by_manager):
        assert "Accounts that may be one person's: 1" in told
        assert f"{TOLD} (last 30 days): 1" in told
    assert "Tables that wait until it is said what they mean: 1" in by_manager
    assert "Messages that wait until they may go out: 1" in by_manager
    assert "Tables" not in by_moderator


async def test_steps_are_counted_of_who_has_a_page(stage: Stage) -> None:
    for who, number in ((ANN, 1), (BOB, 2), (CAT, 3)):
        await stage.wrote(who, number)
        await stage.call("cairn-team log", who=who, what="helped-out")
    for who in (ANN, BOB):
        await stage.with_page(who)
    await stage.settle()
    assert "Reached in the last 30 days: Lead something: 2" in said(await stage.call(OVERVIEW))
    stage.now += 40 * 86_400_000
    assert "Nothing waits" in said(await stage.call(OVERVIEW))


async def test_only_managers_read_how_it_is_set_and_hold_everything_from_there(stage: Stage) -> None:
    assert "pause" not in {one.name for one in buttons(await stage.call(OVERVIEW)).values()}
    shown = await stage.call(OVERVIEW, HEAD)
    assert "do not go out yet" in said(shown)
    assert "is counted, and shown to nobody" in said(shown)
    await stage.act(buttons(shown)["Hold everything"], HEAD)
    held = await stage.call(OVERVIEW, HEAD)
    assert f"are held since {TODAY}" in said(held)
    await stage.act(buttons(held)["Let it go out again"], HEAD)
    assert "do not go out yet" in said(await stage.call(OVERVIEW, HEAD))


async def test_every_way_on_leads_somewhere(stage: Stage) -> None:
    """To something else than a refusal, for whom it is shown to."""
    refused = {said(await stage.act(Action("overview"), ANN)), said(await stage.act(Action("no-such-thing")))}
    for by in (MOD, HEAD):
        for label, action in buttons(await stage.call(OVERVIEW, by)).items():
            reply = await stage.act(action, by)
            assert reply.form is not None or said(reply) not in refused, label

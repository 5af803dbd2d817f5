"""Roles that stand for chapters and cohorts: who holds one belongs there, as far as anything of them may be kept."""

from __future__ import annotations

from pathlib import Path

from bot.community.changing import change
from bot.consent.choices import Choices, Said
from bot.keys import open_keys
from scoring.signals import Account, Kind
from tests.bot.teamwork.stage import ANN, BOB, CAT, HEAD, MACHINE, MOD, NOW, Stage, said, staged

BERLIN, ROUND = ("20", "berlin-team"), ("21", "round-5")
ROUND_5 = {"programme": "Open Leaders", "cohort": "Round 5"}
STANDING = {"chapters": {"Berlin": ["Berlin-Team", "mods"]}, "cohorts": [{"role": ["21"], **ROUND_5, "as": "mentor"}]}


async def settle(stage: Stage) -> None:
    """Let roles stand for a chapter and a cohort."""
    async with stage.database.write() as connection:
        await change(connection, stage.community, stage.space, STANDING)
    await stage.desks.refresh()


async def belong(stage: Stage) -> list[Account]:
    """Return who belongs to a chapter now."""
    rows = await stage.rows(
        "SELECT a.sealed FROM chapter_member b JOIN account a ON a.own_member = b.member WHERE b.until IS NULL"
    )
    return sorted(stage.keys.open(row[0]) for row in rows)


async def take_part(stage: Stage) -> list[tuple[Account, str]]:
    """Return who takes part, and as what."""
    rows = await stage.rows(
        "SELECT a.sealed, c.role FROM engagement e "
        "JOIN account a ON a.id = e.account JOIN context c ON c.id = e.context "
        f"WHERE e.holds AND e.kind = {Kind.PARTICIPATION:d} AND c.programme = 'Open Leaders' AND c.cohort = 'Round 5'"
    )
    return sorted((stage.keys.open(row[0]), row[1]) for row in rows)


async def test_chapter_has_who_holds_its_role_and_those_whom_the_team_added(stage: Stage) -> None:
    assert stage.desk.settings.asks_about(*BERLIN) is False
    await settle(stage)
    assert stage.desk.settings.asks_about(*BERLIN)
    steps = []
    for roles in ([BERLIN], [BERLIN, ROUND], [], [BERLIN]):
        await stage.desk.holding({ANN: roles, BOB: [], MACHINE: [BERLIN]})
        steps.append(await belong(stage))
    assert steps == [[ANN], [ANN], [], [ANN]]

    await stage.call("cairn-team chapter add", MOD, who=ANN, chapter="berlin")
    await stage.wrote(BOB, 1)
    await stage.call("cairn-team chapter add", MOD, who=BOB, chapter="berlin")
    await stage.desk.holding({ANN: [], BOB: [BERLIN]})
    await stage.desk.holding({BOB: []})
    assert await belong(stage) == [MOD, BOB], "what the team put down is the team's; the moderator's role came along"
    assert await stage.rows("SELECT name, actor FROM chapter") == [("Berlin", None)]

    await stage.do("UPDATE chapter SET closed_at = 1")
    await stage.desk.holding({CAT: [BERLIN]})
    assert await stage.rows("SELECT count(*) FROM chapter") == [(1,)]
    assert CAT not in await belong(stage)


async def test_part_in_a_cohort_outlives_the_role_and_the_teams_word_outlives_both(stage: Stage) -> None:
    await settle(stage)
    for roles in ([ROUND], [ROUND], [], [ROUND]):
        await stage.desk.holding({ANN: roles, BOB: []})
        assert await take_part(stage) == [(ANN, "mentor")]
    assert "@" + ANN.id in said(await stage.call("cairn-team programme remove", MOD, who=ANN, role="mentor", **ROUND_5))
    await stage.desk.holding({ANN: [ROUND]})
    assert await take_part(stage) == []
    await stage.call("cairn-team programme add", MOD, who=ANN, role="mentor", **ROUND_5)
    await stage.desk.holding({ANN: []})
    assert await take_part(stage) == [(ANN, "mentor")]


async def test_who_is_left_out_belongs_nowhere_and_who_leaves_the_space_no_longer(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with staged(sqlite_url, open_keys(tmp_path / "cairn.keys")) as stage:
        await settle(stage)
        await stage.call("cairn-team exclude person", MOD, who=CAT)
        await stage.desk.holding({ANN: [BERLIN], CAT: [BERLIN, ROUND]})
        assert await belong(stage) == [MOD, ANN]
        assert await take_part(stage) == []
        await stage.desk.member_left(ANN, NOW)
        await stage.call("cairn me", HEAD)
        assert await belong(stage) == [MOD]


async def test_nobody_belongs_anywhere_in_a_strict_space_before_their_yes(sqlite_url: str, tmp_path: Path) -> None:
    async with staged(sqlite_url, open_keys(tmp_path / "cairn.keys"), consent="strict") as stage:
        await settle(stage)
        steps = []
        for _ in range(2):
            await stage.desk.holding({ANN: [BERLIN, ROUND], BOB: [BERLIN, ROUND]})
            steps.append((await belong(stage), await take_part(stage)))
            await Choices(stage.database, stage.keys).make_page(Said(stage.community, stage.space, ANN, NOW))
        assert steps == [([], []), ([ANN], [(ANN, "mentor")])]

"""A role on Discord and a user group on Slack stand for a chapter and a cohort: given and taken, also while Cairn is
stopped.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.hearing import hosting
from bot.storage import spaces
from bot.storage.engine import Database
from scoring.signals import Account, Kind
from tests.scenarios.discord_rig import Rig, rig, until
from tests.scenarios.slack_rig import SlackRig, slack_rig

STANDING = {"chapters": {"Berlin": ["berlin"]}, "cohorts": [{"role": ["berlin"], "programme": "OL", "as": "mentor"}]}


async def stands(place: Rig | SlackRig) -> None:
    """Let a role stand for a chapter and a cohort, as `cairn config apply` beside a running Cairn does."""
    database = Database(place.url)
    try:
        async with database.write() as connection:
            (kept,) = await spaces.of_community(connection, 1)
            await spaces.settle(connection, 1, kept.space, kept.consent, json.dumps(STANDING))
    finally:
        await database.close()


async def belong(place: Rig | SlackRig, *who: Account) -> None:
    """Wait until exactly these belong to the chapter."""
    wanted = sorted(map(place.keys.handle, who))

    async def same() -> bool:
        found = await place.query(
            "SELECT a.handle FROM chapter_member b JOIN account a ON a.own_member = b.member "
            "JOIN chapter c ON c.id = b.chapter WHERE b.until IS NULL AND c.name = 'Berlin'"
        )
        return sorted(row[0] for row in found) == wanted

    await until(same)


async def parts(place: Rig | SlackRig) -> list[Any]:
    """Return who takes part in the programme, by pseudonym."""
    sql = (
        "SELECT a.handle FROM engagement e JOIN account a ON a.id = e.account JOIN context c ON c.id = e.context "
        f"WHERE e.holds AND e.kind = {Kind.PARTICIPATION:d} AND c.programme = 'OL' AND c.role = 'mentor'"
    )
    return sorted(row[0] for row in await place.query(sql))


async def test_role_given_and_taken_on_discord_is_a_chapter_and_a_cohort(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosting, "REFRESH_SECONDS", 0.3)
    async with rig(sqlite_url) as place:
        guild = place.server.guild("Garden")
        berlin = guild.role("Berlin")
        old, new = guild.people(["old", "new"])
        before, after = (Account("discord", "", str(one.id)) for one in (old, new))
        guild.has_role(old, berlin)
        await place.start()
        await stands(place)
        await belong(place, before)
        await new.gets_role(guild, berlin)
        await belong(place, before, after)
        await old.loses_role(guild, berlin)
        await belong(place, after)
        assert await parts(place) == sorted(map(place.keys.handle, (before, after)))
        await place.stop()


async def test_group_joined_and_left_on_slack_is_a_chapter_and_a_cohort(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosting, "REFRESH_SECONDS", 0.3)
    async with slack_rig(sqlite_url, start=False) as place:
        team = place.team
        alice, bob, eve = team.person("Alice"), team.person("Bob"), team.person("Eve")
        group = team.group("berlin", [alice])
        first, second, third = (Account("slack", team.id, one.id) for one in (alice, bob, eve))
        await stands(place)
        await place.start()
        await belong(place, first)
        team.changes_group(group, add=[bob])
        await belong(place, first, second)
        team.changes_group(group, remove=[alice])
        await belong(place, second)
        await place.stop()
        team.changes_group(group, add=[eve], remove=[bob])
        await place.start()
        await belong(place, third)
        assert await parts(place) == sorted(map(place.keys.handle, (first, second, third)))

"""The list of a large server's members comes in one go: it is read without much memory, and nothing else waits long."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.sandbox.discord.guilds import GuildHandle
from tests.faults.lives import SOAK, Life, Lives, lives, until
from tests.faults.test_bounds import MOST_FILES_MORE, MOST_TASKS, Sample, sample

MEMBERS, IN_A_PART = 50_000, 1_000
MOST_MORE = 50_000_000
"""Bytes that the list of so many may take, while it is read, beside what is in use anyway (docs/running.md)."""


@pytest.mark.parametrize("times", [1, pytest.param(20, marks=SOAK)])
async def test_list_of_fifty_thousand_members_takes_as_much_memory_as_is_said(
    sqlite_url: str, tmp_path: Path, times: int
) -> None:
    async with lives(sqlite_url, tmp_path, CAIRN_LOG_LEVEL="info", CAIRN_DISCORD_MEMBERS="on") as those:
        guild = those.server.guild("Garden")
        async with those.life() as life:
            await life.ready()
            await those.heard(life)
            before = await sample(life)
            grows(guild)
            used = [one for n in range(times) for one in await told_anew(those, life, n)]
    assert max(one.memory for one in used) - before.memory <= MOST_MORE, (before, used)
    assert max(one.tasks for one in used) < MOST_TASKS
    assert max(one.files for one in used) - before.files <= MOST_FILES_MORE


def grows(guild: GuildHandle) -> None:
    """Let many have been members for long, each with a role."""
    roles = [guild.role(f"role {n}").id for n in range(20)]
    for n, person in enumerate(guild.people(f"person {n}" for n in range(MEMBERS))):
        guild.guild.members[person.id].roles = [roles[n % len(roles)]]


async def told_anew(those: Lives, life: Life, n: int) -> list[Sample]:
    """Let a server be away for a moment, after which Cairn asks for its members; returns what it uses meanwhile."""
    guild, used = those.server.guild("Garden"), list[Sample]()
    (session,) = those.server.gateway.sessions.values()
    told = session.sequence + MEMBERS // IN_A_PART
    guild.outage(on=True)
    guild.outage(on=False)

    async def are_told() -> bool:
        used.append(await sample(life))
        return session.sequence >= told

    await until(are_told)
    said = await guild.person("person 1").says(guild.text("general"), f"{n}")

    async def is_stored() -> bool:
        used.append(await sample(life))
        return bool(await those.rig.query(f"SELECT 1 FROM engagement WHERE key = 'd:{said.id}'"))

    await until(is_stored)
    return used

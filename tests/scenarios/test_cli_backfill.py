"""`cairn run` as a process of its own reads history back; killed at any moment it goes on where it was."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from integrations.sandbox.discord.server import Sandbox, Settings
from tests.canaries import MARK
from tests.scenarios.backfilling import HISTORY, LIFTED, days_ago
from tests.scenarios.commands import Cairn
from tests.scenarios.test_cli_run import PATIENCE, running, settings

CHANNELS, EACH = 2, 450


def asked(server: Sandbox) -> int:
    return len(server.ledger.requests("GET", HISTORY))


def found(folder: Path, sql: str) -> int:
    with suppress(sqlite3.Error), closing(sqlite3.connect(folder / "cairn.db")) as database:
        return int(database.execute(sql).fetchone()[0])
    return 0


async def until_asked(server: Sandbox, pages: int) -> None:
    end = time.monotonic() + PATIENCE
    while asked(server) < pages:
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def test_killed_it_goes_on_where_it_was(tmp_path: Path, cairn_here: Cairn) -> None:
    async with Sandbox(Settings(limits=LIFTED, mark=MARK)) as server:
        guild = server.guild("Garden")
        alice = guild.person("alice")
        for n in range(CHANNELS):
            channel = guild.text(f"channel {n}")
            for m in range(EACH):
                await alice.at(days_ago(40) + m).says(channel, "something private")
        env = settings(server, tmp_path)
        for life in range(2):
            async with running(env, tmp_path) as process:
                await until_asked(server, 3 * (life + 1))
                process.kill()
                await process.wait()
        async with running(env, tmp_path):
            end = time.monotonic() + PATIENCE
            while not found(tmp_path, "SELECT count(*) FROM backfill WHERE ended_at IS NOT NULL"):
                assert time.monotonic() < end
                await asyncio.sleep(0.05)
        assert found(tmp_path, "SELECT count(*) FROM engagement WHERE holds") == CHANNELS * EACH
        # five pages a channel; of what was asked for when it was killed, the last page may not have been stored
        assert asked(server) <= CHANNELS * 5 + 2
    said = cairn_here.apart("doctor")
    assert f"fine  history: discord {guild.id} (Garden): 2 of 2 channels\n" in said.out
    listed = cairn_here.apart("import", "list", "--json").json["imports"]
    assert [(one["source"], one["state"], one["engagements"]["new"]) for one in listed] == [
        ("discord-history", "done", CHANNELS * EACH)
    ]

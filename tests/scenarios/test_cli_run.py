"""`cairn run` as a process of its own, on a made-up Discord: it listens, and stops in order."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

import pytest

from integrations.sandbox.discord.hub import Limits
from integrations.sandbox.discord.server import Sandbox, Settings
from tests.canaries import MARK
from tests.scenarios.commands import Cairn

LIFTED = Limits(everywhere=(100_000, 1.0), others=(100_000, 1.0), routes=())
PATIENCE = 60.0


@pytest.fixture
async def server() -> AsyncIterator[Sandbox]:
    async with Sandbox(Settings(limits=LIFTED, mark=MARK)) as running:
        yield running


def settings(server: Sandbox, folder: Path) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")}
    return plain | {
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "CAIRN_DATABASE_URL": f"sqlite:///{folder / 'cairn.db'}",
        "CAIRN_COMMUNITY": "Garden",
        "CAIRN_DISCORD_TOKEN": server.token,
        "CAIRN_DISCORD_API_URL": server.rest_url,
        "CAIRN_DISCORD_GATEWAY_URL": server.gateway_url,
        "CAIRN_HEALTH_PORT": "0",
    }


@asynccontextmanager
async def running(env: Mapping[str, str], folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=folder, env=env, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def stored(folder: Path, messages: int) -> None:
    """Wait until so many messages are stored."""
    end, found = time.monotonic() + PATIENCE, -1
    while found != messages:
        assert time.monotonic() < end, f"{found} of {messages} messages are stored"
        await asyncio.sleep(0.05)
        with suppress(sqlite3.Error), closing(sqlite3.connect(folder / "cairn.db")) as database:
            found = database.execute("SELECT count(*) FROM engagement WHERE holds").fetchone()[0]


async def test_it_listens_and_stops_in_order(server: Sandbox, tmp_path: Path) -> None:
    guild = server.guild("Garden")
    general, alice = guild.text("general"), guild.person("alice")
    async with running(settings(server, tmp_path), tmp_path) as process:
        await connected(server)
        for n in range(20):
            await alice.says(general, f"something private {n}")
        await stored(tmp_path, 20)
        process.send_signal(signal.SIGTERM)
        _, told = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 0, told
    assert b"to invite Cairn to a server: https://discord.com/oauth2/authorize" in told
    assert b"private" not in told
    assert server.token.encode() not in told


async def connected(server: Sandbox) -> None:
    """Wait until a client has a session."""
    end = time.monotonic() + PATIENCE
    while not server.gateway.wires:
        assert time.monotonic() < end
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.2)


async def test_wrong_token_ends_it_with_one_sentence(server: Sandbox, tmp_path: Path) -> None:
    env = settings(server, tmp_path) | {"CAIRN_DISCORD_TOKEN": "not.the.token"}
    async with running(env, tmp_path) as process:
        _, told = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 1
    assert told.decode().splitlines()[-1].startswith("cairn: CAIRN_DISCORD_TOKEN: Discord does not know this token")
    assert b"Traceback" not in told
    assert b"not.the.token" not in told


def test_nothing_to_listen_to_is_one_sentence(cairn_here: Cairn) -> None:
    assert "there is nothing to listen to; set CAIRN_DISCORD_TOKEN" in cairn_here("run").refused()


def test_doctor_says_what_is_missing(cairn_here: Cairn) -> None:
    said = cairn_here("doctor")
    assert said.code == 1
    assert "WRONG platforms: none is set up; set CAIRN_DISCORD_TOKEN" in said.out
    assert said.sentences == ["cairn: Cairn could not run yet: platforms"]

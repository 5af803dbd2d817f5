"""Made-up platforms in processes of their own, which do what they are told."""

from __future__ import annotations

import json
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from socket import socket
from typing import Any

from integrations.discord.integration import Access as Discord
from integrations.slack.access import Access as Slack


@dataclass(frozen=True, slots=True)
class _Feed:
    _where: Mapping[str, Any]
    _process: Process

    async def tell(self, line: str) -> str:
        """Tell it to do something; returns its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{line}\n".encode())
        answer = await self._process.stdout.readline()
        assert answer, "the feeder has ended"
        return answer.decode().strip()


class DiscordFeed(_Feed):
    """A made-up Discord (`benchmarks.feeder`)."""

    @property
    def access(self) -> Discord:
        """How to reach it."""
        return Discord(**self._where)

    @property
    def settings(self) -> Mapping[str, str]:
        """The settings with which Cairn reaches it, without their prefix."""
        access = self.access
        return {
            "DISCORD_TOKEN": access.token,
            "DISCORD_API_URL": access.api_url,
            "DISCORD_GATEWAY_URL": access.gateway_url or "",
        }


class SlackFeed(_Feed):
    """A made-up Slack (`benchmarks.slack_feeder`)."""

    async def access(self) -> Slack:
        """Return how to reach it. It sends to the port that is named there, which is free."""
        where = self._where
        port = free_port()
        await self.tell(f"aim {port}")
        return Slack(
            tuple(where["tokens"]), signing_secret=where["secret"], api_url=where["url"], port=port, history=False
        )

    async def settings(self) -> Mapping[str, str]:
        """Return the settings with which Cairn reaches it, without their prefix; as `access`."""
        access = await self.access()
        return {
            "SLACK_BOT_TOKEN": ",".join(access.bot_tokens),
            "SLACK_SIGNING_SECRET": access.signing_secret,
            "SLACK_API_URL": access.api_url,
            "SLACK_PORT": str(access.port),
            "SLACK_HISTORY": "off",
        }

    @property
    def community(self) -> str:
        """A community file with all of its workspaces."""
        spaces = "".join(f"  - platform: slack\n    id: {one}\n" for one in self._where["teams"])
        return f"name: Benchmark\nspaces:\n{spaces}"


@asynccontextmanager
async def feeding(members: int, *, mentions: bool = False) -> AsyncIterator[DiscordFeed]:
    """Start a made-up Discord with so many members; it ends with the block."""
    async with _started("benchmarks.feeder", str(members), "mentions" if mentions else "-") as (where, process):
        yield DiscordFeed(where, process)


@asynccontextmanager
async def feeding_slack(workspaces: int, members: int, channels: int) -> AsyncIterator[SlackFeed]:
    """Start a made-up Slack with so many workspaces, with so many people and channels each; it ends with the block."""
    words = (str(workspaces), str(members), str(channels))
    async with _started("benchmarks.slack_feeder", *words) as (where, process):
        yield SlackFeed(where, process)


@asynccontextmanager
async def _started(module: str, *words: str) -> AsyncIterator[tuple[Mapping[str, Any], Process]]:
    process = await create_subprocess_exec(sys.executable, "-m", module, *words, stdin=PIPE, stdout=PIPE)
    try:
        assert process.stdout is not None
        yield json.loads(await process.stdout.readline()), process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])

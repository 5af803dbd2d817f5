"""Addresses in what comes in are not gone to: nothing that is said to Cairn makes it ask anybody but Slack (S14)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from integrations.sandbox.slack.model import Message
from integrations.slack.api import Api, RefusedError
from tests.scenarios.slack_rig import SlackRig, slack_rig

WAYS = pytest.mark.parametrize("http", [False, True], ids=["sockets", "http"])


class Elsewhere:
    """A server that is not Slack's, and how many connections it has seen."""

    def __init__(self) -> None:
        self.address = ""
        self.seen = 0

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.seen += 1
        await reader.read(1)
        writer.close()


@asynccontextmanager
async def elsewhere() -> AsyncIterator[Elsewhere]:
    """Open a port behind which anything might be that only this machine reaches."""
    found = Elsewhere()
    server = await asyncio.start_server(found.meet, "127.0.0.1", 0)
    found.address = "http://127.0.0.1:{1}".format(*server.sockets[0].getsockname())
    try:
        yield found
    finally:
        server.close()


async def clicked(rig: SlackRig, other: Elsewhere) -> Message:
    """Let somebody click where the address for the answer is forged; returns what they are shown beside all the same.

    The first click is an honest one.
    """
    alice = rig.team.person("Alice")
    general = rig.team.channel("general", members=[alice])
    await alice.says(general, "hello")
    await rig.agrees()
    asked = (await (await alice.uses("/cairn", "me", general)).said()).message
    rig.server.hub.root = other.address
    before = len(alice.ephemerals)
    await (await alice.clicks(asked, "cairn:page-make")).answered()
    await rig.server.hub.until(lambda: len(alice.ephemerals) > before)
    return alice.ephemerals[-1]


@WAYS
async def test_forged_address_for_an_answer_is_not_gone_to(sqlite_url: str, http: bool) -> None:
    """Neither by what answers people nor, from a workspace where Cairn is not installed, by Bolt; both are told."""
    async with slack_rig(sqlite_url, http=http) as rig, elsewhere() as other:
        shown = await clicked(rig, other)
        assert "page-invite" in json.dumps(shown.blocks)
        eve = rig.server.team("Others").person("Eve")
        used = await (await eve.uses("/cairn", "me")).said()
        assert "install" in used.message.text
        assert other.seen == 0


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.slack.com/actions/T1/x", "https://hooks.slack.com.example.org/x", "https://example.org/hooks.slack.com",
        "https://hooks.slack.com@127.0.0.1/x", "https://127.0.0.1/x", "https://[::ffff:7f00:1]/x", "https://2130706433/x",
        "https://hooks.slack.com:8443/x", "file:///etc/passwd", "//hooks.slack.com/x", "hooks.slack.com", "https://",
        "https://hooks.slack.com:x/", "https://slack.com:99999/", "",
    ],
)  # fmt: skip
async def test_only_slacks_own_address_is_answered_to(address: str) -> None:
    api = Api("https://slack.com/api")
    try:
        with pytest.raises(RefusedError, match="not_slack"):
            await api.respond(address, {})
    finally:
        await api.close()

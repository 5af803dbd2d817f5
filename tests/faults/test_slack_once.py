"""Each event of Slack comes up to four times, in any order, over HTTP and three sockets: it has one effect."""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from bot.hearing.hosting import Desks, Policy
from bot.intake import Intake
from bot.operating.metrics import Metrics
from bot.settle import Settler
from bot.storage import migrate
from bot.storage.engine import Database
from integrations.sandbox.slack.delivery.letters import EVENT, Letter
from integrations.sandbox.slack.limits import Limits
from integrations.sandbox.slack.server import Sandbox, Settings
from integrations.slack.access import Access
from integrations.slack.integration import Slack
from integrations.slack.receiving.serving import EVENTS
from tests.faults.crowd import SlackCrowd
from tests.faults.lives import SOAK, until
from tests.integrations.sandbox.slack.clients import served
from tests.scenarios.discord_rig import RULES
from tests.scenarios.slack_rig import SlackRig, free_port
from tests.scenarios.stories import KEYS

SOCKETS = 3
MOST_TIMES = 4
AT_ONCE = 50
"""Events that are on their way at the same time: more would wait for longer than Slack does."""


@pytest.mark.parametrize("acts", [60, pytest.param(6_000, marks=SOAK)])
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=SOAK), pytest.param(3, marks=SOAK)])
async def test_event_told_often_and_out_of_order_has_one_effect(database_url: str, acts: int, seed: int) -> None:
    """R2: with and without the headers of a second attempt; edits and deletions before their message among them."""
    chance, database = random.Random(seed), Database(database_url)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(Sandbox(Settings(limits=Limits(lifted=True, answer=60.0))))
        team = server.team("Garden")
        events = await told(server, acts, seed)
        await migrate.upgrade(database)
        stack.push_async_callback(database.close)
        intake = await stack.enter_async_context(Intake(database, KEYS))
        desks = Desks(database, intake, Policy("Garden", lambda: (RULES, "v", "m.yaml")), Metrics())
        await stack.enter_async_context(listening(server, desks))

        often = [one for one in events for _ in range(chance.randint(1, MOST_TIMES))]
        chance.shuffle(often)
        for start in range(0, len(often), AT_ONCE):
            for payload in often[start : start + AT_ONCE]:
                tells(server, payload, chance)
            await server.delivered(60.0)
        assert server.courier.counts["taken"] >= len(often)
        assert not server.courier.lost
        assert not server.courier.waiting
        await Settler(database, 1).settle()

        rig = SlackRig(database_url, server, team, log=io.StringIO())
        await rig.agrees()
        await rig.keeps_quiet("canary")


async def told(server: Sandbox, acts: int, seed: int) -> list[dict[str, Any]]:
    """Let people do something; returns all events that tell of it, in their envelopes, each once."""
    found: list[dict[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        found.append(await request.json())
        return web.Response()

    app = web.Application()
    app.router.add_post("/", take)
    async with served(app) as root:
        server.app.reached_at(f"{root}/")
        crowd = SlackCrowd(server.team("Garden"), seed)
        await crowd.acts(acts)
        await crowd.changes_its_mind()
        await crowd.takes_back()
        await server.delivered(60.0)
    server.courier.counts.clear()
    return found


@asynccontextmanager
async def listening(server: Sandbox, desks: Desks) -> AsyncIterator[None]:
    """Let three Cairns listen to one workspace, into one store: each by a socket, one of them by HTTP as well."""
    app, port = server.app, free_port()
    app.socket_mode, app.events_url = True, f"http://127.0.0.1:{port}{EVENTS}"
    plain = Access((server.team("Garden").token,), app.app_token, api_url=server.url, history=False)
    both = Access(plain.bot_tokens, plain.app_token, app.signing_secret, server.url, port=port, history=False)
    cairns = [Slack(access) for access in (both, *[plain] * (SOCKETS - 1))]
    lives = [asyncio.create_task(one.run(desks.host("slack"))) for one in cairns]
    try:
        await until(lambda: _all(len(server.sockets.lines) == SOCKETS and all(one.connected for one in cairns)))
        yield
    finally:
        for one in lives:
            one.cancel()
        ends: Sequence[object] = await asyncio.gather(*lives, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in ends), ends


async def _all(holds: bool) -> bool:
    return holds


def tells(server: Sandbox, payload: dict[str, Any], chance: random.Random) -> None:
    """Tell an event once more, as the first attempt or a later one, by HTTP or any of the sockets."""
    again = chance.randint(0, 3)
    letter = Letter(server.app, server.team("Garden").id, EVENT, payload, again, "http_timeout" if again else "")
    server.courier.under_way += 1
    (server.courier.posting if chance.random() < 0.4 else server.courier.sockets).send(letter)

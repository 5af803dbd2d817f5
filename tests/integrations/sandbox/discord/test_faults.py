"""Limits, injected faults and the faulty network, as the real discord.py meets them."""

from __future__ import annotations

import asyncio
import logging
import random

import aiohttp
import pytest

from integrations.sandbox.discord.hub import Limits
from integrations.sandbox.discord.model import Channel
from integrations.sandbox.discord.server import Sandbox, Settings
from integrations.sandbox.faults import Fault
from integrations.sandbox.proxy import Proxy
from tests.integrations.sandbox.discord.clients import Client, connected, pointed_at
from tests.integrations.sandbox.discord.library import discord

POST = "/channels/*/messages"


def _channel(client: Client, of: Channel) -> discord.TextChannel:
    found = client.get_channel(of.id)
    assert isinstance(found, discord.TextChannel)
    return found


TWO_AT_ONCE = Limits(routes=(("POST /channels/{channel_id}/messages", 2, 0.1),))


async def test_a_route_over_its_limit_is_told_to_wait() -> None:
    now = [0.0]
    settings = Settings(limits=TWO_AT_ONCE, timer=lambda: now[0])
    async with Sandbox(settings) as server, aiohttp.ClientSession() as session:
        general = server.guild("Garden").text("general")
        url, headers = f"{server.rest_url}/channels/{general.id}/messages", {"Authorization": f"Bot {server.token}"}
        answers = [await session.post(url, json={"content": "x"}, headers=headers) for _ in range(3)]
        body = await answers[2].json()
        now[0] += 0.1
        answers.append(await session.post(url, json={"content": "x"}, headers=headers))
    assert [one.status for one in answers] == [200, 200, 429, 200]
    assert [one.headers["X-RateLimit-Remaining"] for one in answers] == ["1", "0", "0", "1"]
    assert answers[2].headers["Via"]
    assert (body["global"], body["retry_after"]) == (False, 0.1)
    assert len(server.ledger.sent(general.id)) == 3


async def test_a_client_over_a_limit_gets_everything_through() -> None:
    async with Sandbox(Settings(limits=TWO_AT_ONCE)) as server:
        general = server.guild("Garden").text("general")
        async with connected(server, Client()) as client:
            for _ in range(5):
                await _channel(client, general).send("x")
    assert len(server.ledger.sent(general.id)) == 5


async def test_everything_together_is_limited_too() -> None:
    async with Sandbox(Settings(limits=Limits(everywhere=(3, 60.0)))) as server, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bot {server.token}"}
        answers = [await session.get(f"{server.rest_url}/users/@me", headers=headers) for _ in range(4)]
        body = await answers[3].json()
    assert [one.status for one in answers] == [200, 200, 200, 429]
    assert (answers[3].headers["X-RateLimit-Global"], body["global"]) == ("true", True)


async def test_an_injected_429_is_retried_once(server: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    general = server.guild("Garden").text("general")
    async with connected(server, Client()) as client:
        fault = server.faults.add(Fault("POST", POST, status=429, seconds=0.05))
        with caplog.at_level(logging.ERROR):
            await _channel(client, general).send("x")
    assert fault.hit == 1
    assert len(general.messages) == 1


async def test_injected_errors_come_as_often_as_asked(server: Sandbox) -> None:
    general = server.guild("Garden").text("general")
    async with connected(server, Client()) as client:
        server.faults.inject("POST", POST, 403, 50007, times=2)
        for _ in range(2):
            with pytest.raises(discord.Forbidden) as refused:
                await _channel(client, general).send("x")
            assert refused.value.code == 50007
        await _channel(client, general).send("x")
    assert len(server.ledger.sent()) == 1


async def test_a_ban_by_the_network_is_not_retried(server: Sandbox) -> None:
    general = server.guild("Garden").text("general")
    async with connected(server, Client()) as client:
        fault = server.faults.add(Fault("POST", POST, "banned", times=2))
        with pytest.raises(discord.HTTPException) as refused:
            await _channel(client, general).send("x")
    assert (refused.value.status, fault.hit) == (429, 1)


@pytest.mark.parametrize("after_accept", [False, True])
async def test_a_reset_connection_loses_the_answer_or_the_request(server: Sandbox, *, after_accept: bool) -> None:
    general = server.guild("Garden").text("general")
    async with connected(server, Client()) as client:
        server.faults.add(Fault("POST", POST, "reset", after_accept=after_accept))
        with pytest.raises((aiohttp.ClientError, ConnectionError)):
            await _channel(client, general).send("x", nonce="row-1")
        assert len(general.messages) == int(after_accept)
        again = await _channel(client, general).send("x", nonce="row-1")
    assert list(general.messages) == [again.id]
    assert [one.values.get("answered") for one in server.ledger.sent()] == [False if after_accept else None]


async def test_a_black_hole_never_answers_until_it_is_closed(server: Sandbox) -> None:
    general = server.guild("Garden").text("general")
    async with connected(server, Client()) as client:
        fault = server.faults.add(Fault("POST", POST, "black_hole"))
        sending = asyncio.create_task(_channel(client, general).send("x"))
        await server.until(lambda: fault.hit)
        assert not sending.done()
        server.faults.clear()
        with pytest.raises((aiohttp.ClientError, ConnectionError)):
            await sending
    assert general.messages == {}


async def test_a_delayed_request_is_carried_out(server: Sandbox) -> None:
    general = server.guild("Garden").text("general")
    async with connected(server, Client()) as client:
        fault = server.faults.add(Fault("*", "*", "delay", seconds=0.01))
        await _channel(client, general).send("x")
    assert (fault.hit, len(general.messages)) == (1, 1)


async def test_opening_direct_conversations_too_fast_is_refused() -> None:
    async with Sandbox(Settings(limits=Limits(dm_opens=(2, 600.0)))) as server:
        people = server.guild("Garden").people(["alice", "bob", "carol"])
        async with connected(server, Client()) as client:
            for person in people[:2]:
                await (await client.fetch_user(person.id)).create_dm()
            await client.http.start_private_message(people[0].id)
            with pytest.raises(discord.Forbidden) as refused:
                await (await client.fetch_user(people[2].id)).create_dm()
    assert refused.value.code == 40003


async def test_a_network_that_stalls_resets_and_refuses_loses_nothing() -> None:
    async with Sandbox(Settings(heartbeat=0.2)) as server, Proxy(server.port) as proxy:
        guild = server.guild("Garden")
        alice, general = guild.person("alice"), guild.text("general")
        server.announce_gateway(proxy.port)
        async with connected(server, Client(heartbeat_timeout=0.6)) as client:
            written = [await alice.says(general, "first")]
            await client.hears("message")
            for number, disturb in enumerate((proxy.reset, proxy.stall), 1):
                disturb()
                written.append(await alice.says(general, "meanwhile"))
                if number == 2:
                    await client.hears("disconnect", 2)
                    proxy.flow()
                await client.hears("resumed", number)
            await client.hears("message", len(written))
            assert [one.id for one in client.of("message")] == [one.id for one in written]
    assert proxy.connections >= 3


@pytest.mark.parametrize("seed", [1, 2])
async def test_any_run_of_disturbances_loses_and_doubles_nothing(seed: int) -> None:
    chance = random.Random(seed)
    async with Sandbox(Settings(heartbeat=0.3)) as server, Proxy(server.port) as proxy:
        guild = server.guild("Garden")
        alice, general = guild.person("alice"), guild.text("general")
        server.announce_gateway(proxy.port)
        disturbances = (
            proxy.reset,
            server.gateway.drop,
            server.gateway.ask_reconnect,
            lambda: server.gateway.close(4000),
            lambda: proxy.cut_after(chance.randint(1, 3000)),
        )
        async with connected(server, Client()) as client:
            for _ in range(100):
                await alice.says(general, "x")
                if chance.random() < 0.1:
                    chance.choice(disturbances)()
                await asyncio.sleep(0.002)
            written = [int(act.what) for act in server.ledger.acts("message")]
            # long, because discord.py waits longer and longer where it was cut off while it connected
            await client.until(lambda: len(client.of("message")) >= len(written), within=60)
            assert [one.id for one in client.of("message")] == written
    assert server.gateway.counts["identifies"] == 1
    assert server.gateway.counts["resumes"] > 1


async def test_the_proxy_cuts_in_the_middle_and_refuses_on_the_same_port(server: Sandbox) -> None:
    server.guild("Garden").people(f"person {number}" for number in range(200))
    async with Proxy(server.port) as proxy, aiohttp.ClientSession() as session:
        url, headers = f"http://127.0.0.1:{proxy.port}/api/v10", {"Authorization": f"Bot {server.token}"}
        proxy.cut_after(100)
        # not a GET: aiohttp itself sends those again after a reset
        with pytest.raises((aiohttp.ClientError, ConnectionError)):
            await session.post(f"{url}/users/@me/channels", headers=headers, json={})
        assert (await session.get(f"{url}/users/@me", headers=headers)).status == 200
        port = proxy.port
        await proxy.refuse()
        proxy.reset()
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(f"{url}/users/@me", headers=headers)
        await proxy.accept()
        assert proxy.port == port
        proxy.latency = 0.01
        assert (await session.get(f"{url}/users/@me", headers=headers)).status == 200


async def test_the_first_connection_may_be_refused_and_the_server_come_back(server: Sandbox) -> None:
    await server.stop()
    port = server.port
    with pointed_at(server.rest_url, server.gateway_url):
        client = Client()
        with pytest.raises(OSError, match="Cannot connect"):
            await client.start(server.token, reconnect=False)
        await client.close()
    await server.start()
    assert server.port == port
    async with connected(server, Client()):
        assert server.gateway.counts["identifies"] == 1

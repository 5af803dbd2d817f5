"""Socket Mode, with the real client and with a plain socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from integrations.sandbox.proxy import Proxy
from integrations.sandbox.slack.limits import LIFTED, Limits
from integrations.sandbox.slack.model import Json
from integrations.sandbox.slack.server import Sandbox, Settings
from integrations.sandbox.slack.teams import TeamHandle
from tests.integrations.sandbox.slack.clients import by_socket


@asynccontextmanager
async def plain_socket(server: Sandbox, flag: str = "") -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    auth = {"Authorization": f"Bearer {server.app.app_token}"}
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{server.url}apps.connections.open", headers=auth) as answer:
            address = (await answer.json())["url"] + flag
        async with session.ws_connect(address, autoping=False) as socket:
            yield socket


async def _says(team: TeamHandle, times: int = 1) -> None:
    team.app.events = frozenset({"message.channels"})
    alice = team.person("Alice")
    general = team.channel("general", members=[alice])
    for _ in range(times):
        await alice.says(general, "hello")


async def test_a_socket_says_hello_and_brings_envelopes(server: Sandbox, team: TeamHandle) -> None:
    async with plain_socket(server) as socket:
        hello: Json = await socket.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert hello["connection_info"] == {"app_id": server.app.id}
        await _says(team)
        envelope: Json = await socket.receive_json()
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("events_api", False)
        assert (envelope["retry_attempt"], envelope["retry_reason"]) == (0, "")
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        await server.delivered()
        assert server.sockets.counts["acks"] == 1


async def test_what_is_not_acknowledged_comes_again_in_another_envelope(server: Sandbox, team: TeamHandle) -> None:
    async with plain_socket(server) as socket:
        await socket.receive_json()
        await _says(team)
        first: Json = await socket.receive_json()
        server.passes(3)
        second: Json = await socket.receive_json()
        assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
        assert second["payload"] == first["payload"]
        assert second["envelope_id"] != first["envelope_id"]
        await socket.send_json({"envelope_id": first["envelope_id"]})
        await socket.send_json({"envelope_id": second["envelope_id"]})
        await server.delivered()
        assert (server.sockets.counts["late"], server.sockets.counts["acks"]) == (1, 1)
        assert server.courier.lost == []


async def test_without_a_socket_events_wait_for_their_next_attempt(server: Sandbox, team: TeamHandle) -> None:
    await _says(team)
    await server.until(lambda: server.courier.waiting and len(server.courier.attempts) == 2)
    async with by_socket(server, team) as app:
        assert app.bodies == []
        server.passes(60)
        assert (await app.hears("message"))["type"] == "message"
        assert app.headers[0]["x-slack-retry-num"] == ["2"]


async def test_each_event_goes_to_one_of_several_sockets(server: Sandbox, team: TeamHandle) -> None:
    async with by_socket(server, team, sockets=3) as app:
        await _says(team, 60)
        await app.hears("message", 60)
        await server.delivered()
        assert len({one["event_id"] for one in app.bodies}) == len(app.bodies) == 60
        assert server.sockets.counts["acks"] == 60


async def test_a_socket_too_many_is_told_to_go() -> None:
    async with (
        Sandbox(Settings(limits=Limits(lifted=True, sockets=1))) as server,
        plain_socket(server) as first,
        plain_socket(server) as second,
    ):
        assert (await first.receive_json())["type"] == "hello"
        told = await second.receive_json()
        assert (told["type"], told["reason"]) == ("disconnect", "too_many_websockets")
        assert (await second.receive()).type == aiohttp.WSMsgType.CLOSE


async def test_a_ticket_opens_one_socket_only(server: Sandbox) -> None:
    async with plain_socket(server), aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(f"{server.root.replace('http', 'ws')}/link/?ticket=used")


async def test_a_client_opens_another_socket_when_it_is_asked_to(server: Sandbox, team: TeamHandle) -> None:
    async with by_socket(server, team) as app:
        server.sockets.refresh()
        await server.until(lambda: server.sockets.counts["opened"] == 2)
        await _says(team)
        await app.hears("message")


async def test_a_warned_socket_still_brings_events(server: Sandbox, team: TeamHandle) -> None:
    async with plain_socket(server) as socket:
        await socket.receive_json()
        server.sockets.warn()
        assert (await socket.receive_json())["reason"] == "warning"
        await _says(team)
        assert (await socket.receive_json())["type"] == "events_api"
        server.sockets.refresh(reason="link_disabled")
        assert (await socket.receive_json())["reason"] == "link_disabled"
        assert (await socket.receive()).type == aiohttp.WSMsgType.CLOSE


@pytest.mark.parametrize(("flag", "lasts"), [("", 18_060), ("&debug_reconnects=true", 360)])
async def test_a_socket_is_refreshed_after_its_time(server: Sandbox, team: TeamHandle, flag: str, lasts: int) -> None:
    async with plain_socket(server, flag) as socket:
        assert (await socket.receive_json())["debug_info"]["approximate_connection_time"] == lasts
        server.passes(lasts - 10)
        assert (await socket.receive_json())["reason"] == "warning"
        server.passes(10)
        assert (await socket.receive_json())["reason"] == "refresh_requested"


async def test_a_stalled_socket_answers_nothing_until_it_flows(server: Sandbox, team: TeamHandle) -> None:
    async with plain_socket(server) as socket:
        await socket.receive_json()
        await socket.ping(b"one")
        assert (await socket.receive()).type == aiohttp.WSMsgType.PONG
        server.sockets.stall()
        await _says(team)
        with pytest.raises(TimeoutError):
            await socket.receive(0.05)
        server.sockets.flow()
        assert (await socket.receive_json())["type"] == "events_api"


async def test_the_server_asks_whether_an_app_is_there(server: Sandbox, team: TeamHandle) -> None:
    async with by_socket(server, team):
        await server.sockets.ping()
        await server.until(lambda: server.sockets.counts["pongs"] == 1)


async def test_a_socket_that_is_cut_off_is_gone(server: Sandbox, team: TeamHandle) -> None:
    async with plain_socket(server) as socket:
        await socket.receive_json()
        server.sockets.drop()
        await server.until(lambda: not server.sockets.lines)
        assert (await socket.receive()).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
        await _says(team)
        assert {one.error for one in server.courier.attempts} == {"no_websockets"}


async def test_sockets_may_go_through_a_proxy() -> None:
    async with Sandbox(Settings(limits=LIFTED)) as server, Proxy(server.port) as proxy:
        team = server.team("Acme")
        server.announce_sockets(proxy.port)
        async with by_socket(server, team) as app:
            await _says(team)
            await app.hears("message")
            assert proxy.connections == 1


async def test_what_an_outage_interrupts_comes_after_it(server: Sandbox, team: TeamHandle) -> None:
    async with plain_socket(server) as socket:
        await socket.receive_json()
        await _says(team)
        await socket.receive_json()
        port = server.port
        await server.stop()
    server.passes(3)
    await server.until(lambda: server.courier.waiting and not server.courier.under_way)
    await server.start()
    assert server.port == port
    async with plain_socket(server) as socket:
        await socket.receive_json()
        server.passes(60)
        assert (await socket.receive_json())["retry_attempt"] == 2

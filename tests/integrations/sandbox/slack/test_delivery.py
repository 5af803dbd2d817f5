"""Signed requests: what is not taken comes again, at once, after a minute and after five."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier

from integrations.sandbox.slack.delivery.forging import forgeries, junk, unsigned
from integrations.sandbox.slack.limits import Limits
from integrations.sandbox.slack.server import Sandbox, Settings
from integrations.sandbox.slack.teams import TeamHandle
from tests.integrations.sandbox.slack.answering import Answering, answering
from tests.integrations.sandbox.slack.clients import by_http


@pytest.fixture
async def url(server: Sandbox) -> AsyncIterator[Answering]:
    async with answering() as made:
        server.app.reached_at(made.url)
        yield made


async def _says(team: TeamHandle, times: int = 1) -> None:
    team.app.events = frozenset({"message.channels"})
    alice = team.person("Alice")
    general = team.channel("general", members=[alice])
    for _ in range(times):
        await alice.says(general, "hello")


async def test_a_request_is_signed_with_the_apps_secret(server: Sandbox, team: TeamHandle) -> None:
    async with by_http(server, team) as app:
        assert await server.verifies()
        await _says(team)
        await app.hears("message")
        assert SignatureVerifier(server.app.signing_secret) is not None
        assert app.headers[0]["content-type"] == ["application/json"]
        assert "x-slack-retry-num" not in app.headers[0]


async def test_what_is_not_taken_comes_again_three_times(server: Sandbox, team: TeamHandle, url: Answering) -> None:
    url.answers = [500] * 4
    await _says(team)
    await server.until(lambda: len(url.came) == 2)
    await server.delivered()
    server.passes(59)
    assert len(url.came) == 2
    server.passes(1)
    await server.until(lambda: len(url.came) == 3)
    await server.delivered()
    server.passes(300)
    await server.until(lambda: len(url.came) == 4)
    await server.delivered()
    assert url.retries == [("", ""), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({body["event_id"] for body, _ in url.came}) == 1
    assert [one.name for one in server.courier.lost] == [url.came[0][0]["event_id"]]
    server.passes(3600)
    await server.delivered()
    assert len(url.came) == 4


async def test_what_is_taken_at_last_is_not_lost(server: Sandbox, team: TeamHandle, url: Answering) -> None:
    url.answers = [503, 503]
    await _says(team)
    await server.until(lambda: len(url.came) == 2)
    await server.delivered()
    server.passes(60)
    await server.until(lambda: len(url.came) == 3)
    await server.delivered()
    assert (server.courier.lost, server.courier.counts["taken"]) == ([], 1)


async def test_delayed_events_come_for_a_day(server: Sandbox, team: TeamHandle, url: Answering) -> None:
    server.app.delayed_events = True
    url.answers = [503] * 5
    await _says(team)
    for seconds in (0, 60, 300, 3600, 3600):
        await server.until(lambda: server.courier.waiting and not server.courier.under_way)
        server.passes(seconds)
    await server.until(lambda: server.courier.counts["taken"] == 1)
    assert (len(url.came), server.courier.lost) == (6, [])


async def test_an_app_may_ask_for_no_other_attempt(server: Sandbox, team: TeamHandle, url: Answering) -> None:
    url.answers, url.headers = [500], {"X-Slack-No-Retry": "1"}
    await _says(team)
    await server.until(lambda: server.courier.lost)
    assert (len(url.came), server.courier.waiting) == (1, 0)


async def test_an_answer_that_does_not_come_in_time_is_none() -> None:
    async with Sandbox(Settings(limits=Limits(lifted=True, answer=0.05))) as server, answering() as url:
        server.app.reached_at(url.url)
        team = server.team("Acme")
        url.answers = [0]
        await _says(team)
        await server.until(lambda: len(url.came) == 2)
        assert url.retries[1] == ("1", "http_timeout")


async def test_an_app_that_is_not_there_is_tried_again(server: Sandbox, team: TeamHandle) -> None:
    server.app.reached_at("http://127.0.0.1:9/events")
    await _says(team)
    await server.until(lambda: server.courier.waiting and server.courier.attempts)
    await server.until(lambda: len(server.courier.attempts) == 2)
    assert {one.error for one in server.courier.attempts} == {"connection_failed"}


async def test_too_many_failures_switch_the_subscriptions_off() -> None:
    limits = Limits(lifted=True, enough=30)
    async with Sandbox(Settings(limits=limits)) as server, answering() as url:
        server.app.reached_at(url.url)
        team = server.team("Acme")
        url.answers = [500] * 2000
        await _says(team, 15)
        await server.until(lambda: server.courier.standing.switched_off)
        assert server.courier.standing.share(server.app) < 0.05
        await server.delivered()
        came = len(url.came)
        await _says(team)
        await server.delivered()
        assert len(url.came) == came
        server.courier.standing.back_on(server.app)
        url.answers = []
        await _says(team)
        await server.until(lambda: len(url.came) == came + 1)
        await server.delivered()
        assert server.courier.standing.share(server.app) == 1.0


async def test_too_many_events_of_a_workspace_are_left_out_and_that_is_told() -> None:
    async with Sandbox(Settings(limits=Limits(lifted=True, hourly=3))) as server, answering() as url:
        server.app.reached_at(url.url)
        team = server.team("Acme")
        await _says(team, 6)
        await server.until(lambda: len(url.came) == 4)
        await server.delivered()
        kinds = sorted(body["type"] for body, _ in url.came)
        assert kinds == ["app_rate_limited", *["event_callback"] * 3]
        told = next(body for body, _ in url.came if body["type"] == "app_rate_limited")
        assert (told["team_id"], told["minute_rate_limited"] % 60) == (team.id, 0)
        server.passes(3600)
        await _says(team)
        await server.until(lambda: len(url.came) == 5)


async def test_forged_requests_are_told_apart_by_the_signature_only(server: Sandbox, team: TeamHandle) -> None:
    secret = server.app.signing_secret
    body = b'{"type":"event_callback","event":{"type":"message"}}'
    verifier = SignatureVerifier(secret)
    found = forgeries(secret, body)
    assert len(found) == len({one.name for one in found}) == 16
    harmless = [one for one in found if "time in" not in one.name and "time with" not in one.name]
    harmless = [one for one in harmless if one.name not in ("empty time", "time beyond all", "signature not in ASCII")]
    for one in harmless:
        headers = {name: value for name, value in one.headers.items() if name != "Content-Type"}
        assert not verifier.is_valid_request(one.body, headers), one.name
    for one in junk(secret):
        assert one.signature_holds
        headers = {name: value for name, value in one.headers.items() if name != "Content-Type"}
        assert verifier.is_valid(one.body.decode("latin-1"), "0", "v0=") is False
        if one.body.isascii():
            assert verifier.is_valid_request(one.body, headers), one.name
    assert all(len(one.headers) == 1 for one in unsigned(found))


async def test_a_forged_request_reaches_an_app_as_it_is(server: Sandbox, team: TeamHandle) -> None:
    async with by_http(server, team) as app, aiohttp.ClientSession() as session:
        for one in forgeries(server.app.signing_secret, b'{"type":"event_callback"}'):
            if one.name in ("wrong signature", "another app's secret", "too old"):
                async with session.post(server.app.events_url, data=one.body, headers=one.headers) as answer:
                    assert answer.status == 401
        assert app.bodies == []

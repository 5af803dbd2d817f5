"""The Web API as the real client, and as plain requests, find it."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from integrations.sandbox.faults import Fault
from integrations.sandbox.slack.limits import Limits
from integrations.sandbox.slack.server import Sandbox, Settings
from integrations.sandbox.slack.teams import TeamHandle
from tests.integrations.sandbox.slack.asking import error, refused
from tests.integrations.sandbox.slack.clients import web_client

Json = dict[str, Any]


async def plainly(server: Sandbox, method: str, **options: Any) -> tuple[Json, Any]:
    async with aiohttp.ClientSession() as session, session.post(f"{server.url}{method}", **options) as answer:
        return await answer.json(), answer.headers


async def test_all_encodings_say_the_same(server: Sandbox, team: TeamHandle) -> None:
    general = team.channel("general")
    blocks = [{"type": "divider"}]
    said = {"channel": general.id, "text": "hello"}
    auth = {"Authorization": f"Bearer {team.token}"}
    in_json = {**said, "blocks": blocks}
    as_text = {**said, "blocks": json.dumps(blocks)}
    answers = [
        (await plainly(server, "chat.postMessage", json=in_json, headers=auth))[0],
        (await plainly(server, "chat.postMessage", data=as_text, headers=auth))[0],
        (await plainly(server, "chat.postMessage", params=as_text, headers=auth))[0],
        (await plainly(server, "chat.postMessage", data={**as_text, "token": team.token}))[0],
    ]
    assert [one["ok"] for one in answers] == [True] * 4
    assert answers[0]["warning"] == "missing_charset"
    assert len(general.messages) == 4
    for message in general.messages.values():
        assert (message.text, message.blocks[0]["type"]) == ("hello", "divider")


async def test_a_request_that_is_none_is_refused(server: Sandbox, team: TeamHandle) -> None:
    auth = {"Authorization": f"Bearer {team.token}"}
    wrong = {**auth, "Content-Type": "application/json; charset=utf-8"}
    assert (await plainly(server, "auth.test", data="{", headers=wrong))[0]["error"] == "invalid_json"
    assert (await plainly(server, "auth.test", data="[]", headers=wrong))[0]["error"] == "json_not_object"
    text = {**auth, "Content-Type": "text/plain"}
    assert (await plainly(server, "auth.test", data="x", headers=text))[0]["error"] == "invalid_post_type"
    assert (await plainly(server, "auth.test"))[0]["error"] == "not_authed"
    assert (await plainly(server, "cat.pet", headers=auth))[0] == {
        "ok": False,
        "error": "unknown_method",
        "req_method": "cat.pet",
    }


async def test_who_am_i(server: Sandbox, team: TeamHandle, client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == (team.id, team.bot.id, team.bot.bot_id)
    assert answer.headers["x-oauth-scopes"] == ",".join(server.app.scopes)
    assert await error(client.api_test(error="my_error")) == "my_error"


@pytest.mark.parametrize("ended", ["token_revoked", "account_inactive"])
async def test_a_token_that_ended_says_why(
    server: Sandbox, team: TeamHandle, client: AsyncWebClient, ended: str
) -> None:
    if ended == "token_revoked":
        team.revokes()
    else:
        team.uninstalls()
    assert await error(client.auth_test()) == ended
    assert await error(AsyncWebClient("xoxb-no", base_url=server.url).auth_test()) == "invalid_auth"


async def test_the_kinds_of_token_are_told_apart(server: Sandbox, client: AsyncWebClient) -> None:
    assert await error(client.api_call("apps.connections.open")) == "not_allowed_token_type"
    app_client = AsyncWebClient(server.app.app_token, base_url=server.url)
    assert await error(app_client.conversations_list()) == "not_allowed_token_type"


async def test_a_missing_scope_is_named(server: Sandbox) -> None:
    server.app.scopes = ("channels:history", "channels:read", "chat:write")
    team = server.team("Acme")
    aside = team.private("aside")
    async with web_client(server, team.token) as client:
        answer = await refused(client.users_list())
        assert (answer["error"], answer["needed"]) == ("missing_scope", "users:read")
        assert answer["provided"] == "channels:history,channels:read,chat:write"
        assert (await refused(client.conversations_history(channel=aside.id)))["needed"] == "groups:history"
        assert (await refused(client.conversations_list(types="private_channel")))["needed"] == "groups:read"


async def test_conversations_and_people_are_listed_in_pages(
    server: Sandbox, team: TeamHandle, client: AsyncWebClient
) -> None:
    alice, bob = team.person("Alice", tz="Asia/Kolkata"), team.person("Bob")
    channels = [team.channel(f"c{number}", members=[alice]) for number in range(3)]
    aside, closed = team.private("aside"), team.private("closed", bot=False)
    team.archives(channels[2])
    listed = [
        one["name"]
        async for page in await client.conversations_list(types="public_channel,private_channel", limit=2)
        for one in page["channels"]
    ]
    assert listed == ["c0", "c1", "c2", "aside"]
    kept = await client.conversations_list(exclude_archived=True)
    assert [one["name"] for one in kept["channels"]] == ["c0", "c1"]
    assert (await client.conversations_members(channel=channels[0].id))["members"] == [
        team.owner.id,
        team.bot.id,
        alice.id,
    ]
    assert (await client.conversations_info(channel=aside.id))["channel"]["is_private"]
    assert await error(client.conversations_info(channel=closed.id)) == "channel_not_found"
    theirs = await client.users_conversations(user=alice.id)
    assert [one["name"] for one in theirs["channels"]] == ["c0", "c1", "c2"]
    people = [one["name"] async for page in await client.users_list(limit=2) for one in page["members"]]
    assert people == ["slackbot", "acmeowner", "cairn", "alice", "bob"]
    shown = (await client.users_info(user=alice.id, include_locale=True))["user"]
    assert (shown["tz"], shown["tz_offset"], shown["locale"]) == ("Asia/Kolkata", 19_800, "en-US")
    assert shown["profile"]["email"] == "alice@acme.example"
    assert (await client.users_profile_get(user=bob.id))["profile"]["real_name"] == "Bob"
    assert await error(client.users_info(user="U0NOBODY")) == "user_not_found"


async def test_conversations_are_opened_and_joined(server: Sandbox, team: TeamHandle, client: AsyncWebClient) -> None:
    alice, bob, robot = team.person("Alice"), team.person("Bob"), team.machine("Robot")
    general, aside = team.channel("general", bot=False), team.private("aside")
    first = await client.conversations_open(users=alice.id)
    assert "already_open" not in first
    again = await client.conversations_open(users=alice.id, return_im=True)
    assert (again["already_open"], again["channel"]["user"]) == (True, alice.id)
    several = await client.conversations_open(users=[alice.id, bob.id])
    assert (await client.conversations_open(users=[bob.id, alice.id]))["channel"]["id"] == several["channel"]["id"]
    assert await error(client.conversations_open(users="U0NOBODY")) == "user_not_found"
    assert await error(client.conversations_open(users=robot.id)) == "cannot_dm_bot"
    await client.conversations_join(channel=general.id)
    assert team.bot.id in general.members
    assert (await client.conversations_join(channel=general.id))["warning"] == "already_in_channel"
    assert await error(client.conversations_join(channel=aside.id)) == "method_not_supported_for_channel_type"


async def test_limits_hold_per_method_and_channel_until_they_have_passed() -> None:
    async with Sandbox(Settings(limits=Limits(tiers=(1, 2, 50, 100)))) as server:
        team = server.team("Acme")
        general, random = team.channel("general"), team.channel("random")
        async with web_client(server, team.token) as client:
            await client.users_list()
            await client.users_list()
            answer = await refused(client.users_list())
            assert (answer.status_code, answer["error"]) == (429, "ratelimited")
            assert 1 <= int(answer.headers["Retry-After"]) <= 60
            assert (await client.usergroups_list())["ok"]
            await client.chat_postMessage(channel=general.id, text="one")
            await client.chat_postMessage(channel=random.id, text="one")
            answer = await refused(client.chat_postMessage(channel=general.id, text="two"))
            assert answer.headers["Retry-After"] == "1"
            server.passes(60)
            await client.users_list()
            await client.chat_postMessage(channel=general.id, text="three")
        other = server.team("Other")
        async with web_client(server, other.token) as client:
            await client.users_list()


async def test_an_app_outside_the_marketplace_reads_little_history() -> None:
    async with Sandbox(Settings(limits=Limits())) as server:
        server.app.commercial = True
        team = server.team("Acme")
        alice = team.person("Alice")
        general = team.channel("general", members=[alice])
        for number in range(20):
            await alice.at(1_600_000_000_000 + number).says(general, "x")
        async with web_client(server, team.token) as client:
            assert len((await client.conversations_history(channel=general.id, limit=100))["messages"]) == 15
            assert await error(client.conversations_history(channel=general.id)) == "ratelimited"


async def test_faults_strike_before_and_after_a_request_is_taken(
    server: Sandbox, team: TeamHandle, client: AsyncWebClient
) -> None:
    general = team.channel("general")
    server.fails("chat.postMessage", "internal_error")
    assert await error(client.chat_postMessage(channel=general.id, text="x")) == "internal_error"
    assert not general.messages
    server.faults.add(Fault("POST", "/chat.postMessage", "reset", after_accept=True, times=2))
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=general.id, text="x")
    # the client's own retry sent it a second time: what a bot has to switch off
    assert len(general.messages) == 2
    assert [one.values["answered"] for one in server.ledger.sent()] == [False, False]


async def test_the_workspace_and_its_bots(server: Sandbox, team: TeamHandle, client: AsyncWebClient) -> None:
    alice = team.person("Alice")
    assert (await client.team_info())["team"]["name"] == "Acme"
    shown = (await client.bots_info(bot=team.bot.bot_id))["bot"]
    assert (shown["user_id"], shown["app_id"]) == (team.bot.id, server.app.id)
    await alice.wants_quiet(1_700_000_000_000, 1_700_030_000_000)
    quiet = (await client.dnd_teamInfo(users=[alice.id, team.owner.id]))["users"]
    assert quiet[alice.id] == {
        "dnd_enabled": True,
        "next_dnd_start_ts": 1_700_000_000,
        "next_dnd_end_ts": 1_700_030_000,
    }
    assert quiet[team.owner.id]["next_dnd_end_ts"] == 1

"""The Web API as the real client, and as plain requests, find it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from integrations.sandbox.faults import Fault
from integrations.sandbox.slack.limits import Limits
from integrations.sandbox.slack.server import Sandbox, Settings
from integrations.sandbox.slack.teams import TeamHandle
from tests.integrations.sandbox.slack.clients import web_client

Json = dict[str, Any]


@pytest.fixture
async def client(server: Sandbox, team: TeamHandle) -> AsyncIterator[AsyncWebClient]:
    async with web_client(server, team.token) as made:
        yield made


async def refused(doing: Any) -> Any:
    with pytest.raises(SlackApiError) as raised:
        await doing
    return raised.value.response


async def error(doing: Any) -> str:
    return str((await refused(doing))["error"])


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


async def test_messages_that_slack_refuses(server: Sandbox, team: TeamHandle, client: AsyncWebClient) -> None:
    alice, robot = team.person("Alice"), team.machine("Robot")
    general, aside = team.channel("general"), team.private("aside", bot=False)
    post = client.chat_postMessage
    assert await error(client.api_call("chat.postMessage", json={"channel": general.id})) == "no_text"
    assert await error(post(channel=general.id, text="x" * 40_001)) == "msg_too_long"
    assert await error(post(channel="C0NONE", text="x")) == "channel_not_found"
    assert await error(post(channel=aside.id, text="x")) == "channel_not_found"
    assert await error(post(channel=robot.id, text="x")) == "cannot_dm_bot"
    assert await error(post(channel=general.id, text="x", thread_ts="nothing")) == "invalid_thread_ts"
    assert await error(post(channel=general.id, text="x", thread_ts="1.000001")) == "thread_not_found"
    assert await error(post(channel=general.id, text="x", blocks="no")) == "invalid_blocks_format"
    wrong = await refused(post(channel=general.id, text="x", blocks=[{"type": "section"}]))
    assert wrong["error"] == "invalid_blocks"
    assert wrong["response_metadata"]["messages"] == ["[ERROR] missing required field: text [json-pointer:/blocks/0]"]
    assert wrong["errors"] == ["missing required field: text [json-pointer:/blocks/0]"]
    metadata = {"event_type": "", "event_payload": {}}
    assert await error(post(channel=general.id, text="x", metadata=metadata)) == "invalid_metadata_schema"
    server.app.messages_tab = False
    assert await error(post(channel=alice.id, text="x")) == "messages_tab_disabled"
    team.archives(general)
    assert await error(post(channel=general.id, text="x")) == "is_archived"
    assert server.ledger.sent() == []


async def test_blocks_without_text_are_warned_about(server: Sandbox, team: TeamHandle, client: AsyncWebClient) -> None:
    said = {"channel": team.channel("general").id, "blocks": [{"type": "divider"}]}
    answer = await client.api_call("chat.postMessage", json=said)
    assert answer["response_metadata"]["warnings"] == ["missing_text_in_message"]


async def test_a_channel_the_bot_is_not_in_takes_messages_only_with_the_scope(server: Sandbox) -> None:
    server.app.scopes = ("chat:write", "channels:read", "channels:history")
    team = server.team("Acme")
    general = team.channel("general", bot=False)
    async with web_client(server, team.token) as client:
        assert await error(client.chat_postMessage(channel=general.id, text="x")) == "not_in_channel"
        assert await error(client.conversations_history(channel=general.id)) == "not_in_channel"
        team.install(scopes=("chat:write.public",))
        assert (await client.chat_postMessage(channel=general.id, text="x"))["ok"]


async def test_a_message_is_sent_changed_and_deleted(server: Sandbox, team: TeamHandle, client: AsyncWebClient) -> None:
    alice = team.person("Alice")
    sent = await client.chat_postMessage(channel=alice.id, text="hello <!here>")
    (message,) = alice.dm.messages.values()
    assert (message.text, sent["channel"]) == ("hello <!here>", alice.dm.id)
    await client.chat_update(channel=alice.dm.id, ts=sent["ts"], text="changed")
    assert (message.text, message.edited is not None) == ("changed", True)
    assert await error(client.chat_update(channel=alice.dm.id, ts=sent["ts"], text="x" * 4001)) == "msg_too_long"
    link = await client.chat_getPermalink(channel=alice.dm.id, message_ts=sent["ts"])
    assert link["permalink"].endswith(f"/{alice.dm.id}/p{sent['ts'].replace('.', '')}")
    await client.chat_delete(channel=alice.dm.id, ts=sent["ts"])
    assert not alice.dm.messages
    assert await error(client.chat_delete(channel=alice.dm.id, ts=sent["ts"])) == "message_not_found"
    theirs = await alice.writes_to_bot("mine")
    assert await error(client.chat_delete(channel=alice.dm.id, ts=theirs.ts)) == "cant_delete_message"
    assert await error(client.chat_update(channel=alice.dm.id, ts=theirs.ts, text="x")) == "cant_update_message"
    (entry,) = server.ledger.sent(alice.dm.id)
    assert (entry.route, entry.made, entry.values["user"]) == ("chat.postMessage", sent["ts"], alice.id)
    assert (entry.values["pings"], "hello" in repr(server.ledger.entries)) == (("here",), False)


async def test_an_ephemeral_message_is_seen_by_one_person(
    server: Sandbox, team: TeamHandle, client: AsyncWebClient
) -> None:
    alice, bob = team.people(["Alice", "Bob"])
    general = team.channel("general", members=[alice])
    answer = await client.chat_postEphemeral(channel=general.id, user=alice.id, text="psst")
    assert [one.text for one in alice.ephemerals] == ["psst"]
    assert (bob.ephemerals, general.messages) == ([], {})
    assert answer["message_ts"] == alice.ephemerals[0].ts
    assert await error(client.chat_postEphemeral(channel=general.id, user=bob.id, text="x")) == "user_not_in_channel"
    assert server.ledger.sent()[0].values["private"]


async def test_history_comes_in_pages_within_moments(server: Sandbox, team: TeamHandle, client: AsyncWebClient) -> None:
    alice = team.person("Alice")
    general = team.channel("general", members=[alice])
    made = [await alice.at(1_600_000_000_000 + number * 1000).says(general, f"{number}") for number in range(5)]
    first = await client.conversations_history(channel=general.id, limit=2)
    assert ([one["text"] for one in first["messages"]], first["has_more"]) == (["4", "3"], True)
    pages = [[one["text"] for one in page["messages"]] async for page in first]
    assert pages == [["4", "3"], ["2", "1"], ["0"]]
    between = await client.conversations_history(channel=general.id, oldest=made[1].ts, latest=made[3].ts)
    assert [one["text"] for one in between["messages"]] == ["2"]
    whole = await client.conversations_history(channel=general.id, oldest=made[1].ts, latest=made[3].ts, inclusive=True)
    assert [one["text"] for one in whole["messages"]] == ["3", "2", "1"]
    assert await error(client.conversations_history(channel=general.id, cursor="nonsense")) == "invalid_cursor"


async def test_a_thread_comes_in_pages_after_its_message(
    server: Sandbox, team: TeamHandle, client: AsyncWebClient
) -> None:
    alice, bob = team.people(["Alice", "Bob"])
    general = team.channel("general", members=[alice, bob])
    root = await alice.says(general, "root")
    answers = [await bob.replies(root, f"{number}") for number in range(3)]
    shown = (await client.conversations_history(channel=general.id))["messages"][0]
    assert (shown["reply_count"], shown["reply_users"], shown["latest_reply"]) == (3, [bob.id], answers[-1].ts)
    first = await client.conversations_replies(channel=general.id, ts=root.ts, limit=3)
    assert ([one["text"] for one in first["messages"]], first["has_more"]) == (["root", "0", "1"], True)
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_replies(channel=general.id, ts=root.ts, limit=3, cursor=cursor)
    assert ([one["text"] for one in second["messages"]], second["has_more"]) == (["root", "2"], False)
    assert await error(client.conversations_replies(channel=general.id, ts="1.1")) == "thread_not_found"


async def test_metadata_is_given_back_where_asked_for(
    server: Sandbox, team: TeamHandle, client: AsyncWebClient
) -> None:
    general = team.channel("general")
    metadata = {"event_type": "cairn", "event_payload": {"key": "k1"}}
    await client.chat_postMessage(channel=general.id, text="x", metadata=metadata)
    plain = await client.conversations_history(channel=general.id)
    assert "metadata" not in plain["messages"][0]
    whole = await client.conversations_history(channel=general.id, include_all_metadata=True)
    assert whole["messages"][0]["metadata"] == metadata
    assert server.ledger.sent()[0].values["metadata"] == "cairn"


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
    assert people == ["acmeowner", "cairn", "alice", "bob"]
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


async def test_reactions_are_given_and_seen(server: Sandbox, team: TeamHandle, client: AsyncWebClient) -> None:
    alice = team.person("Alice")
    general = team.channel("general", members=[alice])
    message = await alice.says(general, "x")
    await client.reactions_add(channel=general.id, timestamp=message.ts, name="tada")
    await alice.reacts(message, "tada")
    assert await error(client.reactions_add(channel=general.id, timestamp=message.ts, name="tada")) == "already_reacted"
    shown = (await client.reactions_get(channel=general.id, timestamp=message.ts))["message"]
    assert shown["reactions"] == [{"name": "tada", "users": [team.bot.id, alice.id], "count": 2}]
    listed = await client.reactions_list(user=alice.id)
    assert [one["message"]["ts"] for one in listed["items"]] == [message.ts]
    await client.reactions_remove(channel=general.id, timestamp=message.ts, name="tada")
    assert await error(client.reactions_remove(channel=general.id, timestamp=message.ts, name="tada")) == "no_reaction"


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


async def test_files_are_uploaded_in_three_steps(server: Sandbox, team: TeamHandle, client: AsyncWebClient) -> None:
    alice = team.person("Alice")
    general = team.channel("general", members=[alice])
    await client.files_upload_v2(
        content=b"<svg/>",
        filename="mountain.svg",
        title="The Mountain",
        alt_txt="five bands",
        channel=general.id,
        initial_comment="look",
    )
    (message,) = general.messages.values()
    assert (message.subtype, message.text) == ("file_share", "look")
    (known,) = team.team.files.values()
    assert (known.content, known.alt_text, known.channels) == (b"<svg/>", "five bands", [general.id])
    assert (await client.files_info(file=known.id))["file"]["alt_txt"] == "five bands"
    (entry,) = server.ledger.sent(general.id)
    assert entry.route == "files.completeUploadExternal"
    assert await error(client.files_completeUploadExternal(files=[{"id": "F0NONE"}])) == "file_not_found"

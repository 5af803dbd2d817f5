"""Messages over the Web API: sent, changed, read in pages, refused."""

from __future__ import annotations

from slack_sdk.web.async_client import AsyncWebClient

from integrations.sandbox.slack.server import Sandbox
from integrations.sandbox.slack.teams import TeamHandle
from tests.integrations.sandbox.slack.asking import error, refused
from tests.integrations.sandbox.slack.clients import web_client


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

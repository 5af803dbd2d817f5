"""What an app hears, over sockets and by signed requests, is the same."""

from __future__ import annotations

import pytest

from integrations.sandbox.slack.server import Sandbox
from integrations.sandbox.slack.teams import TeamHandle
from tests.integrations.sandbox.slack.clients import listening

WAYS = pytest.mark.parametrize("way", ["socket", "http"])


@WAYS
async def test_a_message_is_heard_with_its_envelope(server: Sandbox, team: TeamHandle, way: str) -> None:
    alice = team.person("Alice")
    general = team.channel("general", members=[alice])
    async with listening(server, team, way) as app:
        message = await alice.says(general, "tea < coffee")
        heard = await app.hears("message")
        assert (heard["user"], heard["ts"], heard["channel"]) == (alice.id, message.ts, general.id)
        assert (heard["text"], heard["channel_type"]) == ("tea &lt; coffee", "channel")
        envelope = app.bodies[-1]
        assert envelope["team_id"] == team.id
        assert envelope["authorizations"][0]["user_id"] == team.bot.id
        assert envelope["event_id"].startswith("Ev")
        assert envelope["is_ext_shared_channel"] is False


@WAYS
async def test_the_life_of_a_message_is_heard(server: Sandbox, team: TeamHandle, way: str) -> None:
    alice, bob = team.people(["Alice", "Bob"])
    general = team.channel("general", members=[alice, bob])
    async with listening(server, team, way) as app:
        message = await alice.says(general, "first")
        answer = await bob.replies(message, "second", broadcast=True)
        await bob.edits(answer, "third")
        await bob.reacts(message, "tada")
        await bob.takes_back(message, "tada")
        await bob.deletes(answer)
        await app.hears("message", subtype="message_deleted")
        await server.delivered()
        (broadcast,) = app.events("message", "thread_broadcast")
        assert (broadcast["thread_ts"], broadcast["root"]["ts"]) == (message.ts, message.ts)
        assert broadcast["root"]["user"] == alice.id
        (changed,) = app.events("message", "message_changed")
        assert changed["hidden"]
        assert (changed["message"]["ts"], changed["message"]["text"]) == (answer.ts, "third")
        assert changed["previous_message"]["text"] == "second"
        assert changed["ts"] != answer.ts
        (gone,) = app.events("message", "message_deleted")
        assert (gone["deleted_ts"], gone["previous_message"]["user"]) == (answer.ts, bob.id)
        (reacted,) = app.events("reaction_added")
        assert reacted["item"] == {"type": "message", "channel": general.id, "ts": message.ts}
        assert (reacted["user"], reacted["item_user"], reacted["reaction"]) == (bob.id, alice.id, "tada")
        assert len(app.events("reaction_removed")) == 1


@WAYS
async def test_a_message_that_was_answered_leaves_something_to_hold_the_thread(
    server: Sandbox, team: TeamHandle, way: str
) -> None:
    alice = team.person("Alice")
    general = team.channel("general", members=[alice])
    async with listening(server, team, way) as app:
        message = await alice.says(general, "first")
        await alice.replies(message, "second")
        await alice.deletes(message)
        heard = await app.hears("message", subtype="message_changed")
        assert heard["message"]["subtype"] == "tombstone"
        assert heard["previous_message"]["text"] == "first"
        assert not app.events("message", "message_deleted")


async def test_naming_the_bot_is_told_twice(server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    general = team.channel("general", members=[alice])
    async with listening(server, team, "http") as app:
        message = await alice.mentions(general, team.bot)
        heard = await app.hears("app_mention")
        assert heard["ts"] == message.ts
        assert (await app.hears("message"))["ts"] == message.ts


async def test_a_channel_without_the_bot_is_not_heard(server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    aside, general = team.channel("aside", members=[alice], bot=False), team.channel("general", members=[alice])
    async with listening(server, team, "http") as app:
        await alice.says(aside, "unheard")
        await alice.says(general, "heard")
        await app.hears("message")
        await server.delivered()
        assert [one["channel"] for one in app.events("message")] == [general.id]


async def test_coming_and_going_is_heard(server: Sandbox, team: TeamHandle) -> None:
    alice, bob = team.people(["Alice", "Bob"])
    general = team.channel("general", members=[alice])
    async with listening(server, team, "http") as app:
        await bob.joins_team()
        await bob.joins(general, alice)
        await bob.leaves(general)
        await bob.moves_to("Asia/Tokyo")
        await bob.leaves_team()
        await app.hears("user_change", 2)
        await server.delivered()
        (joined,) = app.events("member_joined_channel")
        assert (joined["user"], joined["inviter"], joined["channel_type"]) == (bob.id, alice.id, "C")
        (told,) = app.events("message", "channel_join")
        assert (told["user"], told["inviter"]) == (bob.id, alice.id)
        assert len(app.events("member_left_channel")) == len(app.events("message", "channel_leave")) == 1
        assert app.events("team_join")[0]["user"]["id"] == bob.id
        moved, gone = (one["user"] for one in app.events("user_change"))
        assert (moved["tz"], moved["tz_offset"]) == ("Asia/Tokyo", 9 * 3600)
        assert gone["deleted"]


async def test_history_is_told_to_nobody_unless_it_is_to_be(server: Sandbox, team: TeamHandle) -> None:
    alice = team.person("Alice")
    general = team.channel("general", members=[alice])
    past = 1_600_000_000_123
    async with listening(server, team, "http") as app:
        quiet = await alice.at(past).says(general, "long ago")
        told = await alice.at(past, told=True).says(general, "long ago, and told")
        await app.hears("message")
        await server.delivered()
        assert [one["ts"] for one in app.events("message")] == [told.ts]
        assert (quiet.ts, told.ts) == ("1600000000.123000", "1600000000.123001")
        assert [one["ts"] for one in (await app.client.conversations_history(channel=general.id))["messages"]] == [
            told.ts,
            quiet.ts,
        ]


async def test_only_what_was_subscribed_to_and_granted_is_heard(server: Sandbox) -> None:
    server.app.events = frozenset({"message.channels", "reaction_added"})
    server.app.scopes = tuple(one for one in server.app.scopes if one != "reactions:read")
    team = server.team("Acme")
    alice = team.person("Alice")
    general, aside = team.channel("general", members=[alice]), team.private("aside", members=[alice])
    async with listening(server, team, "http") as app:
        await alice.says(aside, "unheard")
        message = await alice.says(general, "heard")
        await alice.reacts(message, "tada")
        await alice.moves_to("Asia/Tokyo")
        await server.delivered()
        assert [one["event"]["type"] for one in app.bodies] == ["message"]
        assert app.events("message")[0]["ts"] == message.ts

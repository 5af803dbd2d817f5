"""The gateway as seen on the wire: transports, identifying, intents, shards, limits."""

from __future__ import annotations

import pytest

from integrations.sandbox.discord.server import Sandbox, Settings
from tests.integrations.sandbox.discord.raw import USUAL, raw


@pytest.mark.parametrize("compress", ["", "zlib-stream", "zstd-stream"])
async def test_identify_begins_a_session_on_every_transport(server: Sandbox, compress: str) -> None:
    guild = server.guild("Garden")
    alice, general = guild.person("alice"), guild.text("general")
    async with raw(server, compress) as client:
        await client.identify(server.token)
        ready = await client.hear()
        assert (ready["t"], ready["s"]) == ("READY", 1)
        assert ready["d"]["guilds"] == [{"id": str(guild.id), "unavailable": True}]
        assert (await client.hear())["t"] == "GUILD_CREATE"
        for number in range(3):
            await alice.says(general, f"message {number}")
        heard = [await client.hear() for _ in range(3)]
    assert [one["s"] for one in heard] == [3, 4, 5]
    assert {one["d"]["content"] for one in heard} == {""}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"token": "wrong"}, 4004),
        ({"intents": 1 << 30}, 4013),
        ({"intents": "all"}, 4013),
        ({"shard": [2, 2]}, 4010),
        ({"shard": "first"}, 4010),
    ],
)
async def test_identify_closes_on_wrong_values(server: Sandbox, said: dict[str, object], code: int) -> None:
    async with raw(server) as client:
        await client.say(2, {"token": server.token, "intents": USUAL, "properties": {}, **said})
        assert await client.hear() == {"closed": code}


async def test_identify_closes_on_intents_that_are_switched_off() -> None:
    async with Sandbox(Settings(privileged=0)) as server, raw(server) as client:
        await client.identify(server.token, intents=USUAL | 1 << 1)
        assert await client.hear() == {"closed": 4014}


async def test_gateway_closes_on_what_a_client_may_not_say(server: Sandbox) -> None:
    async with raw(server) as client:
        await client.socket.send_str("not json")
        assert await client.hear() == {"closed": 4002}
    async with raw(server) as client:
        await client.say(2, "let me in")
        assert await client.hear() == {"closed": 4002}
    async with raw(server) as client:
        await client.say(1, "x" * 4096)
        assert await client.hear() == {"closed": 4002}
    async with raw(server) as client:
        await client.say(8, {})
        assert await client.hear() == {"closed": 4003}
    async with raw(server) as client:
        await client.identify(server.token)
        await client.hear()
        await client.identify(server.token)
        assert await client.hear() == {"closed": 4005}
    async with raw(server) as client:
        await client.identify(server.token)
        await client.hear()
        await client.say(99, None)
        assert await client.hear() == {"closed": 4001}


async def test_heartbeat_is_acknowledged_and_too_many_frames_close(server: Sandbox) -> None:
    async with raw(server) as client:
        await client.say(1, None)
        assert (await client.hear())["op"] == 11
        for _ in range(120):
            await client.say(1, None)
        heard = [await client.hear() for _ in range(120)]
    assert heard[-1] == {"closed": 4008}


async def test_resume_replays_what_was_missed_and_nothing_else(server: Sandbox) -> None:
    guild = server.guild("Garden")
    alice, general = guild.person("alice"), guild.text("general")
    async with raw(server) as client:
        await client.identify(server.token)
        ready, _ = await client.hear(), await client.hear()
        await alice.says(general, "heard")
        last = (await client.hear())["s"]
        server.gateway.drop()
        await client.hear()
    for _ in range(3):
        await alice.says(general, "missed")
    async with raw(server) as client:
        await client.say(6, {"token": server.token, "session_id": ready["d"]["session_id"], "seq": last})
        heard = await client.hear_until("RESUMED")
    assert [one["t"] for one in heard] == ["MESSAGE_CREATE"] * 3 + ["RESUMED"]
    assert [one["s"] for one in heard] == [last + 1, last + 2, last + 3, last + 4]


async def test_resume_of_an_unknown_session_is_invalid(server: Sandbox) -> None:
    async with raw(server) as client:
        await client.say(6, {"token": server.token, "session_id": "session9", "seq": 4})
        told = await client.hear()
    assert (told["op"], told["d"]) == (9, False)


async def test_a_forgotten_session_cannot_be_resumed(server: Sandbox) -> None:
    async with raw(server) as client:
        await client.identify(server.token)
        ready = await client.hear()
        server.gateway.drop()
        await client.hear()
    server.gateway.forget_sessions()
    async with raw(server) as client:
        await client.say(6, {"token": server.token, "session_id": ready["d"]["session_id"], "seq": 1})
        assert (await client.hear())["op"] == 9


async def test_events_come_only_with_their_intents(server: Sandbox) -> None:
    guild = server.guild("Garden")
    alice, general, lounge = guild.person("alice"), guild.text("general"), guild.voice("lounge")
    async with raw(server) as client:
        await client.identify(server.token, intents=1 << 0 | 1 << 7)
        await client.hear_until("GUILD_CREATE")
        message = await alice.says(general, "unheard")
        await alice.reacts(message, "👍")
        await server.person("bob").joins(guild)
        await alice.joins_voice(lounge)
        assert (await client.hear())["t"] == "VOICE_STATE_UPDATE"


async def test_content_comes_with_its_intent_or_where_the_bot_is_named(server: Sandbox) -> None:
    guild = server.guild("Garden")
    alice, general = guild.person("alice"), guild.text("general")
    async with raw(server) as without, raw(server) as having:
        await without.identify(server.token)
        await having.identify(server.token, intents=USUAL | 1 << 15)
        for client in (without, having):
            await client.hear_until("GUILD_CREATE")
        await alice.says(general, "seen by few")
        await alice.says(general, f"hello <@{server.world.bot.id}>")
        emptied, named = await without.hear(), await without.hear()
        whole = await having.hear()
    assert (emptied["d"]["content"], whole["d"]["content"]) == ("", "seen by few")
    assert named["d"]["content"].startswith("hello")


async def test_each_shard_hears_its_own_guilds_and_the_first_direct_messages(server: Sandbox) -> None:
    first, second = server.guild("First"), server.guild("Second")
    owners = {(guild.id >> 22) % 2: guild for guild in (first, second)}
    assert set(owners) == {0, 1}
    alice = first.person("alice")
    second.person("alice")
    async with raw(server) as zero, raw(server) as one:
        await zero.identify(server.token, intents=USUAL | 1 << 12, shard=[0, 2])
        await one.identify(server.token, intents=USUAL | 1 << 12, shard=[1, 2])
        for client, guild in ((zero, owners[0]), (one, owners[1])):
            heard = await client.hear_until("GUILD_CREATE")
            assert heard[-1]["d"]["id"] == str(guild.id)
        await alice.writes_to_bot("hello")
        told = await zero.hear()
        await alice.says(owners[1].text("general"), "there")
        heard = await one.hear_until("MESSAGE_CREATE")
    assert "guild_id" not in told["d"]
    assert told["d"]["content"] == "hello"
    assert [frame["t"] for frame in heard] == ["CHANNEL_CREATE", "MESSAGE_CREATE"]


async def test_too_many_sessions_reset_the_token(server: Sandbox) -> None:
    server.gateway.starts.total = 2
    for _ in range(2):
        async with raw(server) as client:
            await client.identify(server.token)
            assert (await client.hear())["t"] == "READY"
    assert server.gateway.starts.limit()["remaining"] == 0
    async with raw(server) as client:
        await client.identify(server.token)
        assert await client.hear() == {"closed": 4004}
    assert server.gateway.token_is_reset


async def test_sessions_begun_too_soon_after_one_another_are_invalid() -> None:
    moments = [1_800_000_000_000]
    async with Sandbox(Settings(clock=lambda: moments[0])) as server:
        server.gateway.starts.every = 5.0
        heard = []
        for pause in (0, 4_999, 1):
            moments[0] += pause
            async with raw(server) as client:
                await client.identify(server.token)
                heard.append((await client.hear())["op"])
    assert heard == [0, 9, 0]
    assert server.gateway.counts["identifies"] == 2


async def test_more_guilds_than_shards_can_have_need_more_shards(server: Sandbox) -> None:
    server.gateway.most_guilds = 1
    server.guild("First")
    server.guild("Second")
    async with raw(server) as client:
        await client.identify(server.token)
        assert await client.hear() == {"closed": 4011}
    async with raw(server) as client:
        await client.identify(server.token, shard=[0, 2])
        assert (await client.hear())["t"] == "READY"


async def test_session_starts_come_back_after_a_day() -> None:
    moments = [1_800_000_000_000]
    async with Sandbox(Settings(clock=lambda: moments[0])) as server, raw(server) as client:
        await client.identify(server.token)
        await client.hear()
        assert server.gateway.starts.limit() == {
            "total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1,
        }  # fmt: skip
        moments[0] += 86_400_000
        assert server.gateway.starts.limit()["remaining"] == 1000


async def test_members_are_told_in_chunks_of_a_thousand(server: Sandbox) -> None:
    guild = server.guild("Garden")
    guild.people(f"person {number}" for number in range(1200))
    async with raw(server) as client:
        await client.identify(server.token, intents=USUAL | 1 << 1)
        await client.hear_until("GUILD_CREATE")
        await client.say(8, {"guild_id": str(guild.id), "query": "", "limit": 0, "nonce": "n"})
        first, second = await client.hear(), await client.hear()
        await client.say(8, {"guild_id": str(guild.id), "user_ids": ["1"], "nonce": "n"})
        missing = await client.hear()
    assert [len(one["d"]["members"]) for one in (first, second)] == [1000, 202]
    assert [one["d"]["chunk_count"] for one in (first, second)] == [2, 2]
    assert missing["d"]["not_found"] == ["1"]


async def test_the_bot_moves_itself_in_voice(server: Sandbox) -> None:
    guild = server.guild("Garden")
    lounge = guild.voice("lounge")
    async with raw(server) as client:
        await client.identify(server.token)
        await client.hear_until("GUILD_CREATE")
        asked = {"guild_id": str(guild.id), "channel_id": str(lounge.id), "self_mute": True, "self_deaf": False}
        await client.say(4, asked)
        moved, told = await client.hear(), await client.hear()
    assert (moved["d"]["channel_id"], moved["d"]["self_mute"]) == (str(lounge.id), True)
    assert told["t"] == "VOICE_SERVER_UPDATE"


async def test_many_prepared_events_reach_every_session_in_order(server: Sandbox) -> None:
    guild = server.guild("Garden")
    async with raw(server, "zlib-stream") as client:
        await client.identify(server.token)
        await client.hear_until("GUILD_CREATE")
        sent = await server.emit_many("MESSAGE_CREATE", ({"id": str(number)} for number in range(2500)), guild.id)
        heard = [await client.hear() for _ in range(2500)]
    assert sent == 2500
    assert [int(one["d"]["id"]) for one in heard] == list(range(2500))

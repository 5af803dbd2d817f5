"""The real discord.py listens: every kind of act arrives, and broken connections lose nothing."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from integrations.sandbox.discord.server import Sandbox, Settings
from tests.integrations.sandbox.discord.clients import USUAL, Client, ShardedClient, connected
from tests.integrations.sandbox.discord.library import discord


async def test_messages_replies_edits_and_deletes_arrive(server: Sandbox) -> None:
    guild = server.guild("Garden")
    general, (alice, bob) = guild.text("general"), guild.people(["alice", "bob"])
    async with connected(server, Client()) as client:
        first = await alice.says(general, "hello")
        answer = await bob.says(general, "yes", replies_to=first)
        await bob.edits(answer, "no")
        await alice.deletes(first)
        await alice.deletes(*[await alice.says(general, "x") for _ in range(2)])
        bulk = await client.hears("raw_bulk_message_delete")
        heard = client.of("message")
        assert (await client.hears("raw_message_edit")).message_id == answer.id
        assert (await client.hears("raw_message_delete")).message_id == first.id
    assert [one.id for one in heard[:2]] == [first.id, answer.id]
    assert heard[1].type is discord.MessageType.reply
    assert (heard[1].reference.message_id, heard[1].content) == (first.id, "")
    assert [one.id for one in heard[1].mentions] == [alice.id]
    assert len(bulk.message_ids) == 2


async def test_what_nobody_wrote_looks_like_that(server: Sandbox) -> None:
    guild = server.guild("Garden")
    general, alice = guild.text("general"), guild.person("alice")
    guild.greets_in(general)
    async with connected(server, Client()) as client:
        await guild.bot("helper").says(general, "beep")
        await guild.webhook("feed").says(general, "news")
        await alice.causes(general, 8)
        await server.person("bob").joins(guild)
        await alice.forwards(await alice.says(general, "hello"), general)
        await client.hears("message", 6)
        bot, hook, boost, join, _, forward = client.of("message")
    assert (bot.author.bot, bot.webhook_id) == (True, None)
    assert (hook.author.bot, hook.webhook_id) == (True, hook.author.id)
    assert (boost.type, join.type) == (discord.MessageType.premium_guild_subscription, discord.MessageType.new_member)
    assert (forward.type, forward.reference.type) == (
        discord.MessageType.default,
        discord.MessageReferenceType.forward,
    )
    assert [act.bot for act in server.ledger.acts("message")] == [True, True, False, False]


async def test_reactions_given_taken_back_and_cleared_arrive(server: Sandbox) -> None:
    guild = server.guild("Garden")
    alice, leaf, twig = guild.person("alice"), guild.emoji("leaf"), guild.emoji("twig")
    assert leaf.id != twig.id
    message = await alice.says(guild.text("general"), "hello")
    async with connected(server, Client()) as client:
        await alice.reacts(message, "👍")
        await alice.reacts(message, "👍")
        await alice.reacts(message, leaf)
        await alice.takes_back(message, "👍")
        await alice.clears_reactions(message)
        await client.hears("raw_reaction_clear")
        added, removed = client.of("raw_reaction_add"), client.of("raw_reaction_remove")
    assert [(one.user_id, str(one.emoji)) for one in added] == [(alice.id, "👍"), (alice.id, f"<:leaf:{leaf.id}>")]
    assert [(one.user_id, one.message_id) for one in removed] == [(alice.id, message.id)]
    assert message.reactions == {}


async def test_threads_and_forum_posts_arrive(server: Sandbox) -> None:
    guild = server.guild("Garden")
    general, forum, alice = guild.text("general"), guild.forum("ideas", ["new"]), guild.person("alice")
    async with connected(server, Client()) as client:
        message = await alice.says(general, "hello")
        on_message = await alice.opens_thread(message, "about this")
        alone = await alice.opens_thread(general, "something else")
        post = await alice.posts(forum, "an idea", tags=["new"])
        await alice.says(on_message, "in the thread")
        await client.until(lambda: len(client.of("thread_create")) == 3)
        await client.until(lambda: client.of("message")[-1].channel.id == on_message.id)
        told = {one.id: one for one in client.of("thread_create")}
        await alice.archives(alone)
        changed = await client.hears("raw_thread_update")
        await alice.deletes_thread(alone)
        assert (await client.hears("raw_thread_delete")).thread_id == alone.id
    assert set(told) == {on_message.id, alone.id, post.id}
    assert (on_message.id, told[post.id].parent_id) == (message.id, forum.id)
    assert changed.data["thread_metadata"]["archived"] is True
    assert post.id in post.messages


async def test_joins_roles_onboarding_and_leaves_arrive_with_the_members_intent(server: Sandbox) -> None:
    guild, bob = server.guild("Garden"), server.person("bob")
    gardener = guild.role("gardener")
    intents = discord.Intents(USUAL.value | discord.Intents.members.flag)
    async with connected(server, Client(intents=intents)) as client:
        assert {one.name for one in client.guilds[0].members} == {"cairn", "Garden owner"}
        await bob.joins(guild, pending=True)
        joined = await client.hears("member_join")
        await bob.completes_onboarding(guild)
        await bob.gets_role(guild, gardener)
        await client.hears("member_update", 3)
        after = client.of("member_update")[-1][1]
        await bob.leaves(guild)
        assert (await client.hears("raw_member_remove")).user.id == bob.id
    assert (joined.id, joined.guild.id) == (bob.id, guild.id)
    assert after.flags.completed_onboarding
    assert [one.name for one in after.roles] == ["@everyone", "gardener"]
    assert after.pending is False


async def test_large_guilds_are_chunked_into_the_cache(server: Sandbox) -> None:
    guild = server.guild("Garden")
    guild.people(f"person {number}" for number in range(1500))
    intents = discord.Intents(USUAL.value | discord.Intents.members.flag)
    async with connected(server, Client(intents=intents)) as client:
        assert len(client.guilds[0].members) == 1502
        assert client.guilds[0].chunked


async def test_voice_and_stage_arrive_and_are_there_in_a_new_session(server: Sandbox) -> None:
    guild = server.guild("Garden")
    lounge, stage, alice = guild.voice("lounge"), guild.stage("talks"), guild.person("alice")
    async with connected(server, Client()) as client:
        seen = []
        for number, act in enumerate((alice.joins_voice(lounge), alice.deafens(guild), alice.joins_voice(stage)), 1):
            await act
            _, _, after = await client.hears("voice_state_update", number)
            seen.append((after.channel.name, after.self_deaf, after.suppress))
    assert seen == [("lounge", False, False), ("lounge", True, False), ("talks", True, True)]
    async with connected(server, Client()) as client:
        found = client.get_channel(stage.id)
        assert isinstance(found, discord.StageChannel)
        assert list(found.voice_states) == [alice.id]


async def test_events_and_interest_arrive(server: Sandbox) -> None:
    guild, start = server.guild("Garden"), server.world.clock() + 3_600_000
    alice, bob = guild.people(["alice", "bob"])
    intents = discord.Intents(USUAL.value | discord.Intents.members.flag)
    async with connected(server, Client(intents=intents)) as client:
        call = await alice.plans(guild, "call", start, guild.voice("lounge"))
        await bob.interested(call)
        await bob.not_interested(call)
        await alice.starts(call)
        await alice.ends(call)
        await client.hears("scheduled_event_update", 2)
        created = client.of("scheduled_event_create")[0]
        added = client.of("scheduled_event_user_add")
        removed = client.of("scheduled_event_user_remove")
        last = client.of("scheduled_event_update")[-1][1]
    assert (created.id, created.channel.name) == (call.id, "lounge")
    assert [who.id for _, who in added] == [who.id for _, who in removed] == [bob.id]
    assert last.status is discord.EventStatus.completed


async def test_an_event_of_a_series_is_scheduled_again_when_it_ends(server: Sandbox) -> None:
    guild, start = server.guild("Garden"), server.world.clock() + 3_600_000
    alice, lounge = guild.person("alice"), guild.voice("lounge")
    async with connected(server, Client()) as client:
        call = await alice.plans(guild, "call", start, lounge, weekly=True)
        await alice.starts(call)
        await alice.ends(call)
        await client.hears("scheduled_event_update", 2)
        told = await client.http.get_scheduled_event(guild.id, call.id, with_user_count=False)
        begun, again = client.of("scheduled_event_update")[1]
    assert begun.status is discord.EventStatus.active
    assert again.status is discord.EventStatus.scheduled
    assert again.start_time - begun.start_time == datetime.timedelta(days=7)
    assert told["recurrence_rule"]["frequency"] == 2  # type: ignore[typeddict-item]


async def test_poll_votes_arrive(server: Sandbox) -> None:
    guild = server.guild("Garden")
    alice, bob = guild.people(["alice", "bob"])
    async with connected(server, Client()) as client:
        poll = await alice.asks(guild.text("general"), "When?", ["now", "later"])
        await bob.votes(poll, 1)
        await bob.votes(poll, 2)
        await client.hears("raw_poll_vote_add", 2)
        added = client.of("raw_poll_vote_add")
        removed = await client.hears("raw_poll_vote_remove")
    assert [(one.user_id, one.answer_id) for one in added] == [(bob.id, 1), (bob.id, 2)]
    assert removed.answer_id == 1


async def test_hidden_channels_and_private_threads_are_not_heard(server: Sandbox) -> None:
    guild = server.guild("Garden")
    alice, general, hidden = guild.person("alice"), guild.text("general"), guild.text("hidden")
    guild.allow_bot(0)
    guild.make_private(hidden)
    async with connected(server, Client()) as client:
        await alice.says(hidden, "unheard")
        secret = await alice.opens_thread(general, "secret", private=True)
        await alice.says(secret, "unheard")
        seen = await alice.says(general, "heard")
        await client.hears("message")
        assert [one.id for one in client.of("message")] == [seen.id]
        assert client.of("thread_create") == []


async def test_guilds_come_go_and_have_outages(server: Sandbox) -> None:
    garden = server.guild("Garden")
    async with connected(server, Client()) as client:
        server.guild("Orchard")
        assert (await client.hears("guild_join")).name == "Orchard"
        garden.outage(on=True)
        assert (await client.hears("guild_unavailable")).id == garden.id
        garden.outage(on=False)
        assert (await client.hears("guild_available")).id == garden.id
        garden.bot_leaves()
        assert (await client.hears("guild_remove")).id == garden.id


@pytest.mark.parametrize("how", ["drop", "close", "ask_reconnect", "invalidate_resumable"])
async def test_a_broken_connection_is_resumed_and_loses_and_doubles_nothing(server: Sandbox, how: str) -> None:
    guild = server.guild("Garden")
    alice, general = guild.person("alice"), guild.text("general")
    breaks: dict[str, Callable[[], None]] = {
        "drop": server.gateway.drop,
        "close": lambda: server.gateway.close(4000),
        "ask_reconnect": server.gateway.ask_reconnect,
        "invalidate_resumable": lambda: server.gateway.invalidate(resumable=True),
    }
    async with connected(server, Client()) as client:
        written = [await alice.says(general, "before")]
        breaks[how]()
        written += [await alice.says(general, "meanwhile") for _ in range(5)]
        await client.hears("resumed")
        written.append(await alice.says(general, "after"))
        await client.until(lambda: client.of("message") and client.of("message")[-1].id == written[-1].id)
        assert [one.id for one in client.of("message")] == [one.id for one in written]
    assert (server.gateway.counts["identifies"], server.gateway.counts["resumes"]) == (1, 1)


async def test_an_invalid_session_begins_anew_and_misses_what_happened(server: Sandbox) -> None:
    guild = server.guild("Garden")
    alice, general = guild.person("alice"), guild.text("general")
    async with connected(server, Client()) as client:
        server.gateway.invalidate()
        await alice.says(general, "missed")
        await client.hears("ready", 2)
        heard = await alice.says(general, "heard")
        await client.hears("message")
        assert [one.id for one in client.of("message")] == [heard.id]
    assert server.gateway.counts["identifies"] == 2


async def test_a_stalled_connection_is_noticed_and_resumed() -> None:
    async with Sandbox(Settings(heartbeat=0.2)) as server:
        guild = server.guild("Garden")
        alice, general = guild.person("alice"), guild.text("general")
        async with connected(server, Client(heartbeat_timeout=0.6)) as client:
            server.gateway.stall()
            written = await alice.says(general, "into silence")
            await client.hears("resumed")
            await client.hears("message")
            assert [one.id for one in client.of("message")] == [written.id]


async def test_two_shards_hear_their_guilds(server: Sandbox) -> None:
    guilds = [server.guild("First"), server.guild("Second")]
    server.gateway.suggested_shards = 2
    async with connected(server, ShardedClient()) as client:
        assert sorted(client.shards) == [0, 1]
        for guild in guilds:
            await guild.person("alice").says(guild.text("general"), "hello")
        await client.hears("message", 2)
        assert {one.guild.shard_id for one in client.of("message")} == {0, 1}


async def test_a_wrong_token_is_refused(server: Sandbox) -> None:
    server.token = "another"
    with pytest.raises(discord.LoginFailure):
        async with connected(server, Client()):
            pass


async def test_switched_off_intents_are_refused(server: Sandbox) -> None:
    server.world.application.privileged = 0
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with connected(server, Client(intents=discord.Intents.all())):
            pass

"""The sandbox seen by hikari, a client by other people: what only discord.py would swallow fails here."""

from __future__ import annotations

import logging

import hikari
import pytest

from integrations.sandbox.discord.server import Sandbox
from tests.integrations.sandbox.discord.other_client import hikari_at

HOUR_MS = 3_600_000


async def answer(event: hikari.InteractionCreateEvent) -> None:
    """Answer a command with a button, the button with a form, and the form late."""
    match event.interaction:
        case hikari.CommandInteraction() as used:
            row = hikari.impl.MessageActionRowBuilder()
            row.add_interactive_button(hikari.ButtonStyle.PRIMARY, "more", label="More")
            await used.create_initial_response(
                hikari.ResponseType.MESSAGE_CREATE, "hello", component=row, flags=hikari.MessageFlag.EPHEMERAL
            )
        case hikari.ComponentInteraction() as clicked:
            field = hikari.impl.ModalActionRowBuilder().add_text_input("why", "Why?")
            await clicked.create_modal_response("Why?", "form", component=field)
        case hikari.ModalInteraction() as sent:
            await sent.create_initial_response(hikari.ResponseType.DEFERRED_MESSAGE_CREATE)
            written = sent.components[0].components[0]
            assert isinstance(written, hikari.TextInputComponent)
            await sent.edit_initial_response(f"you wrote {written.value}")
            await sent.execute("and more")
        case _:
            raise AssertionError("an interaction nobody began")


async def test_hikari_answers_a_command_a_button_and_a_form(server: Sandbox) -> None:
    guild = server.guild("Garden")
    general, alice = guild.text("general"), guild.person("alice")
    async with hikari_at(server, answer) as (bot, _):
        app = await bot.rest.fetch_application()
        made = await bot.rest.set_application_commands(app.id, [bot.rest.slash_command_builder("me", "Where I am")])
        used = await (await alice.uses(general, "/me")).answered()
        form = await (await alice.clicks(used.message, "more")).answered()
        sent = await (await alice.submits(form, {"why": "because"})).said(2)
    assert [one.name for one in made] == ["me"]
    assert (used.message.content, used.private) == ("hello", True)
    assert form.form["title"] == "Why?"
    assert (sent.message.content, [one.content for one in sent.more]) == ("you wrote because", ["and more"])


async def test_hikari_hears_every_kind_of_act(server: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    guild = server.guild("Garden")
    general, forum, lounge = guild.text("general"), guild.forum("ideas", ["new"]), guild.voice("lounge")
    alice, bob = guild.people(["alice", "bob"])
    async with hikari_at(server) as (_, heard):
        message = await alice.says(general, "hello")
        reply = await bob.says(general, "yes", replies_to=message, mentions=[alice])
        await bob.reacts(message, "👍")
        await bob.takes_back(message, "👍")
        await alice.edits(message, "changed")
        thread = await alice.opens_thread(message, "about this")
        post = await alice.posts(forum, "an idea", tags=["new"])
        poll = await alice.asks(general, "When?", ["now", "later"])
        await bob.votes(poll, 1)
        await bob.joins_voice(lounge)
        call = await alice.plans(guild, "call", server.world.clock() + HOUR_MS, lounge)
        await bob.interested(call)
        carol = server.person("carol")
        await carol.joins(guild)
        await carol.gets_role(guild, guild.role("gardener"))
        await carol.leaves(guild)
        await alice.deletes(reply)
        await heard.hears(hikari.GuildMessageDeleteEvent)
        said = [one.message for one in heard.of(hikari.GuildMessageCreateEvent)]
    assert [one.id for one in said[:2]] == [message.id, reply.id]
    assert said[1].referenced_message is not None
    assert (said[1].type, said[1].referenced_message.id) == (hikari.MessageType.REPLY, message.id)
    assert [one.user_id for one in heard.of(hikari.GuildReactionAddEvent)] == [bob.id]
    assert [one.user_id for one in heard.of(hikari.GuildReactionDeleteEvent)] == [bob.id]
    assert [one.thread_id for one in heard.of(hikari.GuildThreadCreateEvent)] == [thread.id, post.id]
    assert [(one.user_id, one.answer_id) for one in heard.of(hikari.PollVoteCreateEvent)] == [(bob.id, 1)]
    assert [one.state.channel_id for one in heard.of(hikari.VoiceStateUpdateEvent)] == [lounge.id]
    assert [one.event_id for one in heard.of(hikari.ScheduledEventCreateEvent)] == [call.id]
    assert [one.user_id for one in heard.of(hikari.ScheduledEventUserAddEvent)] == [bob.id]
    assert [one.user_id for one in heard.of(hikari.MemberCreateEvent)] == [carol.id]
    assert [one.user_id for one in heard.of(hikari.MemberUpdateEvent)] == [carol.id]
    assert [one.user_id for one in heard.of(hikari.MemberDeleteEvent)] == [carol.id]
    # what it cannot read it says in its log, and goes on
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING] == []


async def test_hikari_reads_what_the_rest_interface_gives(server: Sandbox) -> None:
    guild = server.guild("Garden")
    general, alice, bob = guild.text("general"), guild.person("alice"), guild.person("bob")
    written = [await alice.says(general, f"message {number}") for number in range(150)]
    await bob.reacts(written[0], "👍")
    call = await alice.plans(guild, "call", server.world.clock() + HOUR_MS, "online")
    await bob.interested(call)
    async with hikari_at(server) as (bot, _):
        sent = await bot.rest.create_message(general.id, "from hikari")
        history = [one.id async for one in bot.rest.fetch_messages(general.id)]
        reacted = [one.id async for one in bot.rest.fetch_reactions_for_emoji(general.id, written[0].id, "👍")]
        members = [one.id async for one in bot.rest.fetch_members(guild.id)]
        interested = [one.user.id async for one in bot.rest.fetch_scheduled_event_users(guild.id, call.id)]
        channels = [one.name for one in await bot.rest.fetch_guild_channels(guild.id)]
        direct = await bot.rest.create_dm_channel(alice.id)
        await direct.send("hello")
        with pytest.raises(hikari.NotFoundError) as missing:
            await bot.rest.fetch_message(general.id, 1)
    assert history == [sent.id, *(one.id for one in reversed(written))]
    assert reacted == interested == [bob.id]
    assert members == sorted(guild.guild.members)
    assert channels == ["general"]
    assert [one.values["user"] for one in server.ledger.sent(alice.dm.id)] == [str(alice.id)]
    assert missing.value.code == 10008


async def test_hikari_resumes_after_its_connection_was_cut(server: Sandbox) -> None:
    guild = server.guild("Garden")
    general, alice = guild.text("general"), guild.person("alice")
    async with hikari_at(server) as (_, heard):
        server.gateway.drop()
        missed = await alice.says(general, "missed")
        await heard.hears(hikari.ShardResumedEvent)
        said = await heard.hears(hikari.GuildMessageCreateEvent)
    assert [one.message_id for one in said] == [missed.id]
    assert (server.gateway.counts["identifies"], server.gateway.counts["resumes"]) == (1, 1)


async def test_hikari_begins_as_many_shards_as_the_sandbox_suggests(server: Sandbox) -> None:
    guilds = [server.guild("First"), server.guild("Second")]
    server.gateway.suggested_shards, server.gateway.starts.max_concurrency = 2, 2
    async with hikari_at(server) as (bot, heard):
        for guild in guilds:
            await guild.person("alice").says(guild.text("general"), "hello")
        said = await heard.hears(hikari.GuildMessageCreateEvent, 2)
        assert sorted(bot.shards) == [0, 1]
    assert {one.shard.id for one in said} == {0, 1}

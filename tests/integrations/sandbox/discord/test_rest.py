"""The REST interface through the real discord.py: what it gives."""

from __future__ import annotations

import datetime

import pytest

from integrations.sandbox.discord.server import Sandbox, Settings
from integrations.sandbox.discord.snowflakes import moment_of
from tests.integrations.sandbox.discord.clients import USUAL, Client, connected
from tests.integrations.sandbox.discord.conftest import LIFTED
from tests.integrations.sandbox.discord.library import discord

DAY_MS = 86_400_000


async def test_history_is_paged_in_both_directions_and_placed_in_the_past(server: Sandbox) -> None:
    guild = server.guild("Garden")
    general, alice = guild.text("general"), guild.person("alice")
    start = server.world.clock() - 30 * DAY_MS
    written = [await alice.at(start + number * 1000).says(general, "old") for number in range(250)]
    written.append(await alice.says(general, "new"))
    ids = [one.id for one in written]
    async with connected(server, Client()) as client:
        channel = client.get_channel(general.id)
        assert isinstance(channel, discord.TextChannel)
        newest = [one.id async for one in channel.history(limit=None)]
        oldest = [one.id async for one in channel.history(limit=None, oldest_first=True)]
        after = [one.id async for one in channel.history(after=discord.Object(ids[200]), limit=20)]
        around = [one.id async for one in channel.history(around=discord.Object(ids[100]), limit=5)]
        message = await channel.fetch_message(ids[0])
    assert newest == ids[::-1]
    assert oldest == ids
    assert after == ids[201:221]
    assert sorted(around) == ids[98:103]
    assert message.created_at == datetime.datetime.fromtimestamp(start / 1000, datetime.UTC)
    assert message.content == ("old" if server.world.application.reads_content else "")
    assert [moment_of(number) for number in ids[:2]] == [start, start + 1000]


async def test_history_is_not_told_to_sessions(server: Sandbox) -> None:
    guild = server.guild("Garden")
    general, alice = guild.text("general"), guild.person("alice")
    async with connected(server, Client()) as client:
        old = await alice.at(server.world.clock() - DAY_MS).says(general, "old")
        await alice.at(server.world.clock() - DAY_MS).reacts(old, "👍")
        new = await alice.says(general, "new")
        await client.hears("message")
        assert [one.id for one in client.of("message")] == [new.id]
        assert client.of("raw_reaction_add") == []


async def test_history_can_be_told_as_if_it_were_new(server: Sandbox) -> None:
    guild, start = server.guild("Garden"), server.world.clock() - 30 * DAY_MS
    general, alice = guild.text("general"), guild.person("alice")
    async with connected(server, Client()) as client:
        written = [await alice.at(start + number, told=True).says(general, "replayed") for number in range(3)]
        await client.hears("message", 3)
        heard = client.of("message")
    assert [one.id for one in heard] == [one.id for one in written]
    assert [moment_of(one.id) for one in heard] == [start, start + 1, start + 2]


async def test_the_bot_writes_edits_pins_reacts_and_deletes(server: Sandbox) -> None:
    guild = server.guild("Garden")
    general = guild.text("general")
    async with connected(server, Client()) as client:
        channel = client.get_channel(general.id)
        assert isinstance(channel, discord.TextChannel)
        sent = await channel.send("hello", embed=discord.Embed(title="t"), view=_view())
        edited = await sent.edit(content="changed")
        await sent.add_reaction("👍")
        await sent.pin()
        pinned = [one.id async for one in channel.pins()]
        users = [one.id async for one in (await channel.fetch_message(sent.id)).reactions[0].users()]
        await sent.remove_reaction("👍", discord.Object(server.world.bot.id))
        await sent.delete()
        with pytest.raises(discord.NotFound) as gone:
            await channel.fetch_message(sent.id)
    assert (edited.content, edited.embeds[0].title) == ("changed", "t")
    assert pinned == [sent.id]
    assert users == [server.world.bot.id]
    assert gone.value.code == 10008


def _view() -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="b", custom_id="b"))
    return view


async def test_reaction_users_come_in_pages_by_id(server: Sandbox) -> None:
    guild = server.guild("Garden")
    people = guild.people(f"person {number}" for number in range(230))
    message = await people[0].says(guild.text("general"), "like this")
    for person in reversed(people):
        await person.reacts(message, "👍")
    async with connected(server, Client()) as client:
        channel = client.get_channel(message.channel_id)
        assert isinstance(channel, discord.TextChannel)
        reaction = (await channel.fetch_message(message.id)).reactions[0]
        users = [one.id async for one in reaction.users()]
    assert reaction.count == 230
    assert sorted(users) == [person.id for person in people]


async def test_a_nonce_gives_back_the_first_message(server: Sandbox) -> None:
    general = server.guild("Garden").text("general")
    async with connected(server, Client()) as client:
        channel = client.get_channel(general.id)
        assert isinstance(channel, discord.TextChannel)
        first = await channel.send("once", nonce="row-1")
        again = await channel.send("once", nonce="row-1")
        other = await channel.send("twice", nonce="row-2")
    assert first.id == again.id != other.id
    assert len(general.messages) == 2
    assert [one.made for one in server.ledger.sent(general.id)] == [str(first.id), str(other.id)]


async def test_a_nonce_is_remembered_for_minutes_and_only_where_that_is_asked_for() -> None:
    now = [0.0]
    async with Sandbox(Settings(limits=LIFTED, timer=lambda: now[0])) as server:
        general = server.guild("Garden").text("general")
        async with connected(server, Client()) as client:
            made = []
            for later, enforced in ((0, True), (179, True), (2, True), (0, False)):
                now[0] += later
                body = {"content": "once", "nonce": "row-1", "enforce_nonce": enforced}
                route = discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=general.id)
                made.append((await client.http.request(route, json=body))["id"])
    assert made[0] == made[1]
    assert len(set(made)) == 3


async def test_direct_messages_reach_open_people_only(server: Sandbox) -> None:
    guild = server.guild("Garden")
    alice, bob = guild.people(["alice", "bob"])
    bob.closes_dms()
    intents = discord.Intents(USUAL.value | discord.Intents.dm_messages.flag)
    async with connected(server, Client(intents=intents)) as client:
        sent = await (await client.fetch_user(alice.id)).send("hello")
        with pytest.raises(discord.Forbidden) as refused:
            await (await client.fetch_user(bob.id)).send("hello")
        answer = await alice.writes_to_bot("hi")
        await client.hears("message", 2)
        heard = client.of("message")
    assert [(one.id, one.content) for one in heard] == [(sent.id, "hello"), (answer.id, "hi")]
    assert refused.value.code == 50007
    assert isinstance(sent.channel, discord.DMChannel)
    assert [one.values["user"] for one in server.ledger.sent()] == [str(alice.id)]


async def test_threads_are_listed_active_and_archived(server: Sandbox) -> None:
    guild = server.guild("Garden")
    general, alice = guild.text("general"), guild.person("alice")
    first, second = await alice.opens_thread(general, "first"), await alice.opens_thread(general, "second")
    await alice.archives(first)
    async with connected(server, Client()) as client:
        channel = client.get_channel(general.id)
        assert isinstance(channel, discord.TextChannel)
        active = await client.guilds[0].active_threads()
        archived = [one async for one in channel.archived_threads()]
        mine = await channel.create_thread(name="mine", type=discord.ChannelType.public_thread)
        await mine.send("hello")
        people = await mine.fetch_members()
    assert [one.id for one in active] == [second.id]
    assert [one.id for one in archived] == [first.id]
    assert [one.id for one in people] == [server.world.bot.id]


async def test_a_forum_takes_posts_and_no_plain_messages(server: Sandbox) -> None:
    guild = server.guild("Garden")
    forum = guild.forum("ideas", ["new"])
    async with connected(server, Client()) as client:
        channel = client.get_channel(forum.id)
        assert isinstance(channel, discord.ForumChannel)
        made = await channel.create_thread(name="idea", content="text", applied_tags=[channel.available_tags[0]])
        with pytest.raises(discord.HTTPException) as refused:
            await client.http.send_message(forum.id, params=discord.http.handle_message_parameters("x"))
    assert made.thread.id == made.message.id
    assert [tag.name for tag in made.thread.applied_tags] == ["new"]
    assert refused.value.code == 50008


async def test_members_and_roles_are_read_and_given(server: Sandbox) -> None:
    guild = server.guild("Garden")
    people = guild.people(f"person {number}" for number in range(5))
    gardener = guild.role("gardener")
    async with connected(server, Client()) as client:
        place = client.guilds[0]
        member = await place.fetch_member(people[0].id)
        role = next(one for one in await place.fetch_roles() if one.name == "gardener")
        await member.add_roles(role)
        assert guild.guild.members[people[0].id].roles == [gardener.id]
        await member.remove_roles(role)
        found = await place.query_members("person", limit=3, cache=False)
        with pytest.raises(discord.NotFound) as missing:
            await place.fetch_member(1)
    assert guild.guild.members[people[0].id].roles == []
    assert len(found) == 3
    assert missing.value.code == 10013


async def test_events_are_made_changed_and_their_people_listed(server: Sandbox) -> None:
    guild = server.guild("Garden")
    people = guild.people(f"person {number}" for number in range(120))
    start = discord.utils.utcnow() + datetime.timedelta(hours=1)
    async with connected(server, Client()) as client:
        made = await client.guilds[0].create_scheduled_event(
            name="call",
            start_time=start,
            end_time=start + datetime.timedelta(hours=1),
            entity_type=discord.EntityType.external,
            location="online",
            privacy_level=discord.PrivacyLevel.guild_only,
        )
        for person in people:
            await person.interested(guild.guild.events[made.id])
        again = await client.guilds[0].fetch_scheduled_event(made.id)
        users = await _interested(client, guild.id, made.id)
        await made.edit(status=discord.EventStatus.cancelled)
        with pytest.raises(discord.HTTPException) as wrong:
            await client.http.edit_scheduled_event(guild.id, made.id, status=2)
        await made.delete()
    assert (again.location, again.user_count) == ("online", 120)
    assert users == [person.id for person in people]
    assert wrong.value.code == 50035
    assert guild.guild.events == {}


async def _interested(client: Client, guild_id: int, event_id: int) -> list[int]:
    """Return everybody, by rising ids. `ScheduledEvent.users` expects falling ones and loses people after the 100th."""
    found: list[int] = []
    while True:
        after = found[-1] if found else None
        page = await client.http.get_scheduled_event_users(guild_id, event_id, 100, with_member=True, after=after)
        found += [int(one["user"]["id"]) for one in page]
        if len(page) < 100:
            return found


async def test_the_bots_polls_are_voted_in_and_ended(server: Sandbox) -> None:
    guild = server.guild("Garden")
    general, people = guild.text("general"), guild.people(["alice", "bob"])
    poll = discord.Poll("When?", datetime.timedelta(hours=2))
    poll.add_answer(text="now", emoji="👍")
    poll.add_answer(text="later")
    async with connected(server, Client()) as client:
        channel = client.get_channel(general.id)
        assert isinstance(channel, discord.TextChannel)
        sent = await channel.send(poll=poll)
        for person in people:
            await person.votes(general.messages[sent.id], 2)
        fetched = await channel.fetch_message(sent.id)
        assert fetched.poll is not None
        voters = [one.id async for one in fetched.poll.answers[1].voters()]
        ended = await fetched.end_poll()
        assert ended.poll is not None
    assert sorted(voters) == [person.id for person in people]
    assert ended.poll.is_finalised()
    assert [answer.vote_count for answer in ended.poll.answers] == [0, 2]


async def test_voice_states_and_stages_are_read_and_run(server: Sandbox) -> None:
    guild = server.guild("Garden")
    stage, alice = guild.stage("talks"), guild.person("alice")
    await alice.joins_voice(stage)
    async with connected(server, Client()) as client:
        channel = client.get_channel(stage.id)
        assert isinstance(channel, discord.StageChannel)
        state = await client.http.get_voice_state(guild.id, alice.id)
        live = await channel.create_instance(topic="hello")
        await live.edit(topic="changed")
        fetched = await channel.fetch_instance()
        await live.delete()
        with pytest.raises(discord.NotFound) as ended:
            await channel.fetch_instance()
    assert (state["channel_id"], fetched.topic, ended.value.code) == (str(stage.id), "changed", 10067)


async def test_application_and_user_are_described(server: Sandbox) -> None:
    server.guild("Garden")
    async with connected(server, Client()) as client:
        info = await client.application_info()
        guilds = [one async for one in client.fetch_guilds()]
        guild = await client.fetch_guild(guilds[0].id)
        channels = await guild.fetch_channels()
    assert (info.id, info.flags.gateway_message_content_limited) == (server.world.bot.id, True)
    assert [one.name for one in guilds] == ["Garden"]
    assert guild.approximate_member_count == 2
    assert channels == []

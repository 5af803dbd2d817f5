"""Every sort of act that Discord tells of without message content, from a person's hand to the store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from bot.ports import Kind
from bot.storage import outgoing
from bot.storage.engine import Database
from integrations.sandbox.discord.model import Message
from tests.scenarios.discord_rig import rig
from tests.scenarios.discord_rig import until as comes_about
from tests.scenarios.listeners import EVERYTHING, HASTY, Cairn, cairn_on, until

VOTERS = "/channels/{channel_id}/polls/{message_id}/answers/{answer_id}"


@pytest.fixture
async def cairn(sqlite_url: str) -> AsyncIterator[Cairn]:
    async with cairn_on(sqlite_url, EVERYTHING) as made:
        yield made


async def test_threads_and_posts_in_forums(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    general, forum, (alice, bob) = guild.text("general"), guild.forum("help"), guild.people(["alice", "bob"])
    async with cairn.listening():
        first = await alice.says(general, "hello")
        thread = await bob.opens_thread(first, "more of it")
        await alice.says(thread, "in the thread")
        post = await alice.posts(forum, "How do I ...", "the question")
        await bob.says(post, "the answer")
        await cairn.hears({Kind.MESSAGE: 4, Kind.THREAD: 1})


async def test_who_is_in_a_thread_is_known_with_the_members_intent(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    general, (alice, bob, carol) = guild.text("general"), guild.people(["alice", "bob", "carol"])
    async with cairn.listening(members=True):
        thread = await alice.opens_thread(general, "more of it")
        await bob.joins_thread(thread)
        await carol.says(thread, "who writes has joined")
        await cairn.hears({Kind.MESSAGE: 1, Kind.THREAD: 1, Kind.JOIN: 2})
        await bob.leaves_thread(thread)
        await cairn.hears({Kind.MESSAGE: 1, Kind.THREAD: 1, Kind.JOIN: 1})


async def test_named_people_are_known_without_the_text(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    general, (alice, bob, carol) = guild.text("general"), guild.people(["alice", "bob", "carol"])
    async with cairn.listening():
        await alice.says(general, f"<@{bob.id}> and <@{carol.id}>, have you seen this?")
        await cairn.hears({Kind.MESSAGE: 1, Kind.MENTION: 2})


async def test_edits_keep_and_deletions_take_away(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    general, alice = guild.text("general"), guild.person("alice")
    async with cairn.listening():
        kept, gone = await alice.says(general, "one"), await alice.says(general, "two")
        await alice.edits(kept, "one and a half")
        await alice.deletes(gone)
        await alice.says(general, "three")
        await cairn.hears({Kind.MESSAGE: 2})


async def test_joins_leaves_onboarding_and_roles_with_the_members_intent(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    guild.greets_in(guild.text("welcome"))
    mentor = guild.role("mentor")
    alice, bob = cairn.server.person("alice"), cairn.server.person("bob")
    async with cairn.listening(members=True):
        await alice.joins(guild, pending=True)
        await alice.completes_onboarding(guild)
        await alice.gets_role(guild, mentor)
        await bob.joins(guild)
        await bob.gets_role(guild, mentor)
        await bob.loses_role(guild, mentor)
        await bob.leaves(guild)
        await cairn.hears({Kind.JOIN: 2, Kind.LEAVE: 1, Kind.ROLE: 1})
        rows = "SELECT c.completed FROM engagement e JOIN context c ON c.id = e.context WHERE e.kind = 6 ORDER BY 1"
        assert [row[0] for row in await cairn.rows(rows)].count(1) == 1


async def test_acts_of_moderation_are_heard_only_where_that_is_asked_for(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    general, (mod, troll, bob) = guild.text("general"), guild.people(["mod", "troll", "bob"])
    cairn.clock.forward(5)
    async with cairn.listening():
        await mod.throws_out(guild, bob)
        await mod.says(general, "so")
        await cairn.hears({Kind.MESSAGE: 1})
    async with cairn.listening(audit_log=True):
        await mod.throws_out(guild, troll, reason="a reason that nobody keeps")
        guild.text("quieter")
        # the first one is read from the log, which tells of it although nobody listened to it
        await cairn.hears({Kind.MESSAGE: 1, Kind.MODERATION: 3})
    assert not await cairn.rows("SELECT 1 FROM context WHERE name LIKE '%reason%' OR role LIKE '%reason%'")


async def test_what_was_administered_while_cairn_was_away_is_read_from_the_audit_log(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    mentor, (mod, alice, bob) = guild.role("mentor"), guild.people(["mod", "alice", "bob"])
    cairn.clock.forward(5)
    async with cairn.listening(audit_log=True):
        await bob.gets_role(guild, mentor)
        await cairn.hears({Kind.ROLE: 1, Kind.MODERATION: 1})
    cairn.clock.forward(5)
    await alice.gets_role(guild, mentor)
    await bob.loses_role(guild, mentor)
    for number in range(120):
        await mod.throws_out(guild, guild.person(f"troll {number}"))
    fault = cairn.server.faults.inject("GET", "*/audit-logs", 403, 50013)
    async with cairn.listening(replace(HASTY, guests=0.1), audit_log=True):
        await cairn.hears({Kind.ROLE: 1, Kind.MODERATION: 123})
        assert fault.hit
    rows = await cairn.rows("SELECT count(*) FROM engagement WHERE kind = 14 AND NOT holds")
    assert rows == [(1,)]


async def test_role_taken_while_cairn_was_away_is_seen_in_the_list_of_members(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    mentor, (alice, bob) = guild.role("mentor"), guild.people(["alice", "bob"])
    async with cairn.listening(members=True):
        await cairn.catches_up()  # now it is known that nobody holds it
        for one in (alice, bob):
            await one.gets_role(guild, mentor)
        await cairn.hears({Kind.MESSAGE: 1, Kind.ROLE: 2})
    cairn.clock.forward(5)
    await bob.loses_role(guild, mentor)
    async with cairn.listening(members=True):
        await cairn.hears({Kind.MESSAGE: 1, Kind.ROLE: 1})


async def test_joins_without_the_intent_are_known_by_their_greeting(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    guild.greets_in(guild.text("welcome"))
    async with cairn.listening():
        await cairn.server.person("alice").joins(guild)
        await cairn.hears({Kind.JOIN: 1})


async def test_who_joined_while_cairn_was_away_is_found_in_the_list_of_members(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    mentor, old = guild.role("mentor"), guild.person("old")
    await old.gets_role(guild, mentor)
    general = guild.text("general")
    async with cairn.listening(members=True):
        await old.says(general, "hello")
        await cairn.hears({Kind.MESSAGE: 1})
    cairn.clock.forward(60)
    newcomers = [cairn.server.person(f"new{number}") for number in range(1_200)]
    for one in newcomers:
        await one.joins(guild)
    cairn.clock.forward(5)
    async with cairn.listening(members=True):
        await cairn.hears({Kind.MESSAGE: 1, Kind.JOIN: 1_200})
        host = guild.role("host")
        await old.gets_role(guild, host)  # told from the one that was held before
        await cairn.hears({Kind.MESSAGE: 1, Kind.JOIN: 1_200, Kind.ROLE: 1})


async def test_without_the_intent_nobody_asks_for_members(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    await cairn.server.person("alice").joins(guild)
    async with cairn.listening():
        await guild.person("old").says(guild.text("general"), "hello")
        await cairn.hears({Kind.MESSAGE: 1})


@pytest.mark.parametrize("kind", ["voice", "stage"])
async def test_time_in_voice_and_stage_channels_counts_while_a_convening_is_open(cairn: Cairn, kind: str) -> None:
    guild = cairn.server.guild("Garden")
    alice, bob, carol, host = guild.people(["alice", "bob", "carol", "host"])
    talk = guild.voice("talk") if kind == "voice" else guild.stage("talk")
    planned = await host.plans(guild, "Office hours", cairn.clock.now, talk)
    async with cairn.listening():
        await alice.joins_voice(talk)
        await carol.joins_voice(talk)
        await cairn.catches_up()
        cairn.clock.forward(20)  # before it begins
        await host.starts(planned)
        await cairn.catches_up()
        await bob.joins_voice(talk)
        await bob.deafens(guild)
        await cairn.catches_up()
        cairn.clock.forward(12)
        await alice.leaves_voice(guild)
        await cairn.catches_up()
        cairn.clock.forward(10)  # carol is alone
        await carol.leaves_voice(guild)
        await until(lambda: _stayed(cairn, [12, 12]))
    stored = await cairn.stored()
    assert (stored[Kind.STAY], stored[Kind.ATTENDANCE], stored[Kind.PARTICIPATION]) == (2, 2, 1)


async def test_stage_without_an_event_is_a_convening_with_speakers_and_listeners(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    (alice, bob), talks = guild.people(["alice", "bob"]), guild.stage("talks")
    for one in (alice, bob):
        await one.joins_voice(talks)
    live = await alice.opens_stage(talks, "what somebody wrote")
    async with cairn.listening():
        await alice.changes_voice(guild, suppress=False)
        await cairn.catches_up()
        cairn.clock.forward(12)
        await alice.closes_stage(live)
        await cairn.hears({Kind.MESSAGE: 1, Kind.STAY: 2, Kind.ATTENDANCE: 2, Kind.PARTICIPATION: 1})
        rows = "SELECT c.role, c.name FROM engagement e JOIN context c ON c.id = e.context WHERE e.kind = 15"
        assert await cairn.rows(rows) == [("speaker", "talks")]


async def _stayed(cairn: Cairn, minutes: list[int]) -> bool:
    rows = await cairn.rows(f"SELECT amount FROM engagement WHERE kind = {Kind.STAY:d} AND holds")
    return [row[0] for row in rows] == minutes


async def test_votes_in_polls_count_once_until_the_last_is_taken_back(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    general, (alice, bob) = guild.text("general"), guild.people(["alice", "bob"])
    async with cairn.listening():
        poll = await alice.asks(general, "When?", ["Monday", "Friday"], multiple=True)
        for answer in (1, 2):
            await alice.votes(poll, answer)
            await bob.votes(poll, answer)
        await bob.takes_vote_back(poll, 1)
        await cairn.hears({Kind.MESSAGE: 1, Kind.POLL_VOTE: 2})
        await bob.takes_vote_back(poll, 2)
        await cairn.hears({Kind.MESSAGE: 1, Kind.POLL_VOTE: 1})


@pytest.mark.parametrize("restarted", [True, False], ids=["restart", "session lost"])
async def test_answers_in_a_poll_from_before_hold_until_the_last_is_taken_back(cairn: Cairn, restarted: bool) -> None:
    guild = cairn.server.guild("Garden")
    general, (alice, bob) = guild.text("general"), guild.people(["alice", "bob"])
    async with AsyncExitStack() as life:
        await life.enter_async_context(cairn.listening())
        poll = await alice.asks(general, "When?", ["Monday", "Friday", "Sunday"], multiple=True)
        only = await alice.asks(general, "Where?", ["here", "there"])
        for answer in (1, 2, 3):
            await alice.votes(poll, answer)
            await bob.votes(poll, answer)
        await alice.votes(only, 1)
        await cairn.hears({Kind.MESSAGE: 2, Kind.POLL_VOTE: 3})
        cairn.clock.forward(1)
        if restarted:
            await life.aclose()
            await life.enter_async_context(cairn.listening())
        else:
            cairn.server.gateway.invalidate(resumable=False)
        await until(lambda: _any_gap(cairn))
        await cairn.catches_up()
        await bob.takes_vote_back(poll, 1)
        await alice.takes_vote_back(only, 1)
        await cairn.hears({Kind.MESSAGE: 3, Kind.POLL_VOTE: 2})
        asked = len(cairn.server.ledger.requests("GET", VOTERS))
        await bob.takes_vote_back(poll, 2)
        await cairn.catches_up()
        assert (await cairn.stored())[Kind.POLL_VOTE] == 2
        await bob.takes_vote_back(poll, 3)
        await cairn.hears({Kind.MESSAGE: 4, Kind.POLL_VOTE: 1})
        assert (asked, len(cairn.server.ledger.requests("GET", VOTERS))) == (3, 3), "once for each answer of one ballot"


async def _any_gap(cairn: Cairn) -> bool:
    return bool(await cairn.gaps())


async def test_answer_taken_back_in_a_poll_that_is_not_shown_takes_the_vote_back(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    general, alice = guild.text("general"), guild.person("alice")
    async with cairn.listening():
        poll = await alice.asks(general, "When?", ["Monday", "Friday"], multiple=True)
        for answer in (1, 2):
            await alice.votes(poll, answer)
        await cairn.hears({Kind.MESSAGE: 1, Kind.POLL_VOTE: 1})
    cairn.clock.forward(1)
    failing = cairn.server.faults.inject("GET", f"/channels/{general.id}/messages/{poll.id}", 503)
    shut = cairn.server.faults.inject("GET", f"/channels/{general.id}/messages/{poll.id}", 403, 50001)
    async with cairn.listening():
        await alice.takes_vote_back(poll, 1)
        await cairn.hears({Kind.MESSAGE: 1})
    assert (failing.hit, shut.hit) == (1, 1)


async def test_writing_to_cairn_is_a_contact_and_answered_and_no_act(sqlite_url: str) -> None:
    async with rig(sqlite_url) as one:
        guild = one.server.guild("Garden")
        alice, stranger = guild.person("alice"), guild.person("stranger")
        database = Database(sqlite_url)
        try:
            async with database.write() as connection:
                await outgoing.go_live(connection, 1, one.clock())
        finally:
            await database.close()
        await one.start()
        await one.heard()
        await alice.says(guild.text("general"), "hello")
        await one.stores()
        for who in (stranger, alice, alice):
            await who.writes_to_bot("canary: something private")

        def answers() -> list[Message]:
            return [each for each in alice.dm.messages.values() if each.author_id == one.server.world.bot.id]

        await comes_about(answers)
        assert await one.query("SELECT count(*) FROM contact WHERE met_at > 0") == [(1,)]
        await one.agrees()
        await one.stop()
        [told] = answers()
        assert "/cairn me" in str(told.components)
        assert len(stranger.dm.messages) == 1
        await one.check()
        await one.keeps_quiet("canary")


async def test_direct_messages_and_machines_are_nobody_s_acts(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    general, alice = guild.text("general"), guild.person("alice")
    async with cairn.listening():
        await alice.says(alice.dm, "only for you")
        await guild.bot("helper").says(general, "beep")
        await guild.webhook("news").says(general, "a release")
        await alice.says(general, "hello")
        await cairn.hears({Kind.MESSAGE: 1})

"""Cairn reads back what was before it came, with the real client on a made-up Discord: all of it once, and politely."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from bot.history.backfilling import said
from bot.history.undoing import undo
from integrations.discord.timing import Timing
from integrations.sandbox.discord.hub import Limits
from integrations.sandbox.discord.model import Overwrite
from integrations.sandbox.discord.permissions import Permission
from integrations.sandbox.faults import Fault
from scoring.signals import Kind
from tests.scenarios.backfilling import HISTORY, PATIENCE, Later, Rig, days_ago, rigged, until

OLD = {"90 days": 80, "12 months": 350, "all": 2_000}


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[Rig]:
    async with rigged(database_url) as one:
        yield one


@pytest.mark.parametrize(("wanted", "told"), [("off", 0), ("90 days", 1), ("12 months", 2), ("all", 3)])
async def test_history_is_read_as_far_back_as_is_wanted(rig: Rig, wanted: str, told: int) -> None:
    general, alice = rig.guild.text("general"), rig.guild.person("alice")
    for age in OLD.values():
        await alice.at(days_ago(age)).says(general, "long ago")
    await rig.applies(f"backfill: {wanted}")
    async with rig.listening():
        if told:
            await rig.is_read()
        await alice.says(general, "now")
        await until(lambda: _has(rig, told + 1))
    assert bool(rig.pages()) == bool(told)


async def _has(rig: Rig, messages: int) -> bool:
    return (await rig.stored())[Kind.MESSAGE] == messages


async def test_first_and_last_moment_of_what_is_wanted_are_read(rig: Rig) -> None:
    general, alice = rig.guild.text("general"), rig.guild.person("alice")
    first = days_ago(0) // 86_400_000 * 86_400_000 - 90 * 86_400_000
    inside = await alice.at(first).says(general, "the first moment of the first day")
    await alice.at(first - 1).says(general, "a millisecond before")
    late = await alice.says(general, "just before Cairn came")
    await rig.applies()
    await rig.reads_back()
    assert await rig.keys() == {f"d:{inside.id}", f"d:{late.id}"}


async def test_threads_posts_and_voice_text_are_read(rig: Rig) -> None:
    guild, (alice, bob) = rig.guild, rig.guild.people(["alice", "bob"])
    general, forum, lounge, news = (
        guild.text("general"),
        guild.forum("ideas"),
        guild.voice("lounge"),
        guild.news("news"),
    )
    then = alice.at(days_ago(30))
    first = await then.says(general, "hello")
    running = await then.opens_thread(general, "still going on")
    await then.says(running, "in it")
    archived = await then.opens_thread(first, "about hello")
    await bob.at(days_ago(29)).says(archived, "an answer")
    await then.archives(archived)
    post = await then.posts(forum, "an idea")
    await bob.at(days_ago(28)).says(post, "good")
    await then.archives(post)
    await then.says(lounge, "can you hear me?")
    await then.says(news, "hear ye")
    await rig.applies()
    await rig.reads_back()
    assert await rig.stored() == {Kind.MESSAGE: 7, Kind.THREAD: 2}


async def test_replies_mentions_and_reactions_are_read_with_their_people(rig: Rig) -> None:
    general, (alice, bob, cleo) = rig.guild.text("general"), rig.guild.people(["alice", "bob", "cleo"])
    first = await alice.at(days_ago(5)).says(general, "hello")
    await bob.at(days_ago(4)).says(general, "yes", replies_to=first, mentions=[cleo])
    await bob.at(days_ago(4)).reacts(first, "👍")
    await cleo.at(days_ago(3)).reacts(first, "👍")
    await rig.guild.bot("helper").at(days_ago(3)).reacts(first, "👍")
    await rig.applies()
    await rig.reads_back()
    assert await rig.stored() == {Kind.MESSAGE: 1, Kind.REPLY: 1, Kind.MENTION: 2, Kind.REACTION: 2}


async def test_reactions_that_thank_are_read_as_thanks_too(rig: Rig) -> None:
    general, (alice, bob) = rig.guild.text("general"), rig.guild.people(["alice", "bob"])
    first = await alice.at(days_ago(5)).says(general, "hello")
    for who in (alice, bob):
        await who.at(days_ago(4)).reacts(first, "🙏")
    await rig.applies("backfill: 90 days, thanks: [🙏]")
    await rig.reads_back()
    assert await rig.stored() == {Kind.MESSAGE: 1, Kind.REACTION: 2, Kind.THANKS: 1}


async def test_what_does_not_count_is_not_stored(rig: Rig) -> None:
    guild, (alice, eve, guest) = rig.guild, rig.guild.people(["alice", "eve", "guest"])
    general, random, secret = guild.text("general"), guild.text("random"), guild.text("secret")
    guild.make_private(secret, guild.bot_role)
    role = guild.role("Guest")
    guild.guild.members[guest.id].roles.append(role.id)
    kept = await alice.at(days_ago(3)).says(general, "counts")
    for who in (eve, guest, guild.bot("helper"), guild.webhook("hook")):
        await who.at(days_ago(3)).says(general, "does not")
    await guest.at(days_ago(2)).reacts(kept, "👍")
    await eve.at(days_ago(2)).reacts(kept, "👍")
    for channel in (random, secret):
        await alice.at(days_ago(3)).says(channel, "does not")
    out = f"channels: {{out: [random]}}, excluded_people: ['{eve.id}'], excluded_roles: [Guest]"
    await rig.applies(f"backfill: 90 days, {out}")
    await rig.reads_back()
    assert await rig.keys() == {f"d:{kept.id}"}
    assert len(await rig.rows("SELECT 1 FROM account")) == 1
    assert {place for place, _ in rig.pages()} == {str(general.id)}


async def test_interrupted_it_goes_on_without_asking_again(rig: Rig) -> None:
    guild, alice = rig.guild, rig.guild.person("alice")
    channels = [guild.text(name) for name in ("one", "two", "three")]
    for n in range(250):
        for channel in channels:
            await alice.at(days_ago(50) + n * 60_000).says(channel, "again")
    await rig.applies()
    for life in range(2):
        hole = Later("GET", "/channels/*/messages", "black_hole", after=3)
        rig.server.faults.add(hole)
        async with rig.listening():
            await until(lambda hole=hole: hole.hit == 1)  # type: ignore[misc]
        rig.server.faults.clear()
        assert len(rig.pages()) == 3 * (life + 1)
    await rig.reads_back()
    assert await rig.stored() == {Kind.MESSAGE: 750}
    assert len(rig.pages()) == 9


async def test_more_is_read_when_more_is_wanted_and_nothing_again(rig: Rig) -> None:
    general, alice = rig.guild.text("general"), rig.guild.person("alice")
    for n in range(150):
        await alice.at(days_ago(200) + n).says(general, "old")
        await alice.at(days_ago(20) + n).says(general, "recent")
    await rig.applies("backfill: 90 days")
    async with rig.listening():
        await rig.is_read()
        assert await rig.stored() == {Kind.MESSAGE: 150}
        asked = len(rig.pages())
        await rig.applies("backfill: 12 months")
        await until(lambda: _has(rig, 300))
        await rig.is_read()
    assert (asked, len(rig.pages())) == (2, 4)


async def test_channel_without_the_right_is_told_of_and_left(rig: Rig) -> None:
    general, mute = rig.guild.text("general"), rig.guild.text("mute")
    alice = rig.guild.person("alice")
    for channel in (general, mute):
        await alice.at(days_ago(3)).says(channel, "hello")
    mute.overwrites[rig.guild.bot_role.id] = Overwrite(rig.guild.bot_role.id, 0, 0, Permission.READ_MESSAGE_HISTORY)
    await rig.applies()
    state = await rig.reads_back()
    assert (state.places, state.done, state.refused) == (2, 1, (str(mute.id),))
    assert await rig.stored() == {Kind.MESSAGE: 1}
    mute.overwrites.clear()
    async with rig.listening():
        await until(lambda: _has(rig, 2))


async def test_channel_that_turns_out_not_to_be_shown_is_told_of_and_left(rig: Rig) -> None:
    general, mute = rig.guild.text("general"), rig.guild.text("mute")
    await rig.guild.person("alice").at(days_ago(3)).says(general, "hello")
    rig.server.faults.inject("GET", f"/channels/{mute.id}/messages", 403, 50001)
    await rig.applies()
    state = await rig.reads_back()
    assert (state.done, state.refused) == (1, (str(mute.id),))
    assert await rig.stored() == {Kind.MESSAGE: 1}


async def test_what_fails_is_asked_for_again_and_the_live_flow_goes_on(rig: Rig) -> None:
    general, alice = rig.guild.text("general"), rig.guild.person("alice")
    for n in range(150):
        await alice.at(days_ago(3) + n).says(general, "hello")
    waited: list[float] = []
    failing = rig.server.faults.add(Fault("GET", f"/channels/{general.id}/messages", "banned", times=3))

    async def pause(seconds: float) -> None:
        waited.append(seconds)
        await alice.says(general, "live")
        await until(lambda: _has(rig, len(waited)))

    await rig.applies()
    await rig.reads_back(Timing(pause=pause, pace=0.0, look=0.05))
    assert failing.hit == 3
    assert waited == [5.0, 10.0, 20.0]
    assert await rig.stored() == {Kind.MESSAGE: 153}


async def test_rate_limits_are_kept_to_and_waited_for(database_url: str) -> None:
    limits = Limits(everywhere=(100_000, 1.0), others=(100_000, 1.0), routes=((f"GET {HISTORY}", 2, 0.5),))
    async with rigged(database_url, limits) as rig:
        general, alice = rig.guild.text("general"), rig.guild.person("alice")
        for n in range(550):
            await alice.at(days_ago(3) + n).says(general, "hello")
        await rig.applies()
        begun = time.monotonic()
        await rig.reads_back()
        assert await rig.stored() == {Kind.MESSAGE: 550}
        assert len(rig.pages()) == 6
        assert time.monotonic() - begun > 1.0  # six pages at two in half a second


async def test_server_that_is_named_while_cairn_listens_is_heard_and_read_back(rig: Rig) -> None:
    general, alice = rig.guild.text("general"), rig.guild.person("alice")
    await alice.at(days_ago(3)).says(general, "before")
    await rig.applies("")
    async with rig.listening():
        await alice.says(general, "while nobody listens")
        assert await rig.stored() == {}
        await rig.applies()
        await rig.is_read()
        await until(lambda: _has(rig, 2))
        await alice.says(general, "heard")
        await until(lambda: _has(rig, 3))


async def test_nothing_is_sent_and_all_of_it_is_settled(rig: Rig) -> None:
    general, alice = rig.guild.text("general"), rig.guild.person("alice")
    await alice.at(days_ago(3)).says(general, "hello")
    await rig.applies()
    await rig.reads_back()
    asked = {one.method for one in rig.server.ledger.requests()}
    assert asked == {"GET"}
    assert len(await rig.rows("SELECT 1 FROM dirty")) == 1


async def test_taken_back_it_is_gone_and_not_read_again(rig: Rig) -> None:
    general, alice = rig.guild.text("general"), rig.guild.person("alice")
    await alice.at(days_ago(3)).says(general, "before")
    await rig.applies()
    async with rig.listening():
        state = await rig.is_read()
        await alice.says(general, "live")
        await until(lambda: _has(rig, 2))
    await undo(rig.database, state.source)
    async with rig.listening():
        await alice.says(general, "live again")
        await until(lambda: _has(rig, 2))
    asked = [place for place, _ in rig.pages()]
    assert await rig.stored() == {Kind.MESSAGE: 2}
    assert len(asked) == 2, "once by the back-fill, once for the gap between the two lives"


async def test_doctor_can_tell_how_far_it_is(rig: Rig) -> None:
    general, mute = rig.guild.text("general"), rig.guild.text("mute")
    await rig.guild.person("alice").at(days_ago(3)).says(general, "hello")
    mute.overwrites[rig.guild.bot_role.id] = Overwrite(rig.guild.bot_role.id, 0, 0, Permission.READ_MESSAGE_HISTORY)
    await rig.applies()
    state = await rig.reads_back()
    assert said(state) == (f"1 of 2 channels; 1 cannot be read: Cairn may not read message history there ({mute.id})")


async def test_stopped_while_it_logs_in_anew_it_ends(rig: Rig) -> None:
    logging_in = asyncio.Event()

    async def pause(seconds: float) -> None:
        logging_in.set()
        await asyncio.sleep(seconds)

    rig.guild.text("general")
    await rig.applies()
    async with asyncio.timeout(PATIENCE):
        async with rig.listening(Timing(pause=pause, pace=0.0, look=0.05)):
            await rig.is_read()
            logging_in.clear()
            rig.server.gateway.invalidate(resumable=False)
            await logging_in.wait()

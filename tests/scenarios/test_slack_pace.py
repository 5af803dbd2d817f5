"""What Slack wants later is sent later, and nothing else waits for it; a token that ended lets nobody be gone (R22)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.chat.speech import Paragraph, Who
from bot.ports import Delivered, Delivery, File
from integrations.sandbox.faults import Fault
from scoring.signals import Account
from tests.scenarios.slack_post import Post, post_office

WRITE = "/chat.postMessage"


@pytest.fixture
async def post(sqlite_url: str) -> AsyncIterator[Post]:
    async with post_office(sqlite_url) as made:
        yield made


@pytest.mark.parametrize("seconds", [1, 30, 3_600])
async def test_a_workspace_that_is_limited_holds_up_no_other_one(post: Post, seconds: int) -> None:
    """All that one takes is refused; meanwhile the other one gets its letters at once, and no time passes."""
    garden, club = post.teams
    ann, bea = garden.person("Ann"), club.person("Bea")
    rooms = [garden.channel(f"room-{n}", members=[ann]) for n in range(8)]
    halls = [club.channel(f"hall-{n}", members=[bea]) for n in range(8)]
    limited = [await post.post(garden, channel=one.id) for one in rooms]
    free = [await post.post(club, channel=one.id) for one in halls]
    # all of the first workspace's letters are taken up before those of the other one
    fault = post.server.faults.add(Fault("POST", WRITE, status=429, seconds=seconds, times=len(rooms)))
    await asyncio.wait_for(post.courier().once(), 20)
    there = post.there()
    assert [there[one] for one in limited + free] == [0] * 8 + [1] * 8
    assert fault.hit == 8
    rows = await post.rows("SELECT due, state FROM outbox WHERE state <> 'sent'")
    assert rows == [(post.clock.now + seconds * 1_000, "pending")] * 8
    post.clock.now += seconds * 1_000 - 1
    asked = post.asked("chat.postMessage")
    await post.courier().once()
    assert post.asked("chat.postMessage") == asked


async def test_a_letter_waits_and_not_in_vain_where_names_or_history_are_limited(post: Post) -> None:
    """Whatever has to be asked before a letter can be written takes no longer than a letter may."""
    garden, club = post.teams
    ann, bea = garden.person("Ann"), club.person("Bea")
    room, hall = garden.channel("room", members=[ann]), club.channel("hall", members=[bea])
    post.server.faults.add(Fault("*", "/users.info", status=429, seconds=40))
    named = await post.post(
        garden, Paragraph(("Thanks to ", Who(Account("slack", garden.id, ann.id)))), channel=room.id
    )
    free = await post.post(club, channel=hall.id)
    await asyncio.wait_for(post.courier().once(), 20)
    assert (post.there()[named], post.there()[free]) == (0, 1)
    post.clock.now += 40_000
    post.server.faults.add(Fault("POST", WRITE, "reset", after_accept=True))
    await post.courier().once()
    assert await post.states() == ["sending", "sent"]
    post.server.faults.add(Fault("*", "/conversations.history", status=429, seconds=300))
    post.clock.now += 10_000
    free = await post.post(club, channel=hall.id)
    await asyncio.wait_for(post.courier().once(), 20)
    assert await post.states() == ["sending", "sent", "sent"]
    post.clock.now += 299_000
    await post.courier().once()
    assert await post.states() == ["sending", "sent", "sent"]
    post.clock.now += 2_000
    await post.courier().once()
    assert await post.states() == ["sent"] * 3
    assert set(post.there().values()) == {1}


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "invalid_auth", "missing_scope"])
async def test_token_that_ends_in_the_middle_lets_nobody_be_gone(post: Post, error: str) -> None:
    """What was on its way waits, and goes when there is a token that holds; nothing else of the person changes."""
    garden, club = post.teams
    ann = garden.person("Ann")
    member = await post.member(ann)
    room, hall = garden.channel("room", members=[ann]), club.channel("hall", members=[club.person("Bea")])
    letters = [await post.post(garden, member=member), await post.post(garden, channel=room.id)]
    free = await post.post(club, channel=hall.id)
    post.server.fails("chat.postMessage", error, times=2)
    await post.courier().once()
    assert post.there() == {free: 1}
    assert await post.rows("SELECT left_at, closed_at FROM reach") == [(None, None)]
    assert (await post.states())[:2] == ["pending", "pending"]
    post.clock.now += 60_000
    await post.courier().once()
    assert post.there() == dict.fromkeys((*letters, free), 1)


async def test_history_that_is_not_shown_leaves_it_unknown(post: Post) -> None:
    """A private channel whose history Cairn may not read: nobody will ever know, and it is not sent again."""
    garden = post.teams[0]
    room = garden.private("room", members=[garden.person("Ann")])
    await post.post(garden, channel=room.id)
    post.server.faults.add(Fault("POST", WRITE, "reset", after_accept=True))
    await post.courier().once()
    post.server.fails("conversations.history", "missing_scope")
    for _ in range(3):
        post.clock.now += 60_000
        await post.courier().once()
    assert await post.rows("SELECT state, reason FROM outbox") == [
        ("unknown", "Slack does not show it (missing_scope)")
    ]
    assert post.asked("chat.postMessage") == 1


async def test_nonce_of_somebody_else_is_not_taken_for_ours(post: Post) -> None:
    """Another app that copies what a message bears makes no letter of Cairn's arrive."""
    garden = post.teams[0]
    room = garden.channel("room", members=[garden.person("Ann")])
    await post.post(garden, channel=room.id)
    post.server.faults.add(Fault("POST", WRITE, "reset", after_accept=True))
    await post.courier().once()
    (written,) = room.messages.values()
    written.user = garden.machine("Copycat").id
    for _ in range(6):
        post.clock.now += 60_000
        await post.courier().once()
    assert await post.rows("SELECT state, reason FROM outbox") == [("unknown", "not there")]


async def test_files_take_no_time_from_a_letter_that_is_sent(post: Post) -> None:
    """It counts as sent when it is, whatever becomes of what goes along."""
    garden = post.teams[0]
    room = garden.channel("room", members=[garden.person("Ann")])
    held = post.server.faults.add(Fault("*", "/files.getUploadURLExternal", "black_hole"))
    letter = await post.post(garden, File("report.txt", b"figures"), channel=room.id)
    await asyncio.wait_for(post.courier().once(), 8)
    assert post.there() == {letter: 1}
    assert await post.states() == ["sent"]
    await post.server.until(lambda: held.hit)


async def test_what_only_one_person_sees_is_sent_without_an_id(post: Post) -> None:
    """And where no answer comes it is left: it lies nowhere, so nobody could look."""
    garden = post.teams[0]
    ann = garden.person("Ann")
    room = garden.channel("room", members=[ann])
    member = await post.member(ann)
    await post.post(garden, member=member, channel=room.id, beside=True)
    await post.courier().once()
    post.server.faults.add(Fault("POST", "/chat.postEphemeral", "reset", after_accept=True))
    await post.post(garden, member=member, channel=room.id, beside=True)
    await post.courier().once()
    post.clock.now += 60_000
    await post.courier().once()
    rows = await post.rows("SELECT state, reason, message, channel FROM outbox ORDER BY id")
    assert rows == [("sent", "", "", ""), ("unknown", "no answer", "", "")]
    assert len(ann.ephemerals) == 2
    assert not room.messages
    assert post.asked("conversations.history") == 0


async def test_what_was_to_be_seen_by_one_person_is_never_seen_by_others(post: Post) -> None:
    """Not in another workspace, not in a conversation, and not by who has gone from the channel."""
    garden, club = post.teams
    ann, bea = garden.person("Ann"), club.person("Bea")
    room = garden.channel("room", members=[])
    wanted = [(bea.user.team_id, bea.id, room.id), (garden.id, ann.id, ann.dm.id), (garden.id, ann.id, room.id)]
    for team, person, channel in wanted:
        who = Account("slack", team, person)
        outcome = await post.slack.deliver(Delivery(garden.id, (Paragraph(("hello",)),), "n", who, channel))
        assert outcome.what is Delivered.FAILED
    assert not ann.ephemerals
    assert not bea.ephemerals
    assert not room.messages

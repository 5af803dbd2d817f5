"""What Cairn reads is the same on our sandbox, over the wire, and on simcord, a made-up Discord by other people."""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

import pytest

from bot.ports import Kind
from tests.integrations.sandbox.discord.both_worlds import on_both_worlds
from tests.integrations.sandbox.discord.library import discord
from tests.integrations.sandbox.discord.two_worlds import THANKS, World, named

HOUR = datetime.timedelta(hours=1)


class Told(NamedTuple):
    """What a signal says: its kind, who did it, whom it concerns, minutes, whether it is taken back, and its key."""

    kind: Kind
    who: str
    whom: str = ""
    amount: int = 0
    gone: bool = False
    key: str = ""


async def heard(world: World) -> list[Told]:
    """Return what was heard since this was last asked; nothing may have been unreadable."""
    await world.settles()
    assert world.reading.unread == []
    signals = list(world.reading.signals)
    world.reading.signals.clear()
    return [
        Told(one.kind, named(world, one.account), named(world, one.target), one.amount, one.retracted, one.key)
        for one in signals
    ]


@on_both_worlds
async def test_a_message_and_a_reply_are_heard(world: World) -> None:
    first = await world.says("alice", "hello")
    answer = await world.says("bob", "yes", replies_to=first)
    assert await heard(world) == [
        Told(Kind.MESSAGE, "alice", key=f"d:{first}"),
        Told(Kind.REPLY, "bob", key=f"d:{answer}"),
        Told(Kind.MENTION, "bob", "alice", key=f"d:{answer}/m"),
    ]


@on_both_worlds
async def test_an_edit_says_nothing_and_a_deletion_takes_back(world: World) -> None:
    kept, gone = await world.says("alice", "hello"), await world.says("alice", "oops")
    await heard(world)
    await world.edits("alice", kept)
    await world.deletes("alice", gone)
    assert {one.key for one in await heard(world) if one.gone} == {f"d:{gone}"}


@on_both_worlds
async def test_a_reaction_is_heard_and_taken_back(world: World) -> None:
    message = await world.says("alice", "hello")
    await heard(world)
    await world.reacts("bob", message, "👍")
    await world.reacts("bob", message, "👍", on=False)
    key = f"d:{message}/r/👍"
    assert await heard(world) == [
        Told(Kind.REACTION, "bob", key=key),
        Told(Kind.REACTION, "bob", gone=True, key=key),
    ]


@on_both_worlds
async def test_a_reaction_that_thanks_names_who_is_thanked(world: World) -> None:
    world.needs("message_author_id")
    message = await world.says("alice", "help")
    await heard(world)
    await world.reacts("bob", message, THANKS)
    assert await heard(world) == [
        Told(Kind.REACTION, "bob", key=f"d:{message}/r/{THANKS}"),
        Told(Kind.THANKS, "bob", "alice", key=f"d:{message}/thanks/{THANKS}"),
    ]


@on_both_worlds
async def test_a_message_in_a_thread_is_heard_in_its_channel(world: World) -> None:
    first = await world.says("alice", "hello")
    made = await world.client.http.start_thread_with_message(
        world.general, first, name="about this", auto_archive_duration=60
    )
    await heard(world)
    written = await world.says("bob", "in the thread", place=int(made["id"]))
    told = [one for one in await heard(world) if one.kind is not Kind.JOIN]  # simcord lets writers into no thread
    assert told == [Told(Kind.MESSAGE, "bob", key=f"d:{written}")]


@on_both_worlds
async def test_a_poll_vote_is_heard_and_taken_back(world: World) -> None:
    poll = discord.Poll("When?", HOUR, multiple=True).add_answer(text="now").add_answer(text="later")
    asked = await ask(world, poll)
    await heard(world)
    await world.votes("alice", asked, 1)
    await world.votes("alice", asked, 2)
    await world.votes("alice", asked, 2, on=False)
    first = await heard(world)
    await world.votes("alice", asked, 1, on=False)
    last = await heard(world)
    assert {(one.kind, one.who) for one in (*first, *last)} == {(Kind.POLL_VOTE, "alice")}
    assert [one.gone for one in first] == [False] * len(first)
    assert last[-1].gone
    assert {one.key for one in (*first, *last)} == {first[0].key}


async def ask(world: World, poll: discord.Poll) -> int:
    """Let the bot ask; simcord's people ask no polls."""
    with discord.http.handle_message_parameters(poll=poll) as said:
        return int((await world.client.http.send_message(world.general, params=said))["id"])


async def convening(world: World) -> int:
    """Let the bot plan a convening in the lounge, for in an hour."""
    start = datetime.datetime.fromtimestamp(world.now() / 1000, datetime.UTC) + HOUR
    made = await world.client.http.create_guild_scheduled_event(
        world.guild, name="call", privacy_level=2, entity_type=2, channel_id=str(world.lounge),
        scheduled_start_time=start.isoformat(),
    )  # fmt: skip
    return int(made["id"])


async def moves(world: World, event: int, status: int) -> None:
    await world.client.http.edit_scheduled_event(world.guild, event, status=status)


@on_both_worlds
async def test_interest_in_a_convening_is_heard_and_taken_back(world: World) -> None:
    event = await convening(world)
    await heard(world)
    await world.is_interested("bob", event)
    await world.is_interested("bob", event, on=False)
    key = f"d:{event}/rsvp"
    assert await heard(world) == [
        Told(Kind.RSVP, "bob", key=key),
        Told(Kind.RSVP, "bob", gone=True, key=key),
    ]


@on_both_worlds
async def test_being_in_voice_counts_inside_a_convening_only(world: World) -> None:
    event = await convening(world)
    await world.is_in_voice("alice", world.lounge)
    await world.is_in_voice("bob", world.lounge)
    await world.lets_pass(30)
    assert await heard(world) == []
    await moves(world, event, 2)
    await world.lets_pass(45)
    await world.is_in_voice("alice", None)
    told = await heard(world)
    await moves(world, event, 3)
    await world.lets_pass(15)
    await world.is_in_voice("bob", None)
    told += await heard(world)
    assert {(one.kind, one.who) for one in told} == {
        (kind, who) for kind in (Kind.STAY, Kind.ATTENDANCE) for who in ("alice", "bob")
    }
    assert {one.amount for one in told if one.kind is Kind.STAY} == {45}


@on_both_worlds
async def test_joining_and_leaving_are_heard(world: World) -> None:
    await world.joins("carol")
    await world.leaves("carol")
    told = await heard(world)
    assert [(one.kind, one.who) for one in told] == [(Kind.JOIN, "carol"), (Kind.LEAVE, "carol")]


@on_both_worlds
async def test_a_role_is_heard_and_taken_back(world: World) -> None:
    await world.joins("carol")
    await heard(world)
    give = world.client.http.add_role, world.client.http.remove_role
    for change in give:
        await change(world.guild, world.id_of("carol"), world.mentor, reason=None)
    told = [one for one in await heard(world) if one.kind is Kind.ROLE]
    assert [(one.who, one.gone) for one in told] == [("carol", False), ("carol", True)]


@on_both_worlds
async def test_history_comes_newest_first_in_pages(world: World) -> None:
    written = [await world.says("alice", f"{number}") for number in range(5)]
    with world.serving():
        newest = await world.client.http.logs_from(world.general, 3)
        older = await world.client.http.logs_from(world.general, 100, before=int(newest[-1]["id"]))
        after = await world.client.http.logs_from(world.general, 100, after=written[2])
    assert [int(one["id"]) for one in (*newest, *older)] == written[::-1]
    assert [int(one["id"]) for one in after] == written[:2:-1]
    assert {one["author"]["id"] for one in newest} == {str(world.id_of("alice"))}


@on_both_worlds
async def test_who_reacted_comes_with_the_message_and_by_name(world: World) -> None:
    message = await world.says("alice", "hello")
    for who in ("alice", "bob"):
        await world.reacts(who, message, "👍")
    with world.serving():
        shown = await world.client.http.get_message(world.general, message)
        people = await world.client.http.get_reaction_users(world.general, message, "👍", 100)
    assert [(one["emoji"]["name"], one["count"]) for one in shown["reactions"]] == [("👍", 2)]
    assert {int(one["id"]) for one in people} == {world.id_of("alice"), world.id_of("bob")}


@on_both_worlds
async def test_who_is_interested_comes_with_a_convening(world: World) -> None:
    event = await convening(world)
    await world.is_interested("bob", event)
    with world.serving():
        found = await world.client.http.get_scheduled_event_users(world.guild, event, limit=100, with_member=False)
        (planned,) = await world.client.http.get_scheduled_events(world.guild, with_user_count=True)
    assert [int(one["user"]["id"]) for one in found] == [world.id_of("bob")]
    assert (int(planned["id"]), planned["status"], planned.get("user_count")) == (event, 1, 1)


@on_both_worlds
async def test_who_voted_comes_by_answer(world: World) -> None:
    asked = await ask(world, discord.Poll("When?", HOUR).add_answer(text="now").add_answer(text="later"))
    await world.votes("bob", asked, 2)
    with world.serving():
        none = await world.client.http.get_poll_answer_voters(world.general, asked, 1)
        one = await world.client.http.get_poll_answer_voters(world.general, asked, 2)
    assert none["users"] == []
    assert [int(who["id"]) for who in one["users"]] == [world.id_of("bob")]


@on_both_worlds
async def test_archived_threads_are_listed(world: World) -> None:
    made = await world.client.http.start_thread_without_message(
        world.general, name="over", auto_archive_duration=60, type=11
    )
    with world.serving():
        active = await world.client.http.get_active_threads(world.guild)
        await world.client.http.edit_channel(int(made["id"]), archived=True)
        archived = await world.client.http.get_public_archived_threads(world.general)
    assert [one["id"] for one in active["threads"]] == [one["id"] for one in archived["threads"]] == [made["id"]]


@on_both_worlds
async def test_the_audit_log_says_who_was_given_a_role(world: World) -> None:
    with world.serving():
        await world.client.http.add_role(world.guild, world.id_of("bob"), world.mentor, reason="helps")
        log: dict[str, Any] = dict(await world.client.http.get_audit_logs(world.guild, limit=10))
    entry = log["audit_log_entries"][0]
    assert (entry["action_type"], entry["target_id"], entry["reason"]) == (25, str(world.id_of("bob")), "helps")


@on_both_worlds
async def test_what_newcomers_are_asked_can_be_read(world: World) -> None:
    with world.serving():
        asked = await world.client.http.get_guild_onboarding(world.guild)
    assert (asked["enabled"], asked["prompts"]) == (False, [])


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/channels/1", 10003),
        ("/channels/{general}/messages/1", 10008),
        ("/guilds/{guild}/members/1", None),
        ("/guilds/{guild}/scheduled-events/1", 10070),
        ("/users/1", 10013),
    ],
)
@on_both_worlds
async def test_what_is_not_there_is_not_found(world: World, path: str, code: int | None) -> None:
    route = discord.http.Route("GET", path.format(guild=world.guild, general=world.general))
    with world.serving(), pytest.raises(discord.NotFound) as refused:
        await world.client.http.request(route)
    assert code in (None, refused.value.code)

"""What Slack's events say: read into signals that equal the importer's, and nothing for what does not count."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from bot.ports import (
    Account,
    Context,
    Kind,
    Listed,
    Occasion,
    Read,
    Signal,
    SpaceSettings,
    Stays,
    UnreadableError,
    day_of,
)
from integrations.archives.slack_messages import SlackMessages
from integrations.slack.payloads.hearing import READERS, hear
from integrations.slack.payloads.huddles import AGAIN_MS, THERE_MS
from integrations.slack.payloads.ids import UnknownError
from integrations.slack.payloads.workspace import Workspace

TEAM, GENERAL, ALICE, BOB, BOT = "T01", "C01", "U01", "U02", "U0BOT"
NOW = 1_700_000_000_000
DAY_MS = 86_400_000
TS, LATER = "1699999000.000100", "1699999500.000200"
EVERYTHING = frozenset(Kind)


def workspace(settings: SpaceSettings | None = None, kinds: frozenset[Kind] = EVERYTHING) -> Workspace:
    """Return a workspace with a public, a private and a shared channel, and a bot."""
    found = Workspace(TEAM, settings or SpaceSettings(), kinds)
    found.channels.replace(
        [
            {"id": GENERAL, "name": "general", "is_member": True},
            {"id": "C0PRIVATE", "name": "board", "is_private": True, "is_member": True},
            {"id": "C0SHARED", "name": "with-others", "is_ext_shared": True, "is_member": True},
            {"id": "D01", "is_im": True},
        ]
    )
    for name in (ALICE, BOB):
        found.people.see({"id": name, "team_id": TEAM})
    found.people.see({"id": BOT, "team_id": TEAM, "is_bot": True})
    return found


def message(**more: Any) -> dict[str, Any]:
    """Return a plain message of Alice's in #general."""
    return {
        "type": "message",
        "channel": GENERAL,
        "user": ALICE,
        "ts": TS,
        "text": "hello",
        "event_ts": TS,
        "team": TEAM,
    } | more


def who(name: str) -> Account:
    """Return somebody's account."""
    return Account("slack", TEAM, name)


def imported(*messages: dict[str, Any]) -> list[Signal]:
    """Return what the importer makes of the same messages."""
    people = {name: who(name) for name in (ALICE, BOB)} | {BOT: Account("slack", TEAM, BOT, True)}
    reading = SlackMessages(people, NOW, Context(place=GENERAL, name="general"), Read())
    return [signal for one in messages for signal in reading.signals(one)]


def same(found: Iterable[Signal], expected: Iterable[Signal]) -> bool:
    """Whether signals agree in all but what only a capture of a whole channel can know."""
    return [one._replace(captured=0) for one in found] == [one._replace(captured=0) for one in expected]


@pytest.mark.parametrize(
    "one",
    [
        message(),
        message(thread_ts="1699998000.000100"),
        message(thread_ts="1699998000.000100", subtype="thread_broadcast"),
        message(subtype="me_message"),
        message(subtype="file_share"),
        message(text=f"<@{BOB}> and <@{BOB}|bob>, <@{BOT}>"),
        message(edited={"user": ALICE, "ts": LATER}),
        message(subtype="channel_join"),
        message(subtype="channel_leave"),
        message(subtype="bot_message", bot_id="B01"),
        message(subtype="channel_topic"),
        message(user=BOT),
        message(user="USLACKBOT"),
    ],
)
def test_a_message_is_what_the_importer_makes_of_it(one: dict[str, Any]) -> None:
    """Live and imported copies have one natural key and one meaning."""
    assert same(hear(one, workspace(), NOW), imported(one))


def test_an_edit_is_a_newer_word_on_the_message() -> None:
    """It names whom it names by now."""
    after = message(text=f"<@{BOB}>", edited={"user": ALICE, "ts": LATER})
    event = {"type": "message", "subtype": "message_changed", "channel": GENERAL, "message": after, "event_ts": LATER}
    assert same(hear(event, workspace(), NOW), imported(after))


def test_a_preview_is_no_edit() -> None:
    """Slack tells of previews and of answers as changes of a message that was not edited."""
    event = {"type": "message", "subtype": "message_changed", "channel": GENERAL, "message": message(reply_count=1)}
    assert hear(event, workspace(), NOW) == []


@pytest.mark.parametrize("thread", [None, TS, "1699998000.000100"])
def test_a_deleted_message_is_taken_back(thread: str | None) -> None:
    """Whether it stood alone, began a thread or answered in one."""
    event = {
        "type": "message", "subtype": "message_deleted", "channel": GENERAL, "deleted_ts": TS, "event_ts": LATER,
        "previous_message": message(thread_ts=thread),
    }  # fmt: skip
    (found,) = hear(event, workspace(), NOW)
    (told,) = imported(message(thread_ts=thread))
    assert (found.kind, found.key, found.key_day, found.retracted) == (told.kind, told.key, told.key_day, True)
    assert found.version > told.version


def test_a_deleted_message_with_answers_is_taken_back() -> None:
    """What is left of it is a tombstone."""
    left = message(subtype="tombstone", user="USLACKBOT", thread_ts=TS)
    event = {"type": "message", "subtype": "message_changed", "channel": GENERAL, "message": left, "event_ts": LATER}
    (found,) = hear(event, workspace(), NOW)
    assert (found.key, found.retracted) == (f"s:{GENERAL}:{TS}", True)


def test_a_reaction_is_the_importers_but_for_its_time() -> None:
    """Live its time is known."""
    event = {
        "type": "reaction_added", "user": BOB, "reaction": "tada", "item_user": ALICE, "event_ts": LATER,
        "item": {"type": "message", "channel": GENERAL, "ts": TS},
    }  # fmt: skip
    (found,) = hear(event, workspace(), NOW)
    _, told = imported(message(reactions=[{"name": "tada", "users": [BOB], "count": 1}]))
    assert found._replace(at=0, version=0, estimated=False) == told._replace(at=0, version=0, estimated=False)
    (gone,) = hear(event | {"type": "reaction_removed"}, workspace(), NOW)
    assert gone == found._replace(retracted=True)


def test_a_reaction_that_thanks_thanks_the_author_but_never_oneself() -> None:
    """A skin tone does not matter."""
    there = workspace(SpaceSettings(thanks=Listed.of(["pray"])))
    event = {
        "type": "reaction_added", "user": BOB, "reaction": "pray::skin-tone-3", "item_user": ALICE, "event_ts": LATER,
        "item": {"type": "message", "channel": GENERAL, "ts": TS},
    }  # fmt: skip
    found = hear(event, there, NOW)
    assert [(one.kind, one.target) for one in found] == [(Kind.REACTION, None), (Kind.THANKS, who(ALICE))]
    assert [one.kind for one in hear(event | {"item_user": BOB}, there, NOW)] == [Kind.REACTION]
    taken = hear(event | {"type": "reaction_removed", "event_ts": "1699999600.000100"}, there, NOW)
    assert [(one.kind, one.key, one.retracted) for one in taken] == [(one.kind, one.key, True) for one in found]


@pytest.mark.parametrize("channel", ["C0PRIVATE", "D01"])
def test_what_is_done_in_private_is_left(channel: str) -> None:
    """Private channels count only where that is said; direct messages never do."""
    assert hear(message(channel=channel), workspace(), NOW) == []
    assert hear(message(channel="D01"), workspace(SpaceSettings(private=True)), NOW) == []


def test_an_unknown_channel_is_asked_for() -> None:
    """Until it is known whether it is private, nothing of it is read."""
    with pytest.raises(UnknownError) as asked:
        hear(message(channel="C0NEW"), workspace(), NOW)
    assert (asked.value.what, asked.value.id) == ("channel", "C0NEW")


def test_people_of_other_organisations_count_only_where_that_is_settled() -> None:
    """A reaction tells nothing but an id: who that is, is asked for."""
    theirs = message(channel="C0SHARED", user="U0THEM", user_team="T99")
    assert hear(theirs, workspace(), NOW) == []
    assert len(hear(message(channel="C0SHARED", user_team=TEAM), workspace(), NOW)) == 1
    assert len(hear(theirs, workspace(SpaceSettings(guests=True)), NOW)) == 1
    item = {"type": "message", "channel": "C0SHARED", "ts": TS}
    reaction = {"type": "reaction_added", "user": "U0THEM", "reaction": "tada", "event_ts": LATER, "item": item}
    there = workspace()
    with pytest.raises(UnknownError) as asked:
        hear(reaction, there, NOW)
    assert (asked.value.what, asked.value.id) == ("person", "U0THEM")
    there.people.see({"id": "U0THEM", "team_id": "T99", "is_stranger": True})
    assert hear(reaction, there, NOW) == []


def test_people_of_a_left_out_group_do_not_count() -> None:
    """User groups are Slack's roles."""
    there = workspace(SpaceSettings(excluded_roles=Listed.of(["staff"])))
    there.groups.replace([{"id": "S01", "handle": "staff", "date_create": 1_600_000_000, "users": [ALICE]}])
    there.regroup()
    assert hear(message(), there, NOW) == []
    assert len(hear(message(user=BOB), there, NOW)) == 1


def test_a_group_that_grows_gives_a_role_and_one_that_shrinks_takes_it() -> None:
    """One act as long as somebody is in it, whichever event tells of it."""
    there = workspace()
    there.groups.replace([{"id": "S01", "handle": "mentors", "date_create": 1_600_000_000, "users": [ALICE]}])
    grown = {"type": "subteam_members_changed", "subteam_id": "S01", "added_users": [BOB], "event_ts": TS}
    (given,) = hear(grown, there, NOW)
    assert (given.kind, given.account, given.context.role) == (Kind.ROLE, who(BOB), "mentors")
    assert given.key_day == day_of(1_600_000_000_000)
    group = {"id": "S01", "handle": "mentors", "date_create": 1_600_000_000, "users": [BOB]}
    (taken,) = hear({"type": "subteam_updated", "subteam": group, "event_ts": LATER}, there, NOW)
    assert (taken.account, taken.key, taken.retracted) == (who(ALICE), given.key, True)
    gone = {"type": "subteam_updated", "subteam": group | {"date_delete": 1_700_000_000}, "event_ts": LATER}
    assert [(one.account, one.retracted) for one in hear(gone, there, NOW)] == [(who(BOB), True)]


def test_coming_and_leaving_are_told_once_a_day() -> None:
    """By a key that names the day and the person."""
    user = {"id": ALICE, "team_id": TEAM, "updated": 1_699_999_000}
    (came,) = hear({"type": "team_join", "user": user, "event_ts": TS}, workspace(), NOW)
    assert (came.kind, came.key, came.key_person) == (Kind.JOIN, f"s:{TEAM}/join", who(ALICE))
    assert hear({"type": "user_change", "user": user, "event_ts": TS}, workspace(), NOW) == []
    (left,) = hear({"type": "user_change", "user": user | {"deleted": True}, "event_ts": TS}, workspace(), NOW)
    assert (left.kind, left.key, left.key_person) == (Kind.LEAVE, f"s:{TEAM}/leave", who(ALICE))


def test_channels_follow_their_events() -> None:
    """A renamed one keeps what is known; what may have become private is asked for anew."""
    there = workspace()
    assert hear({"type": "channel_rename", "channel": {"id": GENERAL, "name": "lobby"}}, there, NOW) == []
    assert hear(message(), there, NOW)[0].context.name == "lobby"
    there.people.own = "U0CAIRN"
    hear({"type": "member_left_channel", "user": "U0CAIRN", "channel": GENERAL}, there, NOW)
    with pytest.raises(UnknownError):
        hear(message(), there, NOW)


def huddle(user: str, call: str, at: int) -> dict[str, Any]:
    """Return that somebody is in a call now, or in none."""
    profile = {"huddle_state": "in_a_huddle" if call else "default_unset", "huddle_state_call_id": call}
    event_ts = f"{at // 1000}.{at % 1000:03}000"
    return {"type": "user_huddle_changed", "user": {"id": user, "profile": profile}, "event_ts": event_ts}


def huddle_message(call: str) -> dict[str, Any]:
    """Return the message by which Slack tells of a huddle."""
    return message(user="USLACKBOT", subtype="huddle_thread", room={"id": call, "channels": [GENERAL]})


MINUTE = 60_000
START = NOW - 60 * MINUTE


def test_a_huddle_is_a_stay_of_so_many_minutes() -> None:
    """Which channel it was in is told by Slack's message there, even while people are in it."""
    there = workspace(SpaceSettings(stays=Stays.EVERYWHERE))
    assert hear(huddle(ALICE, "R01", START), there, NOW) == []
    assert hear(huddle_message("R01"), there, NOW) == []
    (stay,) = hear(huddle(ALICE, "", START + 25 * MINUTE + 59_000), there, NOW)
    assert (stay.kind, stay.account, stay.amount, stay.context.place) == (Kind.STAY, who(ALICE), 25, GENERAL)
    assert hear(huddle(ALICE, "", START + 30 * MINUTE), there, NOW) == []


def test_a_huddle_in_an_unknown_place_or_outside_convenings_does_not_count() -> None:
    """By default only time within convenings does."""
    there = workspace()
    hear(huddle(ALICE, "R01", START), there, NOW)
    assert hear(huddle(ALICE, "", START + 25 * MINUTE), there, NOW) == []
    hear(huddle_message("R01"), there, NOW)
    hear(huddle(ALICE, "R01", START + 26 * MINUTE), there, NOW)
    assert hear(huddle(ALICE, "", START + 50 * MINUTE), there, NOW) == []


def test_who_is_in_a_huddle_during_a_convening_attends_it() -> None:
    """Time before and after it does not count, and coming back adds up."""
    there = workspace()
    meeting = Occasion("t:e:x/here", 19_675, Context(place="event:x"), GENERAL, START + 5 * MINUTE, START + 65 * MINUTE)
    there.huddles.convene([meeting])
    hear(huddle_message("R01"), there, NOW)
    hear(huddle(ALICE, "R01", START), there, NOW)
    (stay,) = hear(huddle(ALICE, "", START + 5 * MINUTE + THERE_MS // 2), there, NOW)
    assert (stay.kind, stay.amount) == (Kind.STAY, THERE_MS // 2 // MINUTE)
    hear(huddle(ALICE, "R01", START + 20 * MINUTE), there, NOW)
    more, came = hear(huddle(ALICE, "", START + 20 * MINUTE + THERE_MS // 2), there, NOW)
    assert (more.kind, came.kind, came.key, came.account) == (Kind.STAY, Kind.ATTENDANCE, "t:e:x/here", who(ALICE))


def test_a_long_huddle_is_told_again_and_again_and_ends_with_its_day() -> None:
    """With the same key and more minutes, so that a crash costs minutes."""
    there = workspace(SpaceSettings(stays=Stays.EVERYWHERE))
    midnight = (NOW // DAY_MS) * DAY_MS
    hear(huddle_message("R01"), there, NOW)
    hear(huddle(ALICE, "R01", midnight - 20 * MINUTE), there, NOW)
    assert there.huddles.tick(there, midnight - 20 * MINUTE + AGAIN_MS - 1) == []
    (first,) = there.huddles.tick(there, midnight - 20 * MINUTE + AGAIN_MS)
    (second,) = there.huddles.tick(there, midnight + 5 * MINUTE)
    assert (first.key, first.amount, second.amount) == (second.key, AGAIN_MS // MINUTE, 20)
    (rest,) = there.huddles.end(there, midnight + 10 * MINUTE)
    assert (rest.key_day, rest.amount) == (first.key_day + 1, 10)


def test_kinds_that_nobody_uses_are_not_told() -> None:
    """Which kinds are stored follows the rules in force."""
    there = workspace(kinds=frozenset({Kind.MESSAGE}))
    assert [one.kind for one in hear(message(text=f"<@{BOB}>"), there, NOW)] == [Kind.MESSAGE]
    assert hear(message(subtype="channel_join"), there, NOW) == []


@pytest.mark.parametrize("name", sorted(READERS))
@pytest.mark.parametrize(
    "broken",
    [{}, {"channel": 7, "user": {}, "item": [], "subteam": None, "ts": "now"}, {"user": "U" * 99, "channel": "C\n"}],
)
def test_a_broken_event_is_unreadable_and_quotes_nothing(name: str, broken: dict[str, Any]) -> None:
    """Whatever is wrong with it."""
    said = ""
    try:
        assert hear({"type": name, **broken}, workspace(), NOW) == []
    except UnreadableError as error:
        said = str(error)
    assert len(said) < 60


def test_an_unknown_kind_of_event_says_nothing() -> None:
    """Slack adds some every year."""
    assert hear({"type": "something_new"}, workspace(), NOW) == []


def test_who_left_their_last_group_is_told_to_hold_none() -> None:
    """Of people who were never in a group it is told at first, and when other groups are asked about."""
    there = workspace(SpaceSettings(excluded_roles=Listed.of(["mentors"])))
    group = {"id": "S01", "handle": "mentors", "date_create": 1_600_000_000, "users": [ALICE]}
    there.groups.replace([group])
    there.regroup()
    there.people.see({"id": BOB})
    first, there.anew = there.holding(), False
    held = [("S01", "mentors")]
    assert {one: first[who(one)] for one in (ALICE, BOB)} == {ALICE: held, BOB: []}
    hear({"type": "subteam_updated", "subteam": group | {"users": []}, "event_ts": TS}, there, NOW)
    assert (there.holding(), there.anew) == ({who(ALICE): []}, False)
    hear({"type": "subteam_updated", "subteam": group | {"date_delete": 1_700_000_000}, "event_ts": LATER}, there, NOW)
    assert there.anew
    assert there.holding()[who(ALICE)] == []
    there.apply(SpaceSettings(), there.kinds)
    assert there.holding() == {}

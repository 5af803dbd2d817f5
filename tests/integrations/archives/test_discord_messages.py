"""What one message of a Discord export becomes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot.ports import Account, Context, Kind, Read, Signal, Space, date_of
from integrations.archives.container import Entry
from integrations.archives.discord_files import ChannelFile
from integrations.archives.discord_messages import DiscordMessages, People, moment_in, snowflake
from tests.integrations.archives.archive_builder import Record, person, wrote
from tests.integrations.archives.archive_builder import snowflake as made

ANN, BEN = Account("discord", "", "11"), Account("discord", "", "12")
MOMENT = dt.datetime(2024, 2, 1, 23, 59, 59, 123000, tzinfo=dt.UTC)
AT, DAY = 1_706_831_999_123, 19754
ID, EARLIER = made(MOMENT, 5), made(MOMENT - dt.timedelta(days=1))
CAPTURED = 1_709_294_400_000
GENERAL = Context(place="700", name="general")
KEY = f"d:{ID}"
HEART = {"id": None, "name": "❤️", "code": "heart"}
OWN = {"id": "5500", "name": "party", "code": "party"}


def reader(counted: Read) -> DiscordMessages:
    entry = Entry("x.json", 0, None)  # type: ignore[arg-type]
    file = ChannelFile(entry, Space("discord", "900"), GENERAL, CAPTURED)
    return DiscordMessages(file, People(counted), counted)


def read(*messages: Any) -> tuple[list[Signal], dict[str, int]]:
    counted = Read()
    messages_of = reader(counted)
    return [one for message in messages for one in messages_of.signals(message)], dict(counted.skipped)


def signals(message: Record) -> list[Signal]:
    found, skipped = read(message)
    assert not skipped
    return found


def test_message_is_keyed_and_dated_by_its_id() -> None:
    assert signals(wrote(ID)) == [
        Signal(Kind.MESSAGE, KEY, DAY, AT, ANN, version=AT, context=GENERAL, captured=CAPTURED)
    ]
    assert str(date_of(DAY)) == "2024-02-01"


def test_reply_knows_the_message_it_answers() -> None:
    [reply] = signals(wrote(ID, type_="Reply", reference={"messageId": EARLIER, "channelId": "700"}))
    assert (reply.kind, reply.parent, reply.parent_day) == (Kind.REPLY, f"d:{EARLIER}", DAY - 1)


@pytest.mark.parametrize("reference", [{"messageId": None}, None, {}])
def test_reply_to_what_is_gone_stays_a_reply(reference: Record | None) -> None:
    [reply] = signals(wrote(ID, type_="Reply", reference=reference))
    assert (reply.kind, reply.parent, reply.parent_day) == (Kind.REPLY, "", 0)


@pytest.mark.parametrize("type_", ["Default", "Reply"])
def test_forwarded_message_answers_nobody(type_: str) -> None:
    forwarded = wrote(ID, type_=type_, reference={"messageId": EARLIER}, forwardedMessage={"content": ""})
    assert [(one.kind, one.parent) for one in signals(forwarded)] == [(Kind.MESSAGE, "")]


@pytest.mark.parametrize("edited", ["2024-02-02T01:00:00.5+00:00", "2024-02-02T03:00:00.5009999+02:00"])
def test_edited_message_has_the_version_of_its_edit(edited: str) -> None:
    [message] = signals(wrote(ID, timestampEdited=edited))
    assert (message.at, message.version) == (AT, 1_706_835_600_500)


@pytest.mark.parametrize("type_", ["GuildMemberJoin", "7"])
def test_joining_is_one_act_a_day_whatever_tells_of_it(type_: str) -> None:
    [joined] = signals(wrote(ID, type_=type_))
    assert joined == Signal(Kind.JOIN, "d:900/join", DAY, AT, ANN, version=AT, context=GENERAL, key_person=ANN)


@pytest.mark.parametrize("type_", ["ThreadCreated", "18"])
def test_opened_thread_is_keyed_by_the_thread(type_: str) -> None:
    [opened] = signals(wrote(ID, type_=type_, reference={"messageId": None, "channelId": EARLIER}))
    assert opened == Signal(Kind.THREAD, f"d:{EARLIER}/thread", DAY - 1, AT, ANN, version=AT, context=GENERAL)


@pytest.mark.parametrize("reference", [None, {"messageId": EARLIER}])
def test_opened_thread_that_is_not_named_is_keyed_by_its_message(reference: Record | None) -> None:
    [opened] = signals(wrote(ID, type_="ThreadCreated", reference=reference))
    assert opened == Signal(Kind.THREAD, KEY, DAY, AT, ANN, version=AT, context=GENERAL)


def test_everyone_named_is_one_mention() -> None:
    message, *mentions = signals(wrote(ID, mentions=[person("12"), person("12"), person("99", bot=True)]))
    assert mentions == [
        Signal(
            Kind.MENTION,
            f"{KEY}/m",
            DAY,
            AT,
            ANN,
            version=AT,
            context=GENERAL,
            key_person=BEN,
            parent=message.key,
            parent_day=DAY,
            target=BEN,
        )
    ]


@pytest.mark.parametrize(("emoji", "name"), [(HEART, "❤️"), (OWN, "5500"), ({"id": "", "name": "👨‍👩‍👧"}, "👨‍👩‍👧")])
def test_reactions_are_dated_by_their_message_and_versioned_by_the_export(emoji: Record, name: str) -> None:
    message, *reactions = signals(wrote(ID, reactions=[{"emoji": emoji, "count": 1, "users": [person("12")]}]))
    assert message.captured == CAPTURED
    assert reactions == [
        Signal(
            Kind.REACTION,
            f"{KEY}/r/{name}",
            DAY,
            AT,
            BEN,
            version=CAPTURED,
            context=GENERAL,
            key_person=BEN,
            parent=message.key,
            parent_day=DAY,
            estimated=True,
        )
    ]


@pytest.mark.parametrize(
    ("reactions", "captured", "missing"),
    [
        ([], CAPTURED, 0),
        (None, 0, 0),
        ([{"emoji": HEART, "count": 3}], 0, 3),
        ([{"emoji": HEART, "count": 3, "users": [person("12")]}], 0, 2),
        ([{"emoji": HEART, "count": 1, "users": [person("12")]}, {"emoji": OWN, "count": 1}], 0, 1),
        ([{"emoji": HEART, "count": 0, "users": []}], CAPTURED, 0),
    ],
)
def test_only_a_complete_list_of_people_proves_anything(
    reactions: list[Record] | None, captured: int, missing: int
) -> None:
    found, skipped = read(wrote(ID, reactions=reactions))
    assert found[0].captured == captured
    assert skipped.get("reaction without its people", 0) == missing


def test_reactions_of_bots_are_left_aside() -> None:
    found, skipped = read(
        wrote(ID, reactions=[{"emoji": HEART, "count": 2, "users": [person("99", bot=True), person("12")]}])
    )
    assert [one.account for one in found] == [ANN, BEN]
    assert skipped == {"reaction by a bot": 1}


def test_reaction_to_a_bot_is_an_act_of_its_person() -> None:
    liked = [{"emoji": HEART, "count": 1, "users": [person("12")]}]
    found, skipped = read(wrote(ID, person("99", bot=True), reactions=liked, mentions=[person("11")]))
    assert [(one.kind, one.account, one.parent) for one in found] == [(Kind.REACTION, BEN, KEY)]
    assert skipped == {"bot message": 1}


def test_who_was_seen_as_a_bot_stays_one() -> None:
    counted = Read()
    messages = reader(counted)
    assert messages.signals(wrote(ID, mentions=[person("99", bot=True)]))
    assert messages.signals(wrote(EARLIER, "99")) == []
    assert (counted.accounts, counted.bots, dict(counted.skipped)) == (2, 1, {"bot message": 1})


@pytest.mark.parametrize(
    ("type_", "reason"),
    [
        ("20", "slash command"),
        ("ChannelPinnedMessage", "pinned message"),
        ("8", "server boost"),
        ("Whatever", "other kind of object"),
    ],
)
def test_everything_else_is_counted_by_its_reason(type_: str, reason: str) -> None:
    assert read(wrote(ID, type_=type_)) == ([], {reason: 1})


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        "text",
        {},
        wrote("abc"),
        wrote("９"),
        wrote("9" * 6000),
        wrote(5),  # type: ignore[arg-type]
        wrote(ID) | {"author": None},
        wrote(ID) | {"author": {}},
        wrote(ID) | {"author": {"id": 5}},
        wrote(ID) | {"author": {"id": ["5"]}},
        wrote(ID) | {"type": ["Default"]},
        wrote(ID, timestampEdited="yesterday"),
        wrote(ID, timestampEdited=5),
        wrote(ID, mentions=5),
        wrote(ID, mentions=["11"]),
        wrote(ID, reactions=5),
        wrote(ID, reactions=[[]]),
        wrote(ID, reactions=[{"emoji": None, "count": 1}]),
        wrote(ID, reactions=[{"emoji": {"name": "x" * 1000}, "count": 1}]),
        wrote(ID, reactions=[{"emoji": {"name": "a\0b"}, "count": 1}]),
        wrote(ID, reactions=[{"emoji": HEART, "count": "1", "users": []}]),
        wrote(ID, type_="Reply", reference=5),
        wrote(ID, type_="Reply", reference={"messageId": "gone"}),
    ],
)
def test_broken_message_is_one_of_the_errors_that_its_reader_expects(message: Any) -> None:
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        read(message)


def test_moment_is_the_one_inside_the_id() -> None:
    # the example of Discord's own reference
    assert moment_in(snowflake("175928847299117063")) == 1_462_015_105_796

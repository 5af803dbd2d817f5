"""What one object of a Slack export becomes."""

from __future__ import annotations

from typing import Any

import pytest

from bot.ports import Account, Context, Kind, Read, Signal, date_of
from integrations.archives.slack_messages import SlackMessages
from integrations.formats.slack import moment_of
from tests.integrations.archives.archive_builder import Record, said

ONE, TWO, ROBOT = (Account("slack", "T1", id_, id_ == "UBOT") for id_ in ("U1", "U2", "UBOT"))
MEMBERS = {account.id: account for account in (ONE, TWO, ROBOT)}
CAPTURED = 1_700_000_000_000
GENERAL = Context(place="C1", name="general")
TS, AT, DAY = "1433646000.000012", 1_433_646_000_000, 16593


def read(message: Any) -> tuple[list[Signal], dict[str, int]]:
    counted = Read()
    found = SlackMessages(MEMBERS, CAPTURED, GENERAL, counted).signals(message)
    return found, dict(counted.skipped)


def signals(message: Record) -> list[Signal]:
    found, skipped = read(message)
    assert not skipped
    return found


def test_message_is_keyed_by_channel_and_ts_and_dated_by_ts() -> None:
    assert signals(said(TS)) == [
        Signal(Kind.MESSAGE, f"s:C1:{TS}", DAY, AT, ONE, version=AT, context=GENERAL, captured=CAPTURED)
    ]
    assert str(date_of(DAY)) == "2015-06-07"


@pytest.mark.parametrize("subtype", [None, "thread_broadcast", "me_message", "file_share"])
def test_person_writes_in_these_ways(subtype: str | None) -> None:
    assert [one.kind for one in signals(said(TS, subtype=subtype, bot_id="B1"))] == [Kind.MESSAGE]


def test_message_in_a_thread_is_a_reply_to_its_first_message() -> None:
    [reply] = signals(said(TS, thread_ts="1433559600.000001"))
    assert (reply.kind, reply.parent, reply.parent_day) == (Kind.REPLY, "s:C1:1433559600.000001", DAY - 1)


def test_first_message_of_a_thread_is_a_message() -> None:
    [message] = signals(said(TS, thread_ts=TS, reply_count=1))
    assert (message.kind, message.parent) == (Kind.MESSAGE, "")


def test_edited_message_has_the_version_of_its_edit() -> None:
    [message] = signals(said(TS, edited={"user": "U1", "ts": "1433646100.500000"}))
    assert (message.at, message.version) == (AT, 1_433_646_100_500)


def test_every_member_named_is_one_mention() -> None:
    text = "<@U2|two> and <@U2> and <@U1>, not <@UBOT>, <@U404>, <#C1>, <!here> or @U2"
    message, *mentions = signals(said(TS, text=text, edited={"ts": "1433646100.000000"}))
    assert mentions == [
        Signal(
            Kind.MENTION,
            f"s:C1:{TS}/m",
            DAY,
            AT,
            ONE,
            version=message.version,
            context=GENERAL,
            key_person=named,
            parent=message.key,
            parent_day=DAY,
            target=named,
        )
        for named in (TWO, ONE)
    ]


def test_reactions_are_dated_by_their_message_and_versioned_by_the_capture() -> None:
    message, *reactions = signals(said(TS, reactions=[{"name": "+1::skin-tone-2", "users": ["U2", "U1"], "count": 2}]))
    assert message.captured == CAPTURED
    assert reactions == [
        Signal(
            Kind.REACTION,
            f"s:C1:{TS}/r/+1::skin-tone-2",
            DAY,
            AT,
            who,
            version=CAPTURED,
            context=GENERAL,
            key_person=who,
            parent=message.key,
            parent_day=DAY,
            estimated=True,
        )
        for who in (TWO, ONE)
    ]


def test_reactions_that_do_not_name_everyone_prove_nothing_about_others() -> None:
    found, skipped = read(said(TS, reactions=[{"name": "tada", "users": ["U2"], "count": 5}]))
    assert [(one.kind, one.captured) for one in found] == [(Kind.MESSAGE, 0), (Kind.REACTION, 0)]
    assert skipped == {"reaction without its people": 4}


def test_reactions_of_bots_and_strangers_are_left_aside() -> None:
    found, skipped = read(said(TS, reactions=[{"name": "tada", "users": ["UBOT", "U404", "U2", "U2"], "count": 4}]))
    assert [one.account for one in found] == [ONE, TWO]
    assert skipped == {"reaction by a bot": 1, "reaction by an unknown user": 1}


def test_reaction_to_a_bot_is_an_act_of_its_person() -> None:
    found, skipped = read(said(TS, None, subtype="bot_message", reactions=[{"name": "x", "users": ["U1"], "count": 1}]))
    assert [(one.kind, one.account, one.parent) for one in found] == [(Kind.REACTION, ONE, f"s:C1:{TS}")]
    assert skipped == {"bot message": 1}


@pytest.mark.parametrize(
    ("subtype", "kind"),
    [
        ("channel_join", Kind.JOIN),
        ("group_join", Kind.JOIN),
        ("channel_leave", Kind.LEAVE),
        ("group_leave", Kind.LEAVE),
    ],
)
def test_coming_and_going_are_signals(subtype: str, kind: Kind) -> None:
    text = "<@U1> has joined the channel"
    assert signals(said(TS, subtype=subtype, text=text)) == [
        Signal(kind, f"s:C1:{TS}", DAY, AT, ONE, version=AT, context=GENERAL)
    ]


@pytest.mark.parametrize(("thread", "kind"), [(TS, Kind.MESSAGE), ("1433559600.000001", Kind.REPLY)])
def test_tombstone_takes_its_message_back(thread: str, kind: Kind) -> None:
    tombstone = said(TS, "USLACKBOT", subtype="tombstone", hidden=True, thread_ts=thread)
    assert signals(tombstone) == [
        Signal(kind, f"s:C1:{TS}", DAY, AT, None, version=CAPTURED, context=GENERAL, retracted=True)
    ]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (said(TS, None), "no author"),
        (said(TS, None) | {"user": None}, "no author"),
        (said(TS, "U404"), "unknown user"),
        (said(TS, "UBOT"), "bot message"),
        (said(TS, "USLACKBOT"), "Slackbot message"),
        (said(TS, None, subtype="bot_message"), "bot message"),
        (said(TS, None, subtype="file_comment"), "file comment"),
        (said(TS, "U1", subtype="channel_topic"), "channel topic"),
        (said(TS, "USLACKBOT", subtype="huddle_thread"), "huddle"),
        (said(TS, "U404", subtype="channel_join"), "unknown user"),
        (said(TS, "U1", subtype="what_is_this"), "other kind of object"),
    ],
)
def test_everything_else_is_counted_by_its_reason(message: Record, reason: str) -> None:
    assert read(message) == ([], {reason: 1})


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        "text",
        {},
        {"ts": TS, "user": ["U1"]},
        {"ts": TS, "user": {"id": "U1"}},
        {"ts": TS, "user": "U1", "subtype": []},
        said(TS, text=5),
        said(TS, thread_ts=1433559600.000001),
        said(TS, edited={"ts": "yesterday"}),
        said(TS, edited=True),
        said(TS, reactions=5),
        said(TS, reactions=[[]]),
        said(TS, reactions=[{"name": 5, "users": [], "count": 0}]),
        said(TS, reactions=[{"name": "x", "users": [["U1"]], "count": 1}]),
        said(TS, reactions=[{"name": "x", "users": ["U1"], "count": "1"}]),
        said(TS, reactions=[{"name": "x" * 1000, "users": ["U1"], "count": 1}]),
        said(TS, reactions=[{"name": "a\0b", "users": ["U1"], "count": 1}]),
    ],
)
def test_broken_object_is_one_of_the_errors_that_its_reader_expects(message: Any) -> None:
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        read(message)


@pytest.mark.parametrize(
    "ts",
    [None, 1433646000, 1433646000.000012, "", "1433646000", "1433646000.12", "-433646000.000012", "14336460_0.000012",
     " 433646000.000012", "1433646000,000012", "１４３３６４６０００.000012", "9" * 6000, ["1433646000.000012"]],
)  # fmt: skip
def test_what_is_no_slack_time_is_refused(ts: object) -> None:
    with pytest.raises(ValueError, match="not a Slack time"):
        moment_of(ts)


def test_time_is_cut_not_rounded_and_never_a_float() -> None:
    assert moment_of("1433646000.999999") == 1_433_646_000_999

"""Messages: whose count, where they count, and how they go."""

from __future__ import annotations

import pytest

from bot.ports import Kind, Listed, SpaceSettings
from integrations.discord.payloads.ids import UnknownPlaceError
from integrations.discord.payloads.messages import written
from tests.integrations.discord.payloads import (
    ANN,
    BEN,
    EVERY_KIND,
    GENERAL,
    GUILD,
    HIDDEN,
    NOW,
    Record,
    guild,
    member,
    message,
    role,
    snowflake,
    told,
    user,
)

AT = NOW - 60_000
ID = snowflake(AT, 7)
GONE = {"id": ID, "channel_id": GENERAL, "guild_id": GUILD}


@pytest.mark.parametrize(
    "message_",
    [
        message(ID, user("99", bot=True)),
        message(ID, user("98")),
        message(ID, user("643945264868098049", system=True)),
        message(ID, webhook_id="77"),
        message(ID, member=member("802")),
        message(ID, channel_id=HIDDEN),
        message(ID, type=6),
        message(ID, type=255),
    ],
    ids=["bot", "ourselves", "Discord", "webhook", "left out by role", "private channel", "pin", "unknown type"],
)
def test_what_is_no_act_of_a_counted_person_says_nothing(message_: Record) -> None:
    assert told("MESSAGE_CREATE", message_) == []


def test_who_was_seen_as_a_machine_stays_one() -> None:
    known = guild()
    assert told("MESSAGE_CREATE", message(ID, user("97", bot=True)), known) == []
    assert [one.kind for one in told("MESSAGE_CREATE", message(ID, mentions=[user("97")]), known)] == [Kind.MESSAGE]


def test_everyone_and_roles_named_are_nobody() -> None:
    named = message(ID, mention_everyone=True, mention_roles=["801"])
    assert [one.kind for one in told("MESSAGE_CREATE", named)] == [Kind.MESSAGE]


def test_kinds_nobody_wants_cost_nothing() -> None:
    small = guild(kinds=frozenset({Kind.MESSAGE, Kind.REPLY}))
    greeting = message(ID, type=7)
    assert [one.kind for one in told("MESSAGE_CREATE", message(ID, mentions=[user("12")]), small)] == [Kind.MESSAGE]
    assert told("MESSAGE_CREATE", greeting, small) == []
    small.apply(small.settings, EVERY_KIND, NOW)
    assert [one.kind for one in told("MESSAGE_CREATE", greeting, small)] == [Kind.JOIN]


def test_roles_are_left_out_by_name_as_soon_as_they_have_it() -> None:
    known = guild()
    by_mentor = message(ID, member=member("801"))
    assert told("MESSAGE_CREATE", by_mentor, known)
    told("GUILD_ROLE_UPDATE", {"guild_id": GUILD, "role": role("801", "Staff")}, known)
    assert told("MESSAGE_CREATE", by_mentor, known) == []
    told("GUILD_ROLE_DELETE", {"guild_id": GUILD, "role_id": "801"}, known)
    assert told("MESSAGE_CREATE", by_mentor, known)


def test_settings_hold_from_when_they_are_given() -> None:
    known = guild()
    known.apply(SpaceSettings(listed_out=Listed.of(["#name700"])), EVERY_KIND, NOW)
    assert told("MESSAGE_CREATE", message(ID), known) == []
    known.apply(SpaceSettings(private=True), EVERY_KIND, NOW)
    assert told("MESSAGE_CREATE", message(ID, channel_id=HIDDEN), known)


def test_deleted_message_is_taken_back_without_naming_anybody() -> None:
    [gone] = told("MESSAGE_DELETE", GONE)
    assert (gone.kind, gone.key, gone.at, gone.account, gone.retracted) == (Kind.MESSAGE, f"d:{ID}", AT, None, True)
    assert gone.version >= NOW


def test_messages_deleted_together_are_taken_back_one_by_one() -> None:
    ids = [snowflake(AT, low) for low in range(100)]
    gone = told("MESSAGE_DELETE_BULK", {"ids": ids, "channel_id": GENERAL, "guild_id": GUILD})
    assert [one.key for one in gone] == [f"d:{number}" for number in ids]
    assert all(one.retracted for one in gone)


def test_deletion_in_a_channel_that_does_not_count_is_told_since_it_may_have_counted_before() -> None:
    [gone] = told("MESSAGE_DELETE", GONE | {"channel_id": HIDDEN})
    assert (gone.key, gone.account, gone.retracted) == (f"d:{ID}", None, True)


@pytest.mark.parametrize("partial", [{"id": ID, "channel_id": GENERAL, "embeds": []}, message(ID)])
def test_preview_of_a_link_is_no_edit(partial: Record) -> None:
    assert told("MESSAGE_UPDATE", partial) == []


def test_edit_names_new_people() -> None:
    edit = message(ID, edited_timestamp="2024-02-01T23:59:30+00:00", mentions=[user("12")])
    [first, named] = told("MESSAGE_UPDATE", edit)
    assert (first.version, first.at, first.account) == (NOW - 30_000, AT, ANN)
    assert (named.kind, named.target, named.version) == (Kind.MENTION, BEN, NOW - 30_000)


@pytest.mark.parametrize(("shown", "whole"), [([], NOW), (None, NOW), ([{"emoji": {}, "count": 1}], 0)])
def test_page_of_history_proves_that_nobody_reacted(shown: object, whole: int) -> None:
    [one] = written(message(ID, reactions=shown), guild(), NOW, captured=NOW)
    assert one.captured == whole


def test_message_in_an_unknown_thread_asks_for_the_thread() -> None:
    with pytest.raises(UnknownPlaceError) as caught:
        told("MESSAGE_CREATE", message(ID, channel_id="5555"))
    assert (caught.value.what, caught.value.place) == ("channel", "5555")
    assert "5555" not in str(caught.value)


def test_post_in_a_forum_is_one_act() -> None:
    known = guild()
    post = {"id": ID, "type": 11, "parent_id": "701", "name": "How do I start?", "owner_id": "11"}
    assert told("THREAD_CREATE", post | {"newly_created": True}, known) == []
    [first] = told("MESSAGE_CREATE", message(ID, channel_id=ID), known)
    assert (first.kind, first.context.place, first.context.parent) == (Kind.MESSAGE, ID, "701")

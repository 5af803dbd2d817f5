"""The same object live and in a file of DiscordChatExporter: one natural key, one person, one place, one engagement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from bot.ports import Context, Read, Signal, Space
from integrations.archives.container import Entry
from integrations.archives.discord_files import ChannelFile
from integrations.archives.discord_messages import DiscordMessages, People
from integrations.discord.payloads.ids import emoji_in
from integrations.discord.payloads.messages import captured_whole
from scoring.claims import Claim, join
from tests.integrations.archives.archive_builder import Record, person, wrote
from tests.integrations.discord.payloads import (
    BEN,
    CATEGORY,
    GENERAL,
    GUILD,
    NOW,
    guild,
    member,
    message,
    reaction,
    snowflake,
    thread,
    told,
    user,
)

AT = NOW - 3_600_123
ID, EARLIER = snowflake(AT, 5), snowflake(AT - 86_400_000)
EXPORTED = NOW + 86_400_000
CHANNEL = Context(place=GENERAL, name="name700")
HEART = {"id": None, "name": "❤️"}
OWN = {"id": "5500", "name": "party"}
FORWARD = {"type": 1, "message_id": EARLIER, "channel_id": GENERAL}


def imported(record: Record, channel: Context = CHANNEL) -> list[Signal]:
    entry = Entry("x.json", 0, None)  # type: ignore[arg-type]
    file = ChannelFile(entry, Space("discord", GUILD), channel, EXPORTED)
    read = Read()
    return DiscordMessages(file, People(read), read).signals(record)


def where(one: Signal) -> tuple[object, ...]:
    """Everything but when it was captured and told."""
    account = (one.account, one.key_person, one.target)
    return one.kind, one.key, one.key_day, one.at, account, one.context, one.parent, one.parent_day, one.amount


WRITTEN: list[tuple[str, Record, Record]] = [
    ("message", message(ID), wrote(ID)),
    (
        "reply",
        message(ID, type=19, message_reference={"type": 0, "message_id": EARLIER, "channel_id": GENERAL}),
        wrote(ID, type_="Reply", reference={"messageId": EARLIER, "channelId": GENERAL, "guildId": GUILD}),
    ),
    ("reply to what is gone", message(ID, type=19), wrote(ID, type_="Reply", reference=None)),
    (
        "forwarded",
        message(ID, message_reference=FORWARD, message_snapshots=[{"message": {}}]),
        wrote(ID, reference={"messageId": EARLIER}, forwardedMessage={"content": ""}),
    ),
    (
        "edited",
        message(ID, edited_timestamp="2024-02-01T23:30:00.500000+00:00"),
        wrote(ID, timestampEdited="2024-02-01T23:30:00.5+00:00"),
    ),
    (
        "mentions",
        message(ID, mentions=[user("12"), user("12"), user("99", bot=True), user("11")]),
        wrote(ID, mentions=[person("12"), person("12"), person("99", bot=True), person("11")]),
    ),
    ("joined", message(ID, type=7), wrote(ID, type_="GuildMemberJoin")),
    (
        "thread",
        message(ID, type=18, message_reference={"channel_id": EARLIER, "guild_id": GUILD}),
        wrote(ID, type_="ThreadCreated", reference={"messageId": None, "channelId": EARLIER, "guildId": GUILD}),
    ),
    ("by a bot", message(ID, user("99", bot=True)), wrote(ID, person("99", bot=True))),
    ("by a webhook", message(ID, user("77", bot=True), webhook_id="77"), wrote(ID, person("77", bot=True))),
    ("pinned", message(ID, type=6), wrote(ID, type_="ChannelPinnedMessage")),
    ("boost", message(ID, type=8), wrote(ID, type_="8")),
    ("slash command", message(ID, user("99", bot=True), type=20), wrote(ID, person("99", bot=True), type_="20")),
    ("start of a thread", message(ID, type=21), wrote(ID, type_="21")),
]


@pytest.mark.parametrize(("live", "record"), [case[1:] for case in WRITTEN], ids=[case[0] for case in WRITTEN])
def test_live_message_and_its_imported_copy_say_the_same(live: Record, record: Record) -> None:
    heard = told("MESSAGE_CREATE", live)
    assert [(*where(one), one.version) for one in heard] == [(*where(one), one.version) for one in imported(record)]


def test_message_in_a_thread_hangs_where_the_importer_hangs_it() -> None:
    number = snowflake(AT - 1_000)
    known = guild()
    told("THREAD_CREATE", thread(number, name="a thread"), known)
    heard = told("MESSAGE_CREATE", message(ID, channel_id=number), known)
    file = Context(place=number, parent=GENERAL)
    assert [where(one) for one in heard] == [where(one) for one in imported(wrote(ID), file)]
    assert CATEGORY not in str(heard)


@pytest.mark.parametrize("emoji", [HEART, OWN, {"id": None, "name": "👨‍👩‍👧"}])
def test_reaction_and_its_imported_copy_differ_in_nothing_but_their_time(emoji: Record) -> None:
    [heard, *_] = told("MESSAGE_REACTION_ADD", reaction(ID, emoji=emoji))
    file_emoji = emoji | {"id": emoji["id"] or "", "code": "x"}
    _, read = imported(wrote(ID, reactions=[{"emoji": file_emoji, "count": 1, "users": [person("12")]}]))
    assert where(heard._replace(at=read.at)) == where(read)
    assert (heard.at, heard.estimated, read.estimated) == (NOW, False, True)


def test_page_of_history_with_its_reactions_says_what_an_export_says() -> None:
    page = message(ID, reactions=[{"emoji": HEART, "count": 2, "me": False}], mentions=[user("12")])
    del page["guild_id"], page["member"]
    live = captured_whole(page, {emoji_in(HEART): [user("12"), user("99", bot=True)]}, guild(), EXPORTED)
    reactions = [{"emoji": HEART, "count": 2, "users": [person("12"), person("99", bot=True)]}]
    assert live == imported(wrote(ID, mentions=[person("12")], reactions=reactions))
    assert live[0].captured == EXPORTED


def test_page_of_history_with_people_missing_proves_nothing_about_reactions() -> None:
    page = message(ID, reactions=[{"emoji": HEART, "count": 3, "me": False}])
    [written, *_] = captured_whole(page, {"❤️": [user("12")]}, guild(), EXPORTED)
    assert written.captured == 0


def test_newcomer_and_their_greeting_are_one_act() -> None:
    joined_at = dt.datetime.fromtimestamp(AT / 1000, dt.UTC).isoformat()
    came = member(joined_at=joined_at) | {"guild_id": GUILD, "user": user("11")}
    [heard] = told("GUILD_MEMBER_ADD", came)
    [read] = imported(wrote(ID, type_="GuildMemberJoin"))
    assert where(heard) == where(read)


def test_new_thread_and_the_message_that_tells_of_it_are_one_act() -> None:
    made = dt.datetime.fromtimestamp(AT / 1000, dt.UTC).isoformat()
    metadata = {"archived": False, "create_timestamp": made}
    [heard] = told("THREAD_CREATE", thread(EARLIER, newly_created=True, thread_metadata=metadata))
    reference = {"messageId": None, "channelId": EARLIER}
    [read] = imported(wrote(ID, type_="ThreadCreated", reference=reference))
    assert where(heard) == where(read)


def claim(one: Signal, source: int) -> Claim:
    """What the store makes of a signal, with people for their numbers."""
    account = int(one.account.id) if one.account else None
    target = int(one.target.id) if one.target else None
    about = (one.parent_day, one.parent) if one.parent else (None, None)
    day = one.at // 86_400_000
    return Claim._make(
        (day, one.at, account, int(one.kind), 1, target, *about, one.amount, one.estimated, one.retracted,
         one.version, one.captured, source)
    )  # fmt: skip


def joined(*copies: Sequence[Signal]) -> Claim:
    """Return what holds of several sources' words on one object, which must not depend on their order."""
    claims = [claim(one, source) for source, words in enumerate(copies) for one in words]
    found: set[Claim] = set()
    for order in (claims, claims[::-1]):
        whole = order[0]
        for one in order[1:]:
            whole = join(whole, one)
        found.add(whole)
    [one] = found
    return one


def test_import_after_a_live_message_changes_nothing() -> None:
    live = told("MESSAGE_CREATE", message(ID))
    both = joined(live, imported(wrote(ID)))
    assert both._replace(captured=0, source=0) == claim(live[0], 0)


def test_message_deleted_live_stays_deleted_whatever_an_older_export_says() -> None:
    known = guild()
    live = told("MESSAGE_CREATE", message(ID), known)
    gone = told("MESSAGE_DELETE", {"id": ID, "channel_id": GENERAL, "guild_id": GUILD}, known)
    both = joined(live + gone, imported(wrote(ID)))
    assert (both.retracted, both.account, both.day) == (True, 11, AT // 86_400_000)


def test_edit_wins_over_the_message_in_any_order() -> None:
    late = "2024-02-01T23:59:00+00:00"
    edit = told("MESSAGE_UPDATE", message(ID, edited_timestamp=late))
    assert joined(imported(wrote(ID)), edit).version == NOW - 60_000


def test_reaction_taken_back_live_beats_an_export_before_and_yields_to_one_after() -> None:
    known = guild()
    added = told("MESSAGE_REACTION_ADD", reaction(ID, emoji=HEART), known)
    removed = told("MESSAGE_REACTION_REMOVE", {**reaction(ID, emoji=HEART), "member": None}, known, NOW + 1)
    shown = imported(wrote(ID, reactions=[{"emoji": HEART, "count": 1, "users": [person("12")]}]))[1:]
    assert joined(added + removed, [shown[0]._replace(version=NOW - 1)]).retracted
    assert not joined(added + removed, shown).retracted
    assert removed[0].account == BEN


def test_cleared_reactions_leave_the_message_as_it_is() -> None:
    known = guild()
    live = told("MESSAGE_CREATE", message(ID), known)
    cleared: list[Any] = told("MESSAGE_REACTION_REMOVE_ALL", {"channel_id": GENERAL, "message_id": ID}, known, NOW + 9)
    both = joined(live, cleared)
    assert both == claim(live[0], 0)._replace(captured=NOW + 9)

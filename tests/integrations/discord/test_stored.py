"""What is heard, through the store: what holds in the end, beside and against what an export says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.fernet import Fernet

from bot.keys import Keys
from bot.ports import Kind, Listed, Read, Signal, Space, SpaceSettings, Stays
from integrations.archives.container import Entry
from integrations.archives.discord_files import ChannelFile
from integrations.archives.discord_messages import DiscordMessages, People
from integrations.discord.payloads.messages import captured_whole
from tests.integrations.archives.archive_builder import Record, person, wrote
from tests.integrations.discord.payloads import (
    GENERAL,
    GUILD,
    NOW,
    guild,
    member,
    message,
    reaction,
    snowflake,
    told,
    unreaction,
    user,
    voice,
)
from tests.scenarios.words import LIVE, SOURCES
from tests.scenarios.world import Town, world

AT = NOW - 3_600_000
ID = snowflake(AT, 5)
CLAP = {"id": None, "name": "👏"}
GONE = {"id": ID, "channel_id": GENERAL, "guild_id": GUILD}
CLEARED = {"message_id": ID, "channel_id": GENERAL, "guild_id": GUILD}
FILE = next(source for source in SOURCES if not source.live)


@pytest.fixture
def town(database_url: str) -> Iterator[Town]:
    """A community that listens and imports, on SQLite and on PostgreSQL."""
    with world(database_url, Keys(b"k" * 32, [Fernet.generate_key().decode()])) as place:
        yield place.found("town", sources=SOURCES)


def imported(record: Record) -> list[Signal]:
    file = ChannelFile(Entry("x.json", 0, None), Space("discord", GUILD), guild().spot(GENERAL).context, NOW)  # type: ignore[arg-type]
    return DiscordMessages(file, People(Read()), Read()).signals(record)


def holding(town: Town) -> list[tuple[Kind, str]]:
    """Return what holds, as kinds and people."""
    town.settle()
    assert town.differences() == {}
    return sorted((one.kind, one.who) for one in town.holding().values())


def test_live_message_and_its_import_are_one_engagement(town: Town) -> None:
    [live] = town.record(LIVE, told("MESSAGE_CREATE", message(ID, mentions=[user("12")])))
    [file] = town.record(FILE, imported(wrote(ID, mentions=[person("12")])))
    assert (live.new, file.new, file.known, file.changed) == (2, 0, 2, 0)
    assert holding(town) == [(Kind.MESSAGE, "11"), (Kind.MENTION, "11")]


@pytest.mark.parametrize("later", [False, True])
def test_deleted_message_takes_along_what_hangs_on_it_in_any_order(town: Town, later: bool) -> None:
    known = guild()
    acts = [("MESSAGE_CREATE", message(ID, mentions=[user("12")])), ("MESSAGE_REACTION_ADD", reaction(ID, emoji=CLAP))]
    gone = ("MESSAGE_DELETE", GONE)
    for name, d in [*acts, gone] if later else [gone, *acts]:
        town.record(LIVE, told(name, d, known))
    assert holding(town) == []


def test_cleared_reactions_end_and_later_ones_count(town: Town) -> None:
    known = guild()
    acts = [
        ("MESSAGE_CREATE", message(ID)),
        ("MESSAGE_REACTION_ADD", reaction(ID)),
        ("MESSAGE_REACTION_ADD", reaction(ID, "13", emoji=CLAP)),
        ("MESSAGE_REACTION_REMOVE_ALL", CLEARED),
    ]
    for name, d in acts:
        town.record(LIVE, told(name, d, known))
    assert holding(town) == [(Kind.MESSAGE, "11"), (Kind.THANKS, "12")]
    town.record(LIVE, told("MESSAGE_REACTION_ADD", reaction(ID, "13", emoji=CLAP), known))
    assert holding(town) == [(Kind.MESSAGE, "11"), (Kind.REACTION, "13"), (Kind.THANKS, "12")]


def test_clearing_the_reactions_of_an_unknown_message_never_takes_the_message_away(town: Town) -> None:
    known = guild()
    town.record(LIVE, told("MESSAGE_REACTION_ADD", reaction(ID, emoji=CLAP), known))
    town.record(LIVE, told("MESSAGE_REACTION_REMOVE_ALL", CLEARED, known))
    assert holding(town) == []
    town.record(LIVE, told("MESSAGE_REACTION_ADD", reaction(ID, "13", emoji=CLAP), known))
    town.record(FILE, imported(wrote(ID, reactions=None)))
    assert holding(town) == [(Kind.MESSAGE, "11"), (Kind.REACTION, "13")]


def test_reaction_and_thanks_taken_back_are_gone(town: Town) -> None:
    known = guild()
    for name, d in (("MESSAGE_CREATE", message(ID)), ("MESSAGE_REACTION_ADD", reaction(ID))):
        town.record(LIVE, told(name, d, known))
    assert holding(town) == [(Kind.MESSAGE, "11"), (Kind.REACTION, "12"), (Kind.THANKS, "12")]
    town.record(LIVE, told("MESSAGE_REACTION_REMOVE", unreaction(ID), known))
    assert holding(town) == [(Kind.MESSAGE, "11")]


def test_reactions_read_anew_end_those_that_went_by_emoji(town: Town) -> None:
    known = guild()
    town.record(LIVE, told("MESSAGE_CREATE", message(ID), known))
    for who, emoji in (("12", CLAP), ("13", {"id": None, "name": "👀"})):
        town.record(LIVE, told("MESSAGE_REACTION_ADD", reaction(ID, who, emoji=emoji), known))
    page = message(ID, reactions=[{"emoji": CLAP, "count": 1}])
    town.record(LIVE, captured_whole(page, {"👏": [user("12")]}, known, NOW + 60_000))
    assert holding(town) == [(Kind.MESSAGE, "11"), (Kind.REACTION, "12")]


def test_thanks_in_history_are_those_that_were_heard_and_those_that_were_not(town: Town) -> None:
    known, thanks = guild(), {"id": None, "name": "🙏"}
    for name, d in (("MESSAGE_CREATE", message(ID)), ("MESSAGE_REACTION_ADD", reaction(ID))):
        town.record(LIVE, told(name, d, known))
    page = message(ID, reactions=[{"emoji": thanks, "count": 4}])
    who = [user("12"), user("13"), user("11"), user("97", bot=True)]
    town.record(LIVE, captured_whole(page, {"🙏": who}, known, NOW + 60_000))
    everybody = [(Kind.MESSAGE, "11"), *((Kind.REACTION, name) for name in ("11", "12", "13"))]
    assert holding(town) == [*everybody, (Kind.THANKS, "12"), (Kind.THANKS, "13")]
    assert {(one.at, one.target) for one in town.holding().values() if one.kind is Kind.THANKS} == {
        (NOW, "11"), (AT, "11"),
    }  # fmt: skip
    town.record(LIVE, told("MESSAGE_REACTION_REMOVE", unreaction(ID, "13"), known, NOW + 90_000))
    assert holding(town) == [*everybody[:-1], (Kind.THANKS, "12")]


@pytest.mark.parametrize(
    ("author", "more"), [(user("97", bot=True), {}), (user("77"), {"webhook_id": "77"})], ids=["bot", "webhook"]
)
def test_reactions_to_machines_in_history_thank_nobody(author: dict[str, Any], more: dict[str, str]) -> None:
    page = message(ID, author, reactions=[{"emoji": {"id": None, "name": "🙏"}, "count": 1}], **more)
    found = captured_whole(page, {"🙏": [user("12")]}, guild(), NOW)
    assert [one.kind for one in found] == [Kind.REACTION]


def test_stay_grows_in_place(town: Town) -> None:
    other = voice("12") | {"member": member("802") | {"user": user("12")}}
    known = guild(SpaceSettings(stays=Stays.EVERYWHERE, excluded_roles=Listed.of(["staff"])), voice_states=[other])
    town.record(LIVE, told("VOICE_STATE_UPDATE", voice("11"), known))
    for minutes in (6, 12):
        town.record(LIVE, known.stays.tick(NOW + minutes * 60_000))
    town.record(LIVE, told("VOICE_STATE_UPDATE", voice("11", None), known, NOW + 20 * 60_000))
    [stay] = town.holding().values()
    assert (stay.kind, stay.amount) == (Kind.STAY, 20)


def test_reaction_that_was_heard_keeps_its_time_when_an_export_shows_it(town: Town) -> None:
    known = guild()
    for name, d in (("MESSAGE_CREATE", message(ID)), ("MESSAGE_REACTION_ADD", reaction(ID, emoji=CLAP))):
        town.record(LIVE, told(name, d, known))
    shown = [{"emoji": {"id": "", "name": "👏", "code": "clap"}, "count": 1, "users": [person("12")]}]
    town.record(FILE, imported(wrote(ID, reactions=shown)))
    assert holding(town) == [(Kind.MESSAGE, "11"), (Kind.REACTION, "12")]
    assert [one.at for one in town.holding().values() if one.kind is Kind.REACTION] == [NOW]

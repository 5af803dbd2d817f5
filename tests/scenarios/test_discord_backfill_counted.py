"""In a counted space, old history becomes numbers of days and months while it is read; and no copy is kept twice."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from bot.history.importing import Importer, Order
from bot.keys import Keys
from bot.storage.anonymous import WRITERS
from integrations.archives.discord_export import DiscordExport
from integrations.sandbox.discord.people import Person
from scoring.signals import DAY_MS, Account, Kind, date_of, day_number, day_of
from tests.integrations.archives.archive_builder import Record, discord_file, pack, person, wrote
from tests.scenarios.backfilling import Later, Rig, days_ago, now, rigged, until
from tests.scenarios.stories import KEYS

Counts = Counter[tuple[str, int, str]]
OLDEST_KEPT = 90
KINDS = ("message", "reply", "reaction")


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[Rig]:
    async with rigged(database_url) as one:
        yield one


async def a_year_and_more(rig: Rig) -> list[Person]:
    """Fill two channels, a thread and a forum's post over 400 days; returns who wrote only long ago."""
    chance = random.Random(7)
    guild = rig.guild
    old, recent = guild.people(["ann", "ben", "cleo"]), guild.people(["dan", "eli", "fay"])
    helper = guild.bot("helper")
    places = [guild.text("general"), guild.text("help")]
    places.append(await old[0].at(days_ago(300)).opens_thread(places[0], "long ago"))
    places.append(await old[1].at(days_ago(200)).posts(guild.forum("ideas"), "an idea"))
    for n in range(260):
        age = chance.uniform(0.1, 400)
        who = chance.choice([*old, *recent] if age > 95 else recent)
        place = chance.choice(places)
        # whom a recent act names is known by it, so those who wrote only long ago are answered only long ago
        gone = {one.id for one in old} if age <= 95 else set()
        earlier = [one for one in place.messages.values() if one.author_id not in gone]
        about = chance.choice(earlier) if earlier and n % 3 == 0 else None
        named = [chance.choice(recent)] if n % 4 == 0 else []
        made = await who.at(days_ago(age)).says(place, "words", replies_to=about, mentions=named)
        if n % 5 == 0:
            await chance.choice(recent).at(days_ago(age)).reacts(made, "👍")
            await helper.at(days_ago(age)).reacts(made, "👍")
        if n % 50 == 0:
            await helper.at(days_ago(age)).says(place, "beep")
    return old


def truth(rig: Rig) -> tuple[Counts, Counts]:
    """Return what the sandbox's ledger says: all acts of people, counted by kind, day and channel; and their writers.

    A reaction is dated by its message, since history tells no other time.
    """
    found: Counts = Counter()
    writers: dict[int, set[str]] = {}
    for act in rig.server.ledger.acts():
        if act.bot or act.kind not in KINDS:
            continue
        channel = rig.server.world.channels[int(act.place)]
        at = (int(act.what) >> 22) + 1_420_070_400_000
        parent = channel.parent_id if channel.thread is not None else None
        found[act.kind, day_of(at), str(parent or channel.id)] += 1
        if act.kind in ("message", "reply"):
            named = channel.messages[int(act.what)].mentions  # whom a reply answers is among them
            people = [one for one in named if not rig.server.world.users[one].bot]
            found["mention", day_of(at), str(parent or channel.id)] += len(people)
            month = day_number(date_of(day_of(at)).replace(day=1))
            writers.setdefault(month, set()).add(act.who)
    found += Counter()  # without those that are none
    return found, Counter({(WRITERS, month, ""): len(who) for month, who in writers.items()})


def oldest_kept() -> int:
    return day_of(now()) - OLDEST_KEPT


def expected(rig: Rig) -> tuple[Counts, Counter[Kind]]:
    """Return the numbers that old history becomes, and how many engagements are kept of the rest."""
    acts, writers = truth(rig)
    old = Counter({key: n for key, n in acts.items() if key[1] < oldest_kept()})
    months = Counter({key: n for key, n in writers.items() if key[1] < oldest_kept()})
    kept: Counter[Kind] = Counter()
    for (kind, day, _), n in acts.items():
        if day >= oldest_kept():
            kept[Kind[kind.upper()]] += n
    return old + months, kept


def without_threads(counts: Counts) -> Counts:
    return Counter({key: n for key, n in counts.items() if key[0] != "thread"})


async def test_old_acts_become_numbers_and_nobody_is_kept_for_them(rig: Rig) -> None:
    old = await a_year_and_more(rig)
    await rig.applies("backfill: all", consent="counted")
    await rig.reads_back()
    numbers, kept = expected(rig)
    assert without_threads(await rig.counts()) == numbers
    assert await rig.stored() == kept
    handles = {row[0] for row in await rig.rows("SELECT handle FROM account")}
    assert handles.isdisjoint(KEYS.handle(Account("discord", "", str(one.id))) for one in old)
    assert await rig.rows("SELECT 1 FROM writer") == []


async def test_interrupted_nothing_is_counted_twice(rig: Rig) -> None:
    await a_year_and_more(rig)
    await rig.applies("backfill: all", consent="counted")
    for _ in range(2):
        hole = Later("GET", "/channels/*/messages", "black_hole", after=1)
        rig.server.faults.add(hole)
        async with rig.listening():
            await until(lambda hole=hole: hole.hit == 1)  # type: ignore[misc]
        rig.server.faults.clear()
    assert await rig.rows("SELECT 1 FROM writer") != []
    await rig.reads_back()
    numbers, kept = expected(rig)
    assert without_threads(await rig.counts()) == numbers
    assert await rig.stored() == kept


async def test_who_wrote_is_on_no_disk_when_the_months_are_read(sqlite_url: str, tmp_path: Path) -> None:
    async with rigged(sqlite_url) as rig:
        await a_year_and_more(rig)
        await rig.applies("backfill: all", consent="counted")
        rig.server.faults.add(hole := Later("GET", "/channels/*/messages", "black_hole", after=1))
        async with rig.listening():
            await until(lambda: hole.hit == 1)
            meanwhile = {row[0].encode() for row in await rig.rows("SELECT pseudonym FROM writer")}
            assert meanwhile & on_disk(tmp_path, meanwhile)
            rig.server.faults.clear()
            await rig.is_read()
            await until(lambda: not on_disk(tmp_path, meanwhile))


def on_disk(folder: Path, names: set[bytes]) -> set[bytes]:
    """Return which names stand in the database's files."""
    content = b"".join(file.read_bytes() for file in folder.glob("cairn.db*"))
    return {one for one in names if one in content}


def test_pseudonyms_of_months_match_no_others() -> None:
    who = Account("discord", "", "1")
    names = {KEYS.handle(who), *(KEYS.passing(who, f"1 {month}") for month in range(24))}
    assert len(names) == 25
    other = Keys(b"o" * 32, [Fernet.generate_key().decode()])
    assert names.isdisjoint(other.passing(who, f"1 {month}") for month in range(24))


async def test_left_out_people_and_channels_are_in_no_number(rig: Rig) -> None:
    general, random_talk = rig.guild.text("general"), rig.guild.text("random")
    ann, eve = rig.guild.people(["ann", "eve"])
    for channel in (general, random_talk):
        for who in (ann, eve):
            made = await who.at(days_ago(200)).says(channel, "words", mentions=[eve])
            await eve.at(days_ago(199)).reacts(made, "👍")
    wanted = f"backfill: all, channels: {{out: [random]}}, excluded_people: ['{eve.id}']"
    await rig.applies(wanted, consent="counted")
    await rig.reads_back()
    day = day_of(days_ago(200))
    month = day_number(date_of(day).replace(day=1))
    assert await rig.counts() == {("message", day, str(general.id)): 1, (WRITERS, month, ""): 1}


async def test_strict_space_keeps_nothing_of_who_has_not_said_yes(rig: Rig) -> None:
    await a_year_and_more(rig)
    await rig.applies("backfill: all", consent="strict")
    await rig.reads_back()
    assert (await rig.stored(), await rig.counts()) == ({}, {})
    assert await rig.rows("SELECT 1 FROM account UNION SELECT 1 FROM writer") == []


async def test_notice_space_keeps_all_of_it_with_pages(rig: Rig) -> None:
    await a_year_and_more(rig)
    await rig.applies("backfill: all", consent="notice")
    await rig.reads_back()
    acts, _ = truth(rig)
    kinds: Counter[Kind] = Counter()
    for (kind, _, _), n in acts.items():
        kinds[Kind[kind.upper()]] += n
    stored = await rig.stored()
    stored.pop(Kind.THREAD)
    assert stored == kinds
    assert await rig.counts() == {}
    assert await rig.rows("SELECT 1 FROM member WHERE NOT page") == []


TYPES = {0: "Default", 18: "ThreadCreated", 19: "Reply", 21: "21"}


def exported(rig: Rig, path: Path) -> Path:
    """Write what the server shows as DiscordChatExporter does, a file for each channel and thread."""
    world, guild = rig.server.world, rig.guild.guild
    files: dict[str, object] = {}
    for channel in [*guild.channels.values(), *guild.threads.values()]:
        if not channel.messages:
            continue
        frame: dict[str, Any] = {
            "guild": {"id": str(guild.id), "name": guild.name},
            "channel": {
                "id": str(channel.id),
                "type": "GuildPublicThread" if channel.thread else "GuildTextChat",
                "categoryId": str(channel.parent_id),
                "name": channel.name,
            },
            "exportedAt": dt.datetime.now(dt.UTC).isoformat(),
        }
        messages = [_wrote(world, one) for _, one in sorted(channel.messages.items())]
        files[f"{channel.id}.json"] = discord_file(messages, **frame)
    return pack(path, files)


def _wrote(world: Any, one: Any) -> Record:
    def who(number: int) -> Record:
        return person(str(number), bot=world.users[number].bot)

    more: Record = {
        "mentions": [who(number) for number in one.mentions],
        "reactions": [
            {"emoji": {"id": None, "name": emoji.name}, "count": len(people), "users": [who(n) for n in people]}
            for emoji, people in one.reactions.items()
        ],
    }
    if one.reference is not None:
        more["reference"] = {"messageId": str(one.reference.message_id), "channelId": str(one.reference.channel_id)}
    return wrote(str(one.id), who(one.author_id), TYPES[one.type], **more)


async def imports(rig: Rig, path: Path, consent: str) -> dict[str, Any]:
    archive = DiscordExport(path)
    order = Order("Garden", "digest", path.name, lambda: ("", "", ""), consent)
    try:
        return await Importer(rig.database, KEYS).run(archive, order)
    finally:
        archive.close()


@pytest.mark.parametrize("imported_first", [True, False])
async def test_imported_and_read_back_are_one(rig: Rig, tmp_path: Path, imported_first: bool) -> None:
    await a_year_and_more(rig)
    await rig.applies("backfill: all", consent="notice")
    if imported_first:
        await imports(rig, exported(rig, tmp_path / "export.zip"), "notice")
        before = await rig.keys()
        await rig.reads_back()
    else:
        await rig.reads_back()
        before = await rig.keys()
        found = await imports(rig, exported(rig, tmp_path / "export.zip"), "notice")
        assert (found["engagements"]["new"], found["engagements"]["retracted"]) == (0, 0)
    assert await rig.keys() == before
    acts, _ = truth(rig)
    assert sum(n for kind, n in (await rig.stored()).items() if kind != Kind.THREAD) == acts.total()


async def test_what_an_import_brought_is_not_counted_as_well(rig: Rig, tmp_path: Path) -> None:
    await a_year_and_more(rig)
    await rig.applies("backfill: all", consent="counted")
    await imports(rig, exported(rig, tmp_path / "export.zip"), "counted")
    before = await rig.stored()
    await rig.reads_back()
    assert await rig.stored() == before
    assert {kind for kind, _, _ in await rig.counts()} == {WRITERS}


async def test_boundary_of_a_counted_space_is_a_whole_day(rig: Rig) -> None:
    general, ann = rig.guild.text("general"), rig.guild.person("ann")
    first = oldest_kept() * DAY_MS
    kept = await ann.at(first).says(general, "the first moment that is kept")
    await ann.at(first - 1).says(general, "the last that is a number")
    await rig.applies("backfill: 12 months", consent="counted")
    await rig.reads_back()
    assert await rig.keys() == {f"d:{kept.id}"}
    assert (await rig.counts())["message", oldest_kept() - 1, str(general.id)] == 1

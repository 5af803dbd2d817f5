"""What people write and are called is found nowhere; who and what is left out leaves no row; machines are not heard."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.community import Terms, apply, parse_community
from bot.storage.engine import Database
from integrations.platforms import PLATFORMS
from integrations.sandbox.discord.changes import messages
from integrations.sandbox.discord.changes.messages import Draft
from integrations.sandbox.discord.hub import By
from scoring.signals import Kind
from tests.scenarios.discord_rig import RULES, Rig, rig, until
from tests.scenarios.stories import KEYS

HOSTILE = "\x1b[31mGar\nden\r\u2028\u202e\x00<script>"
LONG = "n" * 1_000_000
MOST_IN_A_LINE = 6_000
WRITTEN = 1_000


@asynccontextmanager
async def listening(url: str, name: str = "Garden") -> AsyncIterator[Rig]:
    async with rig(url, (name,), heartbeat=30) as one:
        await one.start()
        await one.heard()
        yield one


async def test_of_a_thousand_messages_no_word_is_found_anywhere(database_url: str) -> None:
    words = [f"canary-{secrets.token_hex(6)}" for _ in range(WRITTEN)]
    names = [f"kea-{secrets.token_hex(6)}" for _ in range(5)]
    async with listening(database_url) as one:
        guild = one.server.guild("Garden")
        general, people = guild.text("general"), guild.people(names)
        written = [await people[n % 5].says(general, word) for n, word in enumerate(words)]
        for message, word in zip(written[::10], words, strict=False):
            await people[written.index(message) % 5].edits(message, f"{word} again")
        (session,) = one.server.gateway.sessions.values()
        for word in words[:50]:  # what cannot be read is not told of by its words, either
            session.tell("MESSAGE_CREATE", json.dumps({"guild_id": str(guild.id), "content": word}).encode())
            session.tell("GUILD_MEMBER_UPDATE", json.dumps({"guild_id": str(guild.id), "user": word}).encode())
        await one.heard()
        await one.agrees()
        await one.keeps_quiet("canary-", "kea-")
        await one.stop()
        await one.check()
        await one.keeps_quiet("canary-", "kea-", backups=True)


async def test_hostile_names_leave_lines_that_are_whole_and_short(sqlite_url: str) -> None:
    async with listening(sqlite_url, HOSTILE) as one:
        guild = one.server.guild(HOSTILE)
        place, (bad, long) = guild.text(HOSTILE), guild.people([HOSTILE, LONG])
        await bad.says(place, HOSTILE)
        await long.says(guild.text(LONG), LONG)
        await bad.says(place, LONG)
        await one.heard()
        await one.agrees()
        await one.stop()
    lines = one.log.getvalue().splitlines()
    assert lines
    for line in lines:
        json.loads(line)
        assert line.isprintable()
        assert len(line) < MOST_IN_A_LINE


async def test_machines_are_not_heard_and_nobody_answers_them(database_url: str) -> None:
    async with listening(database_url) as one:
        guild = one.server.guild("Garden")
        general, alice = guild.text("general"), guild.person("alice")
        other, hook = guild.bot("another Cairn"), guild.webhook("hook")
        own = By(one.server.world.bot.id)
        said = await alice.says(general, "hello")
        await other.reacts(said, "👍")
        for n in range(20):
            await other.says(general, f"{n}", replies_to=said)
            await hook.says(general, f"{n}")
            messages.post(one.server.hub, own, general, Draft(f"{n}"))
        await alice.says(general, "bye")
        await one.heard()
        await one.agrees()
        assert (await one.stored()).facts.total() == 2
        assert one.server.ledger.sent() == []


@pytest.mark.parametrize("picked", ["id", "name"])
async def test_who_and_what_is_left_out_leaves_no_row(database_url: str, picked: str) -> None:
    async with rig(database_url, heartbeat=30) as one:
        guild = one.server.guild("Garden")
        general, quiet = guild.text("general"), guild.text("quiet")
        alice, gone = guild.people(["alice", "gone"])
        channel = str(quiet.id) if picked == "id" else "quiet"
        await applied(
            database_url,
            f'name: Garden\nspaces:\n  - {{platform: discord, id: "{guild.id}", channels: {{out: ["{channel}"]}}, '
            f'excluded_people: ["{gone.id}"]}}\n',
        )
        before = await gone.says(general, "before Cairn listens")
        await one.start()
        await one.heard()
        said = await alice.says(general, "hello")
        await gone.says(general, "hello", replies_to=said)
        await gone.reacts(said, "👍")
        await alice.says(general, "to you", mentions=[gone])
        await alice.says(quiet, "here, too")
        await alice.reacts(before, "👍")
        await one.heard()
        await one.restart(lambda: gone_on(one))
        await one.heard()
        await until(lambda: has_read(one, alice.id, 3))
        found = await one.stored()
        await one.stop()

    assert {(fact.who, fact.whom) for fact in found.facts} == {(str(alice.id), "")}
    assert sorted(fact.kind for fact in found.facts) == [Kind.MESSAGE] * 3 + [Kind.REACTION]
    people = {KEYS.open(bytes(row[0])).id for row in await one.query("SELECT sealed FROM account")}
    assert str(gone.id) not in people
    assert str(quiet.id) not in {row[0] for row in await one.query("SELECT place FROM context")}


async def gone_on(one: Rig) -> None:
    """Let those who are left out go on while Cairn is away: what it reads afterwards leaves them out as well."""
    guild = one.server.guild("Garden")
    alice, gone = guild.people(["alice", "gone"])
    await gone.says(guild.text("general"), "nobody listens")
    await alice.says(guild.text("quiet"), "nobody listens")
    await alice.says(guild.text("general"), "nobody listens")


async def has_read(one: Rig, who: int, messages: int) -> bool:
    facts = (await one.stored()).facts
    return sum(n for fact, n in facts.items() if (fact.kind, fact.who) == (Kind.MESSAGE, str(who))) == messages


async def applied(url: str, text: str) -> None:
    """Apply a community file."""
    database = Database(url)
    try:
        async with database.write() as connection:
            shape = parse_community(text, "community.yaml", PLATFORMS)
            await apply(connection, shape, Terms(KEYS, PLATFORMS, lambda: (RULES, "v", "rules.yaml")))
    finally:
        await database.close()

"""What Cairn itself asks of Discord agrees with Discord's OpenAPI file, and so does all that it is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.community import Terms, apply, parse_community
from bot.hearing.hosting import Desks, Policy
from bot.intake import Intake
from bot.operating.metrics import Metrics
from bot.storage import migrate
from bot.storage.engine import Database
from integrations.discord.integration import Access, Discord
from integrations.platforms import PLATFORMS
from integrations.sandbox.discord.server import Sandbox, Settings
from integrations.sandbox.exchanges import Exchange
from scoring.signals import Kind
from tests.integrations.sandbox.discord.openapi import Contract
from tests.scenarios.backfilling import LIFTED, WITH_THREADS, Rig, days_ago, until
from tests.scenarios.stories import KEYS

HOUR_MS = 3_600_000
INTERESTED = "  - {name: interested, band: Around, when: {kind: rsvp}, points: 0.1}\nmultipliers:\n"
RULES = WITH_THREADS.replace("multipliers:\n", INTERESTED)
ASKED = {
    "GET /users/@me", "GET /gateway/bot", "GET /guilds/{guild_id}/threads/active", "GET /guilds/{guild_id}/roles",
    "GET /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/users",
    "GET /guilds/{guild_id}/members/{user_id}", "GET /channels/{channel_id}/messages",
    "GET /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}",
    "GET /channels/{channel_id}/threads/archived/public",
}  # fmt: skip


@pytest.fixture
def exchanges() -> list[Exchange]:
    return []


@pytest.fixture
async def rig(sqlite_url: str, exchanges: list[Exchange]) -> AsyncIterator[Rig]:
    """A Cairn beside a sandbox that is watched; the app's id is not its bot's, so neither passes for the other."""
    database = Database(sqlite_url)
    await migrate.upgrade(database)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        settings = Settings(limits=LIFTED, watch=exchanges.append, old_app=True)
        server = await stack.enter_async_context(Sandbox(settings))
        intake = await stack.enter_async_context(Intake(database, KEYS))
        desks = Desks(database, intake, Policy("Garden", lambda: (RULES, "v", "m.yaml")), Metrics())
        yield Rig(server, server.guild("Garden"), database, desks)


async def wants_everything(rig: Rig) -> None:
    space = f"spaces: [{{platform: discord, id: '{rig.guild.id}', backfill: all}}]\n"
    file = parse_community(f"name: Garden\nconsent: notice\n{space}", "community.yaml", PLATFORMS)
    async with rig.database.write() as connection:
        await apply(connection, file, Terms(KEYS, PLATFORMS, lambda: (RULES, "v", "m.yaml")))
    await rig.desks.refresh()


async def before_cairn_came(rig: Rig) -> None:
    """Let there be history of every sort."""
    guild, (alice, bob) = rig.guild, rig.guild.people(["alice", "bob"])
    general, forum = guild.text("general"), guild.forum("ideas", ["new"])
    then = alice.at(days_ago(30))
    written = await then.says(general, "hello")
    for emoji in ("👍", guild.emoji("leaf")):
        await bob.at(days_ago(29)).reacts(written, emoji)
    await bob.at(days_ago(29)).says(general, "yes", replies_to=written, mentions=[alice])
    for thread in (await then.opens_thread(written, "about it"), await then.posts(forum, "an idea", tags=["new"])):
        await bob.at(days_ago(28)).says(thread, "in it")
        await then.archives(thread)
    await then.says(await then.opens_thread(general, "going on"), "still")
    await bob.interested(await alice.plans(guild, "call", rig.server.world.clock() + HOUR_MS, guild.voice("lounge")))


async def lives_through_a_day(rig: Rig) -> None:
    """Read back, listen, be away, and come back."""
    general, (alice, bob) = rig.guild.text("general"), rig.guild.people(["alice", "bob"])
    await rig.reads_back()
    missed = await alice.says(general, "while Cairn was away")
    await bob.reacts(missed, "👍")
    async with rig.listening():
        await until(lambda: _has(rig, f"d:{missed.id}"))
        heard = await bob.says(general, "now that it is back", replies_to=missed)
        await until(lambda: _has(rig, f"d:{heard.id}"))


async def _has(rig: Rig, key: str) -> bool:
    return key in await rig.keys()


async def test_what_cairn_asks_and_is_answered_agrees(shared_data: Path, rig: Rig, exchanges: list[Exchange]) -> None:
    contract = Contract(shared_data / "discord-openapi" / "discord.json")
    await wants_everything(rig)
    await before_cairn_came(rig)
    await lives_through_a_day(rig)
    server = rig.server
    assert await Discord(Access(server.token, server.rest_url)).check()
    assert [wrong for one in exchanges for wrong in contract.breaches(one)] == []
    assert [(one.method, one.path, one.status) for one in exchanges if one.status != 200] == []
    assert {f"{one.method} {one.route}" for one in server.ledger.requests()} >= ASKED
    assert {one.method for one in exchanges} == {"GET"}
    assert (await rig.stored())[Kind.RSVP] == 1

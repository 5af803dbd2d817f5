"""A store with one community in it, and signals for it."""

from __future__ import annotations

from bot.rules import parse_rules
from bot.storage import communities, migrate
from bot.storage.accounts import Newcomers
from bot.storage.engine import Database
from bot.storage.recording import Origin
from scoring.signals import ALWAYS_STORED
from tests.scenarios.world import RULES


async def founded(database: Database) -> Origin:
    """Make all tables and a community; returns the origin of what is heard live in it."""
    await migrate.upgrade(database)
    mountain = parse_rules(RULES, "rules.yaml")
    async with database.write() as connection:
        one = await communities.found(connection, "Garden", RULES, mountain.version, "rules.yaml")
    return Origin(one.id, None, ALWAYS_STORED | mountain.kinds, Newcomers(0, page=True, wait=False), 1)

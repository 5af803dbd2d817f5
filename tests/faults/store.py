"""A store with one community in it, and signals for it."""

from __future__ import annotations

from bot.ports import Space
from bot.rules import parse_rules
from bot.storage import communities, migrate, spaces
from bot.storage.accounts import Newcomers
from bot.storage.engine import Database
from bot.storage.recording import Origin
from scoring.signals import ALWAYS_STORED
from tests.scenarios.world import RULES


async def founded(database: Database, *, space: bool = False) -> Origin:
    """Make all tables and a community, perhaps with a space; returns the origin of what is heard live in it."""
    await migrate.upgrade(database)
    mountain = parse_rules(RULES, "rules.yaml")
    async with database.write() as connection:
        one = await communities.found(connection, "Garden", RULES, mountain.version, "rules.yaml")
        number = await spaces.settle(connection, one.id, Space("chat", "100"), "notice", "{}") if space else None
    return Origin(one.id, number, ALWAYS_STORED | mountain.kinds, Newcomers(0, page=True, wait=False), 1)

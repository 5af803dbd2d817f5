"""The rules in force in a community, ready to be used by whatever answers at once."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.rules import parse_rules
from bot.settle import InForce
from bot.storage import communities
from scoring.mountain import Mountain


async def in_force(connection: AsyncConnection, community: int) -> InForce:
    """Return the rules in force; those that were asked for lately are not read through again."""
    rules = await communities.active_rules(connection, community)
    return InForce(rules.id, _parsed(rules.text, rules.name))


@lru_cache(64)
def _parsed(text: str, name: str) -> Mountain:
    return parse_rules(text, name)

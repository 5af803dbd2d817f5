"""Somebody's own copy of all that is kept of them: as JSON for programs, and in words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import ConfigError
from bot.identity import declared
from bot.keys import Keys
from bot.language import Words
from bot.rights.inventory import Sort, inventory
from bot.rights.telling import Around, Row, Telling, when
from bot.rules import parse_rules
from bot.storage import audit, choosing, communities, erasing, exporting, spaces
from bot.storage.choosing import Family
from bot.storage.engine import Database
from bot.storage.exporting import Mine
from bot.storage.turns import in_turn
from scoring.signals import DAY_MS, Kind

EXPORTED = "exported what is kept of them"
A_DAY = 3
"""How often in 24 hours somebody gets their copy."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What is kept of somebody: whole, and in words."""

    whole: bytes
    words: bytes


async def export(database: Database, keys: Keys, of: tuple[int, Family], words: Words) -> Copy:
    """Return a copy of all that is kept of somebody (community, who); nothing of anybody else is in it."""
    community, whose = of
    async with database.read() as connection:
        identities = [keys.open(one) for one in await erasing.sealed_of(connection, whose)]
        months = await erasing.writers(connection)
        passing = [keys.passing(who, f"{space} {month}") for space, month in months for who in identities]
        found = await exporting.rows(connection, Mine(community, whose, passing))
        for row in found.get("outbox", []):
            row["content"] = _opened(keys, row["content"])
        for row in found.get("attribute", []):
            row["value"] = declared.opened(keys, row["name"], row["value"])
        around = await _around(connection, community, whose, (found, words))
    text = "\n".join(Telling(words, around).lines(identities, found)) + "\n"
    whole = {
        "accounts": [{"platform": one.platform, "realm": one.realm, "id": one.id} for one in identities],
        "kept": {
            name: {
                "purpose": inventory()[name].purpose,
                "kept": inventory()[name].kept,
                "rows": [_plain(name, row, around.contexts) for row in rows],
            }
            for name, rows in found.items()
        },
    }
    return Copy(json.dumps(whole, ensure_ascii=False, indent=1).encode(), text.encode())


async def _around(
    connection: AsyncConnection, community: int, whose: Family, told: tuple[Mapping[str, Sequence[Row]], Words]
) -> Around:
    """Return what the numbers in somebody's rows stand for."""
    found, words = told
    acts = [*found.get("engagement", ()), *found.get("sighting", ())]
    rules = await communities.rules_of(connection, community)
    return Around(
        {one.id: parse_rules(one.text, one.name).in_language(words.tag) for one in rules},
        {one.id: one.space.name or one.space.id for one in await spaces.of_community(connection, community)},
        await exporting.chapters(connection, community),
        await exporting.places(connection, sorted({row["context"] for row in acts})),
        frozenset(whose.members),
    )


async def may_export(database: Database, community: int, member: int, now: int) -> bool:
    """Whether somebody may have their copy now; puts down that they had it."""
    async with in_turn(database, community) as connection:
        own = await choosing.family_of(connection, community, member)
        before = await audit.by_or_about(connection, community, own.members if own else [member])
        lately = [one for one in before if one.what == EXPORTED and one.at > now - DAY_MS]
        if len(lately) >= A_DAY:
            return False
        await audit.put(connection, community, now, member, EXPORTED, about=member)
    return True


def _opened(keys: Keys, content: bytes | None) -> Any:  # noqa: ANN401 - whatever a message is made of
    """Return a message on its way to somebody, None where it is gone or cannot be read."""
    try:
        return json.loads(keys.open_bytes(content)) if content else None
    except (ConfigError, ValueError):
        return None


def _plain(table: str, row: Row, where: Mapping[int, Mapping[str, str]]) -> dict[str, Any]:
    """Return a row as JSON can hold it: moments and days as dates, kinds and contexts by name."""
    fields = inventory()[table].fields
    told: dict[str, Any] = {}
    for name, value in row.items():
        if fields[name] is Sort.TIME and isinstance(value, int):
            told[name] = when(value) if value else None  # never
        elif isinstance(value, bytes):
            told[name] = f"{len(value)} bytes, encrypted"
        else:
            told[name] = value
    if table in ("engagement", "sighting"):
        told["kind"] = Kind(row["kind"]).label
        told["where"] = dict(where.get(row["context"], {}))
    return told

"""Somebody's own copy of all that is kept of them: as JSON for programs, and in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import ConfigError
from bot.identity import declared
from bot.keys import Keys
from bot.language import Words
from bot.rights.inventory import Sort, inventory
from bot.storage import audit, choosing, erasing, exporting
from bot.storage.choosing import Family
from bot.storage.engine import Database
from bot.storage.exporting import Mine
from bot.storage.turns import in_turn
from scoring.signals import DAY_MS, Kind, date_of

EXPORTED = "exported what is kept of them"
A_DAY = 3
"""How often in 24 hours somebody gets their copy."""
_A_MOMENT = 10_000_000
"""Above this a time is a moment in ms, below it a day's number."""
_MOST_LINES = 20_000


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
        acts = found.get("engagement", [])
        where = await exporting.places(connection, sorted({row["context"] for row in acts}))
    tables = {name: [_plain(name, row, where) for row in rows] for name, rows in found.items()}
    whole = {
        "accounts": [{"platform": one.platform, "realm": one.realm, "id": one.id} for one in identities],
        "kept": {
            name: {"purpose": inventory()[name].purpose, "kept": inventory()[name].kept, "rows": rows}
            for name, rows in tables.items()
        },
    }
    text = "\n".join(_lines(whole, words)) + "\n"
    return Copy(json.dumps(whole, ensure_ascii=False, indent=1).encode(), text.encode())


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


def _plain(table: str, row: Mapping[str, Any], where: Mapping[int, Mapping[str, str]]) -> dict[str, Any]:
    """Return a row as JSON can hold it: moments and days as dates, kinds and contexts by name."""
    fields = inventory()[table].fields
    told: dict[str, Any] = {}
    for name, value in row.items():
        if fields[name] is Sort.TIME and isinstance(value, int):
            told[name] = _when(value)
        elif isinstance(value, bytes):
            told[name] = f"{len(value)} bytes, encrypted"
        else:
            told[name] = value
    if table in ("engagement", "sighting"):
        told["kind"] = Kind(row["kind"]).label
        told["where"] = dict(where.get(row["context"], {}))
    return told


def _when(value: int) -> str:
    if value <= _A_MOMENT:
        return date_of(value).isoformat()
    day, rest = divmod(value, DAY_MS)
    seconds = rest // 1000
    return f"{date_of(day).isoformat()}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}Z"


def _lines(whole: Mapping[str, Any], words: Words) -> Iterator[str]:
    """Say it in words: who, then what there is of each sort, then every act."""
    yield words.plain("privacy.copy.title")
    yield ""
    for one in whole["accounts"]:
        yield words.plain("privacy.copy.account", platform=one["platform"], id=one["id"])
    for name, table in whole["kept"].items():
        rows = table["rows"]
        yield ""
        yield f"{name} ({len(rows)}): {table['purpose']}. {words.plain('privacy.copy.kept', period=table['kept'])}"
        for row in rows[:_MOST_LINES]:
            yield "- " + ", ".join(
                f"{key}: {_said(value)}" for key, value in row.items() if value not in (None, "", {})
            )


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return " / ".join(str(one) for one in value.values())
    return str(value)

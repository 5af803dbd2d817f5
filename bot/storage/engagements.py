"""The engagement table: every object once, holding the winning claim of all who have seen it.

`store` takes one group of claims inside the caller's transaction. A group of nothing but new objects costs one bulk
insert; what was there before is joined claim by claim, and where several sources have seen an object each one's own
claim is kept beside it, so that an import can be undone exactly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import arrays, insert_new, matching, postgres_insert
from bot.storage.schema import engagement as table
from bot.storage.schema import sighting
from scoring.claims import Claim, join, same_content
from scoring.signals import Kind

Key = tuple[int, str]
"""The day inside a natural key, and the key."""

COLUMNS = ("community", "key_day", "key", *Claim._fields, "holds")
CLAIM = ", ".join(f"e.{name}" for name in Claim._fields)
KEYS = {"key_day": "int", "key": "text"}
ON_KEYS = "e.community = :community AND e.key_day = given.key_day AND e.key = given.key"


class Stored(NamedTuple):
    """A claim as it stands in the table."""

    id: int
    holds: bool
    claim: Claim


@dataclass(slots=True)
class Outcome:
    """What storing a group did: keys new, known from elsewhere, changed, retracted, or given again by this source.

    `touched` are the (day, account) pairs to be settled anew; `renewed` the rows whose claim was joined, by key.
    """

    new: set[Key] = field(default_factory=set)
    known: set[Key] = field(default_factory=set)
    changed: set[Key] = field(default_factory=set)
    retracted: set[Key] = field(default_factory=set)
    again: set[Key] = field(default_factory=set)
    touched: set[tuple[int, int]] = field(default_factory=set)
    renewed: dict[Key, tuple[Claim, Claim]] = field(default_factory=dict)

    def touch(self, claim: Claim) -> None:
        """Note whose day a claim concerns: the author's, and for thanks the receiver's."""
        for account in (claim.account, claim.target if claim.kind == Kind.THANKS else None):
            if account is not None:
                self.touched.add((claim.day, account))


async def store(connection: AsyncConnection, community: int, claims: Mapping[Key, Claim]) -> Outcome:
    """Store a group of claims, one per key; see the module's docstring."""
    outcome = Outcome()
    there = await _probe(connection, community, claims)
    fresh = {key: claim for key, claim in claims.items() if key not in there} if there else claims
    outcome.new = await _insert(connection, community, fresh)
    if len(outcome.new) < len(fresh):  # some were there, or another process was faster
        there = there | await existing(connection, community, (key for key in fresh if key not in outcome.new))
    await _merge(connection, {key: (one, claims[key]) for key, one in there.items()}, outcome)
    for key in outcome.new:
        outcome.touch(claims[key])
    return outcome


async def _probe(connection: AsyncConnection, community: int, claims: Mapping[Key, Claim]) -> dict[Key, Stored]:
    """Return what is there already of a group.

    Groups are nearly always all new or all known, so a look at both ends tells which; where both ends are new, the
    insert itself finds out about the middle.
    """
    keys = list(claims)
    ends = await existing(connection, community, {keys[0], keys[-1]})
    return await existing(connection, community, keys) if ends else {}


async def _insert(connection: AsyncConnection, community: int, claims: Mapping[Key, Claim]) -> set[Key]:
    """Insert claims as new rows; returns the keys that were new."""
    if not claims:
        return set()
    rows = [(community, *key, *claim, not claim.retracted) for key, claim in claims.items()]
    if connection.dialect.name != "sqlite":
        sql = f"{postgres_insert(table, COLUMNS)} RETURNING key_day, key"
        won = await connection.execute(text(sql), arrays(COLUMNS, rows))
        return {(row[0], row[1]) for row in won}
    top = "SELECT coalesce(max(id), 0) FROM engagement"
    before = (await connection.exec_driver_sql(top)).scalar_one()
    await insert_new(connection, table, COLUMNS, rows)
    if (await connection.exec_driver_sql(top)).scalar_one() - before == len(rows):
        return set(claims)
    won = await connection.exec_driver_sql("SELECT key_day, key FROM engagement WHERE id > ?", (before,))
    return {(row[0], row[1]) for row in won}


async def existing(connection: AsyncConnection, community: int, keys: Iterable[Key]) -> dict[Key, Stored]:
    """Return the rows with these keys (on PostgreSQL locked until the transaction ends)."""
    lock = "" if connection.dialect.name == "sqlite" else " FOR UPDATE OF e"
    rows = await matching(
        connection,
        f"SELECT e.key_day, e.key, e.id, e.holds, {CLAIM} FROM {{given}} JOIN engagement e ON {ON_KEYS}{lock}",
        KEYS,
        keys,
        community=community,
    )
    return {(row[0], row[1]): Stored(row[2], bool(row[3]), claim_of(row[4:])) for row in rows}


def claim_of(values: Iterable[Any]) -> Claim:
    """Make a claim of a row's values (SQLite gives truth values as numbers)."""
    claim = Claim._make(values)
    return claim._replace(estimated=bool(claim.estimated), retracted=bool(claim.retracted))


async def _merge(connection: AsyncConnection, pairs: Mapping[Key, tuple[Stored, Claim]], outcome: Outcome) -> None:
    """Join claims about objects that are there already."""
    joined = {key: join(stored.claim, claim) for key, (stored, claim) in pairs.items()}
    several = [
        stored.id
        for key, (stored, claim) in pairs.items()
        if claim.source != stored.claim.source or joined[key] != stored.claim
    ]
    words = await sightings_of(connection, several)
    kept: list[tuple[int, Claim]] = []
    for key, (stored, claim) in pairs.items():
        said = words.get(stored.id) or {stored.claim.source: stored.claim}
        (outcome.again if claim.source in said else outcome.known).add(key)
        own = join(said[claim.source], claim) if claim.source in said else claim
        if len(said) > 1 or claim.source not in said:
            changed_words = said | {claim.source: own}
            kept += [
                (stored.id, word)
                for word in changed_words.values()
                if words.get(stored.id, {}).get(word.source) != word
            ]
        if joined[key] != stored.claim:
            outcome.renewed[key] = (stored.claim, joined[key])
            _note(key, stored.claim, joined[key], outcome)
    await _keep_sightings(connection, kept)
    await rewrite(connection, {pairs[key][0].id: after for key, (_, after) in outcome.renewed.items()})


def _note(key: Key, before: Claim, after: Claim, outcome: Outcome) -> None:
    """Write down what joining a claim changed."""
    if same_content(before, after):
        return
    (outcome.retracted if after.retracted and not before.retracted else outcome.changed).add(key)
    outcome.touch(before)
    outcome.touch(after)


async def rewrite(connection: AsyncConnection, claims: Mapping[int, Claim]) -> None:
    """Replace rows' claims; `claims` by row number."""
    if claims:
        sets = ", ".join(f"{name} = :{name}" for name in (*Claim._fields, "holds"))
        await connection.execute(
            text(f"UPDATE engagement SET {sets} WHERE id = :row"),
            [{"row": row, **claim._asdict(), "holds": not claim.retracted} for row, claim in claims.items()],
        )


async def sightings_of(connection: AsyncConnection, rows: Iterable[int]) -> dict[int, dict[int, Claim]]:
    """Return each source's own claim, by row number and source, for rows that several sources have seen."""
    found: dict[int, dict[int, Claim]] = defaultdict(dict)
    for row in await matching(
        connection,
        f"SELECT e.engagement, {CLAIM} FROM {{given}} JOIN sighting e ON e.engagement = given.id",
        {"id": "bigint"},
        ((row,) for row in rows),
    ):
        claim = claim_of(row[1:])
        found[row[0]][claim.source] = claim
    return found


async def _keep_sightings(connection: AsyncConnection, kept: list[tuple[int, Claim]]) -> None:
    if kept:
        await connection.execute(
            text("DELETE FROM sighting WHERE engagement = :row AND source = :source"),
            [{"row": row, "source": claim.source} for row, claim in kept],
        )
        await insert_new(connection, sighting, ("engagement", *Claim._fields), [(row, *claim) for row, claim in kept])

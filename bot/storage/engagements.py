"""The engagement table: every object once, holding the winning claim of all who have seen it.

`store` takes one group of claims inside the caller's transaction. A group of nothing but new objects costs one bulk
insert; what was there before is joined claim by claim, and where several sources have seen an object each one's own
claim is kept beside it, so that an import can be undone exactly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import arrays, each, insert_new, is_sqlite, matching, postgres_insert, rows_of
from bot.storage.schema import engagement as table
from bot.storage.schema import sighting
from scoring.claims import Claim, join, same_content
from scoring.signals import Kind

_DAY, _ACCOUNT, _KIND = (itemgetter(Claim._fields.index(name)) for name in ("day", "account", "kind"))

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

    new: AbstractSet[Key] = field(default_factory=set)
    known: set[Key] = field(default_factory=set)
    changed: set[Key] = field(default_factory=set)
    retracted: set[Key] = field(default_factory=set)
    again: AbstractSet[Key] = field(default_factory=set)
    touched: set[tuple[int, int]] = field(default_factory=set)
    renewed: dict[Key, tuple[Claim, Claim]] = field(default_factory=dict)

    def touch(self, claim: Claim) -> None:
        """Note whose day a claim concerns: the author's, and for thanks the receiver's."""
        self.touch_all((claim,))

    def touch_all(self, claims: Collection[Claim]) -> None:
        """Note whose days claims concern."""
        touched = set(zip(map(_DAY, claims), map(_ACCOUNT, claims), strict=True))
        if Kind.THANKS in map(_KIND, claims):
            touched |= {(claim.day, claim.target) for claim in claims if claim.kind == Kind.THANKS}
        self.touched |= {(day, account) for day, account in touched if account is not None}


async def store(connection: AsyncConnection, community: int, claims: Mapping[Key, Claim]) -> Outcome:
    """Store a group of claims, one per key; see the module's docstring."""
    outcome = Outcome()
    there, fresh = await _probe(connection, community, claims, outcome)
    outcome.new = await _insert(connection, community, fresh)
    if len(outcome.new) < len(fresh):  # some were there, or another process was faster
        there |= await existing(connection, community, (key for key in fresh if key not in outcome.new))
    await _merge(connection, {key: (one, claims[key]) for key, one in there.items()}, outcome)
    new = fresh if len(outcome.new) == len(fresh) else {key: claims[key] for key in outcome.new}
    outcome.touch_all(new.values())
    return outcome


async def _probe(
    connection: AsyncConnection, community: int, claims: Mapping[Key, Claim], outcome: Outcome
) -> tuple[dict[Key, Stored], Mapping[Key, Claim]]:
    """Return what is there already of a group, and the claims that (as it seems) are new.

    Large groups are nearly always all new or all known, so a look at both ends tells which; where both ends are new,
    the insert itself finds out about the middle. Claims that stand in the table word for word change nothing; they go
    straight to the outcome.
    """
    keys = list(claims)
    if len(keys) > _SMALL:
        ends = await existing(connection, community, {keys[0], keys[-1]})
        if not ends:
            return {}, claims
        if await _stands(connection, claims, ends):
            outcome.again = claims.keys()
            return {}, {}
        outcome.again = await _unchanged(connection, community, claims)
        keys = [key for key in keys if key not in outcome.again]
    there = await existing(connection, community, keys) if keys else {}
    return there, {key: claims[key] for key in keys if key not in there}


_SMALL = 100


async def _stands(connection: AsyncConnection, claims: Mapping[Key, Claim], ends: Mapping[Key, Stored]) -> bool:
    """Whether a group stands in the table as it is given, in the same order: a file that is imported again."""
    numbers = sorted(one.id for one in ends.values())
    if len(ends) < 2 or numbers[1] - numbers[0] != len(claims) - 1:
        return False
    query = f"SELECT {_PACKED} FROM engagement e WHERE e.id BETWEEN :first AND :last ORDER BY e.id"
    rows = await rows_of(connection, query, first=numbers[0], last=numbers[1])
    return rows == _packed(claims)


# Each value that is read costs as much as all arithmetic on it, so small ones travel together; the day is that of `at`.
_PACKED = (
    "e.key, e.at, e.account, e.context, e.target, e.parent, e.version, e.captured, "
    "CAST(e.key_day AS bigint) * 16777216 + coalesce(e.parent_day, 0), "
    "((CAST(e.source AS bigint) * 2147483648 + e.amount) * 64 + e.kind) * 4 "
    "+ CAST(e.estimated AS int) * 2 + CAST(e.retracted AS int)"
)


def _packed(claims: Mapping[Key, Claim]) -> list[tuple[object, ...]]:
    """Return what `_PACKED` selects of rows that hold these claims."""
    return [
        (key, at, account, context, target, parent, version, captured, key_day * 16777216 + (parent_day or 0),
         ((source * 2147483648 + amount) * 64 + kind) * 4 + estimated * 2 + retracted)
        for (key_day, key), (
            _, at, account, kind, context, target, parent_day, parent, amount, estimated, retracted, version, captured,
            source,
        ) in claims.items()
    ]  # fmt: skip


async def _unchanged(connection: AsyncConnection, community: int, claims: Mapping[Key, Claim]) -> set[Key]:
    """Return the keys whose claims stand in the table as they are given."""
    keys = sorted(claims, key=itemgetter(0))
    query = f"SELECT {{columns}} FROM {{given}} JOIN engagement e ON {ON_KEYS}"
    columns = f"e.key_day, e.key, {CLAIM}"
    rows = await matching(connection, query.replace("{columns}", columns), KEYS, keys, community=community)
    return {key for row in rows if tuple(row[2:]) == claims[key := (row[0], row[1])]}


async def _insert(connection: AsyncConnection, community: int, claims: Mapping[Key, Claim]) -> AbstractSet[Key]:
    """Insert claims as new rows; returns the keys that were new."""
    if not claims:
        return set()
    # The drivers take plain numbers fastest: a kind or a truth value would be looked up by its class each time.
    rows = [
        (community, key_day, key, day, at, account, +kind, context, target, parent_day, parent, amount,
         +estimated, +retracted, version, captured, source, 1 - retracted)
        for (key_day, key), (
            day, at, account, kind, context, target, parent_day, parent, amount, estimated, retracted, version,
            captured, source,
        ) in claims.items()
    ]  # fmt: skip
    if not is_sqlite(connection):
        sql = f"{postgres_insert(table, COLUMNS)} RETURNING key_day, key"
        won = await connection.execute(text(sql), arrays(table, COLUMNS, rows))
        return {(row[0], row[1]) for row in won}
    inserted = await insert_new(connection, table, COLUMNS, rows)
    if inserted == len(rows):
        return claims.keys()
    last = "SELECT key_day, key FROM engagement ORDER BY id DESC LIMIT :inserted"  # nobody else writes meanwhile
    return {(row[0], row[1]) for row in await rows_of(connection, last, inserted=inserted)}


async def existing(connection: AsyncConnection, community: int, keys: Iterable[Key]) -> dict[Key, Stored]:
    """Return the rows with these keys (on PostgreSQL locked until the transaction ends)."""
    lock = "" if is_sqlite(connection) else " FOR UPDATE OF e"
    rows = await matching(
        connection,
        f"SELECT e.key_day, e.key, e.id, e.holds, {CLAIM} FROM {{given}} JOIN engagement e ON {ON_KEYS}{lock}",
        KEYS,
        keys,
        community=community,
    )
    return {(row[0], row[1]): Stored(row[2], bool(row[3]), claim_of(row[4:])) for row in rows}


def claim_of(values: Sequence[Any]) -> Claim:
    """Make a claim of a row's values (SQLite gives truth values as numbers)."""
    estimated, retracted = values[_TRUTHS]
    return Claim._make((*values[: _TRUTHS.start], bool(estimated), bool(retracted), *values[_TRUTHS.stop :]))


_TRUTHS = slice(Claim._fields.index("estimated"), Claim._fields.index("retracted") + 1)


async def _merge(connection: AsyncConnection, pairs: Mapping[Key, tuple[Stored, Claim]], outcome: Outcome) -> None:
    """Join claims about objects that are there already."""
    if not pairs:
        return
    joined = {key: join(stored.claim, claim) for key, (stored, claim) in pairs.items()}
    several = [stored.id for stored, claim in pairs.values() if claim != stored.claim]
    words = await sightings_of(connection, several)
    kept: list[tuple[int, Claim]] = []
    again = set(outcome.again)
    for key, (stored, claim) in pairs.items():
        said = words.get(stored.id) or {stored.claim.source: stored.claim}
        (again if claim.source in said else outcome.known).add(key)
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
    outcome.again = again
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
    sets = ", ".join(f"{name} = :{name}" for name in (*Claim._fields, "holds"))
    await each(
        connection,
        f"UPDATE engagement SET {sets} WHERE id = :row",
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
    gone = [{"row": row, "source": claim.source} for row, claim in kept]
    await each(connection, "DELETE FROM sighting WHERE engagement = :row AND source = :source", gone)
    await insert_new(connection, sighting, ("engagement", *Claim._fields), [(row, *claim) for row, claim in kept])

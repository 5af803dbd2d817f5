"""How a community stands now, as settled: what is stored, and who is where."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tallies import crossed
from bot.storage.what_counts import counts
from scoring.signals import Kind

_ACTS = (
    "FROM engagement e JOIN context c ON c.id = e.context JOIN account a ON a.id = e.account "
    f"WHERE e.community = :community AND e.holds AND {counts()}"
)
_KINDS = f"SELECT e.kind, count(*) {_ACTS} GROUP BY e.kind"
_WRITERS = f"SELECT count(DISTINCT e.account) {_ACTS} AND e.kind IN ({Kind.MESSAGE:d}, {Kind.REPLY:d})"
_BANDS = (
    "SELECT b.band, count(*) FROM band_change b WHERE b.community = :community AND b.rules = :rules AND b.day = "
    "(SELECT max(o.day) FROM band_change o WHERE o.community = b.community AND o.rules = b.rules "
    "AND o.member = b.member) GROUP BY b.band"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds of each kind, how many people have written, how many members are in each band, and how many have
    reached each step. Bands and steps are numbered from 0, in the order of the rules.
    """

    kinds: dict[Kind, int]
    writers: int
    bands: dict[int, int]
    steps: dict[int, int]


async def of(connection: AsyncConnection, community: int, rules: int) -> Standing:
    """Return how a community stands under some rules."""
    about = {"community": community, "rules": rules}
    kinds = {Kind(row[0]): row[1] for row in await connection.execute(text(_KINDS), about)}
    writers = int((await connection.execute(text(_WRITERS), about)).scalar_one())
    bands = {row[0] - 1: row[1] for row in await connection.execute(text(_BANDS), about) if row[0]}
    return Standing(kinds, writers, bands, await crossed(connection, community, rules))

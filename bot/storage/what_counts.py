"""Who and what counts: the one place that says which of the acts that are stored are scored.

What the team leaves out stays stored and is passed over whenever acts are read, for a few member-days or all of them.
So leaving something out deletes nothing, and taking that back is exact.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import rows_of

BY_ROLE = 1 << 29
"""Who holds a role that space n leaves out stands in `left_out` under this and n; they count in other spaces."""
BY_TEAM = 1 << 30
"""The space of those whom the team of space n leaves out is this and n."""

EVERYWHERE = f"(l.space > 0 AND (l.space < {BY_ROLE} OR l.space > {BY_TEAM}))"
"""Whether a row `l` of `left_out` says that somebody counts nowhere, by word of the team."""
PEOPLE = (
    "NOT a.bot AND NOT EXISTS (SELECT 1 FROM left_out l WHERE l.community = a.community AND l.handle = a.handle "
    f"AND {EVERYWHERE})"
)
"""Whether an account `a` counts at all: machines and whom the team leaves out do not."""
PLACES = "e.context NOT IN (SELECT x.id FROM context x WHERE x.community = e.community AND x.left_out)"
"""Whether an act `e` was done where it counts."""


def counts(who: str = "a") -> str:
    """Return whether what an account `who` did in a context `c` counts, as a condition in SQL."""
    return (
        f"NOT {who}.bot AND NOT c.left_out AND NOT EXISTS (SELECT 1 FROM left_out l "
        f"WHERE l.community = {who}.community AND l.handle = {who}.handle "
        f"AND ({EVERYWHERE} OR l.space = {BY_ROLE} + c.space))"
    )


def leaves_out(where: int, space: int) -> bool:
    """Whether a row of `left_out` (its `space`) keeps somebody out of a space (its number, 0 for none)."""
    if where < 0:
        return where == -space
    return not BY_ROLE < where < BY_TEAM or where == BY_ROLE + space


@dataclass(frozen=True, slots=True)
class Passed:
    """What is passed over in a community when all of its acts are read, as conditions in SQL.

    `spaces` are those with roles whose people do not count there, `places` says whether there are places.
    """

    community: int
    spaces: tuple[int, ...] = ()
    places: bool = False

    @property
    def acts(self) -> str:
        """Return what to ask of acts `e` besides, nothing where all count."""
        places = f" AND {PLACES}" if self.places else ""
        return places + "".join(f" AND NOT ({one})" for one in self._held("e.account"))

    def person(self, who: str) -> str:
        """Return the account `who` that an act `e` is about, 0 for who does not count where it was done."""
        held = " OR ".join(f"({one})" for one in self._held(who))
        return f"CASE WHEN {held} THEN 0 ELSE {who} END" if held else who

    @property
    def people(self) -> str:
        """Return the condition on rows of `account`."""
        out = f"SELECT l.handle FROM left_out l WHERE l.community = {self.community:d} AND {EVERYWHERE}"
        return f"NOT bot AND handle NOT IN ({out})"

    def _held(self, who: str) -> Iterable[str]:
        for space in self.spaces:
            yield (
                f"e.context IN (SELECT x.id FROM context x WHERE x.space = {space:d}) AND {who} IN "
                "(SELECT a.id FROM left_out l JOIN account a ON a.community = l.community AND a.handle = l.handle "
                f"WHERE l.community = {self.community:d} AND l.space = {BY_ROLE + space:d})"
            )


async def passed(connection: AsyncConnection, community: int) -> Passed:
    """Return what is passed over in a community."""
    rows = await rows_of(
        connection,
        "SELECT DISTINCT l.space FROM left_out l WHERE l.community = :of AND l.space > :role AND l.space < :team "
        "UNION SELECT 0 FROM context c WHERE c.community = :of AND c.left_out ORDER BY 1",
        of=community,
        role=BY_ROLE,
        team=BY_TEAM,
    )
    spaces = tuple(row[0] - BY_ROLE for row in rows if row[0])
    return Passed(community, spaces, len(rows) > len(spaces))

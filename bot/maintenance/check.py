"""Whether a database holds what Cairn promises of it: the oracle behind `cairn db check`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import CairnError
from bot.maintenance.scores import compare
from bot.settle import Settler
from bot.storage import audit, checking, communities, copying, marks, migrate
from bot.storage.checking import Looked
from bot.storage.communities import Community
from bot.storage.engine import Database

SHOWN = 20
"""Problems of one check that are told one by one."""
_LOOKS = 3
LOGS_END = "where the audit logs end"


@dataclass(frozen=True, slots=True)
class Checked:
    """One check: what it asks, of which community (None: of the whole database), and what was found."""

    name: str
    community: str | None
    looked_at: int
    problems: tuple[str, ...] = ()
    more: int = 0
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All checks of a database."""

    database: str
    schema_version: str | None
    checks: tuple[Checked, ...]

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return all(one.ok for one in self.checks)


async def check(database: Database, *, settle: bool = True, ends: Sequence[str] = ()) -> CheckReport:
    """Check a database. Scores that wait are settled first, unless told not to; then those are left out.

    `ends` is where audit logs once ended: they go on from there, or their end was cut off.
    """
    checks = [await _asked("the database's own integrity", None, lambda: _in_snapshot(database, checking.integrity))]
    if checks[0].ok:
        checks.append(await _asked("the schema", None, lambda: _in_snapshot(database, checking.drift)))
        checks.append(await _asked("pointers", None, lambda: _in_snapshot(database, checking.pointers)))
        async with database.read() as connection:
            everyone = await communities.everyone(connection)
            now = await audit.heads(connection)
        checks.append(await _asked(LOGS_END, None, lambda: _ends(database, ends), f"now {', '.join(now) or 'empty'}"))
        for community in everyone:
            checks += await _engagements(database, community)
            if checks[2].ok:  # scores cannot be worked out from engagements of nobody
                checks.append(await _scores(database, community, settle))
    return CheckReport(database.shown, await _version(database), tuple(checks))


async def _engagements(database: Database, community: Community) -> list[Checked]:
    def about(look: Callable[[AsyncConnection, int], Awaitable[Looked]]) -> Callable[[], Awaitable[Looked]]:
        return lambda: _in_snapshot(database, lambda connection: look(connection, community.id))

    name = community.name
    return [
        await _asked("one engagement per object", name, about(checking.doubles)),
        await _asked("what several sources say", name, about(checking.sightings)),
        await _asked("what counts", name, about(checking.holding)),
        await _asked("the audit log", name, about(_audit)),
    ]


async def _audit(connection: AsyncConnection, community: int) -> Looked:
    return Looked(*await audit.verify(connection, community))


async def _ends(database: Database, ends: Sequence[str]) -> Looked:
    async with database.read() as connection:
        return Looked(len(ends), await audit.lost(connection, ends))


async def _asked(name: str, community: str | None, look: Callable[[], Awaitable[Looked]], note: str = "") -> Checked:
    """Look, and tell what is wrong; a database that fails while one looks is wrong, too."""
    try:
        at, problems = await look()
    except CairnError as error:
        at, problems = 0, [str(error)]
    except DBAPIError as error:
        at, problems = 0, [f"cannot be looked at: {str(error.orig).splitlines()[0]}"]
    return Checked(name, community, at, tuple(problems[:SHOWN]), max(len(problems) - SHOWN, 0), note)


async def _in_snapshot(database: Database, look: Callable[[AsyncConnection], Awaitable[Looked]]) -> Looked:
    async with copying.snapshot(database) as connection:
        return await look(connection)


async def _version(database: Database) -> str | None:
    try:
        return await migrate.version(database)
    except CairnError:
        return None


async def _scores(database: Database, community: Community, settle: bool) -> Checked:
    waiting = await _waiting(database, community)
    note = ""
    if waiting:
        note = f"{waiting} marks waited and were settled" if settle else f"{waiting} marks wait; those are left out"
    return await _asked("scores", community.name, lambda: _compared(database, community.id, settle), note)


async def _compared(database: Database, community: int, settle: bool) -> Looked:
    """Compare scores with a recompute; while others write, only what differs at every look is wrong."""
    settler = Settler(database, community)
    at, wrong = 0, dict[object, str]()
    for n in range(_LOOKS):
        if settle:
            await settler.settle()
        found = await compare(database, community)
        at = found.at
        wrong = {place: said for place, said in found.wrong.items() if n == 0 or place in wrong}
        if not wrong:
            break
    return Looked(at, list(wrong.values()))


async def _waiting(database: Database, community: Community) -> int:
    async with database.read() as connection:
        return await marks.waiting(connection, community.id)

"""Work that is done at its time: what is due, who does it, and how it ended.

A lane is one sort of work of one community. Who takes it gets a lease, and a number (the fence) that is higher than all
before it. Whoever was slow, paused or cut off may still believe that the lane is theirs; what they write is refused,
because each of their transactions first looks whether their number is still the lane's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.bulk import insert_new, matching, rows_of
from bot.storage.schema import lane as lanes
from bot.storage.schema import task as tasks

WAITING, DONE, SKIPPED = "waiting", "done", "skipped"
WHOLE = 0
"""The community of what concerns the whole database."""


class Lane(NamedTuple):
    """One sort of work of one community."""

    community: int
    name: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A lane that was taken. What was due before `since` (ms) is nobody's."""

    lane: Lane
    fence: int
    since: int


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work; times are in ms. `again`: not to be tried before; `said`: how it ended or failed last."""

    lane: Lane
    key: str
    due: int
    again: int
    state: str = WAITING
    tries: int = 0
    about: Mapping[str, Any] | None = None
    ended_at: int | None = None
    said: str = ""


_TASK = "community, lane, key, due, again, state, tries, about, ended_at, said"


def _task(row: Any) -> Task:  # noqa: ANN401 - a row of whichever driver
    return Task(Lane(row[0], row[1]), row[2], row[3], row[4], row[5], row[6], json.loads(row[7]), row[8], row[9])


async def claim(connection: AsyncConnection, lane: Lane, since: int, now: int, lease: int) -> Claim | None:
    """Take a lane for so long (ms); None where another one holds it. A new lane begins at `since`.

    A lease that ends later than any could was taken before the clock was set back: it does not count.
    """
    await insert_new(connection, lanes, ("community", "name", "since", "fence", "lease"), [(*lane, since, 0, 0)])
    rows = await rows_of(
        connection,
        "UPDATE lane SET fence = fence + 1, lease = :until, since = CASE WHEN since > :now THEN :now ELSE since END "
        "WHERE community = :community AND name = :name AND (lease <= :now OR lease > :until) RETURNING fence, since",
        community=lane.community,
        name=lane.name,
        now=now,
        until=now + lease,
    )
    return Claim(lane, int(rows[0][0]), int(rows[0][1])) if rows else None


async def hold(connection: AsyncConnection, claim: Claim, until: int) -> bool:
    """Hold a lane until a moment (ms); returns whether it is still ours, which then stays so until the commit."""
    return await _lease(connection, claim, until)


async def release(connection: AsyncConnection, claim: Claim) -> None:
    """Let others take a lane, where it is still ours."""
    await _lease(connection, claim, 0)


async def _lease(connection: AsyncConnection, claim: Claim, until: int) -> bool:
    rows = await rows_of(
        connection,
        "UPDATE lane SET lease = :until WHERE community = :community AND name = :name AND fence = :fence RETURNING 1",
        community=claim.lane.community,
        name=claim.lane.name,
        fence=claim.fence,
        until=until,
    )
    return bool(rows)


async def add(connection: AsyncConnection, lane: Lane, key: str, due: int, about: Mapping[str, Any]) -> bool:
    """Put work down that is due (ms); returns False where it was there already, and then does nothing."""
    columns = ("community", "lane", "key", "due", "again", "state", "tries", "about", "said")
    row = (*lane, key, due, due, WAITING, 0, json.dumps(about, sort_keys=True), "")
    return bool(await insert_new(connection, tasks, columns, [row]))


async def skip(connection: AsyncConnection, lane: Lane, but: str, now: int, said: str) -> int:
    """Give up what waits in a lane and is due before another piece of work; returns how much."""
    rows = await rows_of(
        connection,
        "UPDATE task SET state = 'skipped', ended_at = :now, said = CASE WHEN said = '' THEN :said ELSE said END "
        "WHERE community = :community AND lane = :lane AND state = 'waiting' AND key <> :but AND due <= "
        "(SELECT o.due FROM task o WHERE o.community = :community AND o.lane = :lane AND o.key = :but) RETURNING 1",
        community=lane.community,
        lane=lane.name,
        but=but,
        now=now,
        said=said,
    )
    return len(rows)


async def next_due(connection: AsyncConnection, lane: Lane, now: int, soon: int) -> Task | None:
    """Return what is to be done next in a lane. What waits for longer than `soon` (ms) waits by a clock set back."""
    rows = await rows_of(
        connection,
        f"SELECT {_TASK} FROM task WHERE community = :community AND lane = :lane AND state = 'waiting' "
        "AND (again <= :now OR again > :latest) ORDER BY due, key LIMIT 1",
        community=lane.community,
        lane=lane.name,
        now=now,
        latest=now + soon,
    )
    return _task(rows[0]) if rows else None


async def begin(connection: AsyncConnection, task: Task, again: int) -> None:
    """Put down that work is begun, and when it is to be tried again if nothing more is heard of it (ms)."""
    await _change(connection, task, "tries = tries + 1, again = :again", again=again)


async def failed(connection: AsyncConnection, task: Task, again: int, said: str) -> None:
    """Put down why work failed, and when it is to be tried again (ms)."""
    await _change(connection, task, "again = :again, said = :said", again=again, said=said)


async def put_back(connection: AsyncConnection, task: Task, now: int) -> None:
    """Let work that was broken off wait as if it had not been begun."""
    await _change(connection, task, "again = :now, tries = tries - 1", now=now)


async def end(connection: AsyncConnection, task: Task, now: int, said: str) -> None:
    """Put down that work is done."""
    await _change(connection, task, "state = 'done', ended_at = :now, said = :said", now=now, said=said)


async def leave_out(connection: AsyncConnection, task: Task, now: int, said: str) -> None:
    """Put down that work is not done, and why."""
    await _change(connection, task, "state = 'skipped', ended_at = :now, said = :said", now=now, said=said)


async def _change(connection: AsyncConnection, task: Task, sets: str, **values: object) -> None:
    where = "WHERE community = :community AND lane = :lane AND key = :key AND state = 'waiting' RETURNING 1"
    who = {"community": task.lane.community, "lane": task.lane.name, "key": task.key}
    await rows_of(connection, f"UPDATE task SET {sets} {where}", **who, **values)


async def waiting(connection: AsyncConnection, now: int, soon: int) -> list[Lane]:
    """Return the lanes in which something waits and may be tried now."""
    rows = await rows_of(
        connection,
        "SELECT DISTINCT community, lane FROM task WHERE state = 'waiting' AND (again <= :now OR again > :latest) "
        "ORDER BY community, lane",
        now=now,
        latest=now + soon,
    )
    return [Lane(*row) for row in rows]


async def open_ones(connection: AsyncConnection) -> list[Task]:
    """Return everything that waits, the oldest first."""
    return [
        _task(row)
        for row in await rows_of(connection, f"SELECT {_TASK} FROM task WHERE state = 'waiting' ORDER BY due, key")
    ]


async def there(connection: AsyncConnection, wanted: Iterable[tuple[Lane, str]]) -> set[tuple[Lane, str]]:
    """Return which of the pieces of work (lane and key) have been put down, whatever became of them."""
    rows = await matching(
        connection,
        "SELECT t.community, t.lane, t.key FROM {given} JOIN task t "
        "ON t.community = given.community AND t.lane = given.lane AND t.key = given.key",
        {"community": "int", "lane": "text", "key": "text"},
        [(*lane, key) for lane, key in wanted],
    )
    return {(Lane(row[0], row[1]), row[2]) for row in rows}


@dataclass(frozen=True, slots=True)
class Held:
    """A lane as it stands: what was due before `since` is nobody's; `lease` is until when it is held. Both in ms."""

    since: int
    lease: int


async def lanes_there(connection: AsyncConnection) -> dict[Lane, Held]:
    """Return all lanes that there have been."""
    rows = await rows_of(connection, "SELECT community, name, since, lease FROM lane")
    return {Lane(row[0], row[1]): Held(row[2], row[3]) for row in rows}


async def last(connection: AsyncConnection) -> dict[Lane, Task]:
    """Return what was put down last in each lane."""
    newest = "SELECT max(o.due) FROM task o WHERE o.community = l.community AND o.lane = l.name"
    return await _each(connection, f"t.due = ({newest})")


async def last_done(connection: AsyncConnection) -> dict[Lane, Task]:
    """Return what was done last in each lane: of what is done, the one that was due last."""
    newest = "SELECT max(o.due) FROM task o WHERE o.community = l.community AND o.lane = l.name AND o.state = 'done'"
    return await _each(connection, f"t.due = ({newest}) AND t.state = 'done'")


async def _each(connection: AsyncConnection, which: str) -> dict[Lane, Task]:
    columns = ", ".join(f"t.{one}" for one in _TASK.split(", "))
    rows = await rows_of(
        connection,
        f"SELECT {columns} FROM lane l JOIN task t ON t.community = l.community AND t.lane = l.name WHERE {which} "
        "ORDER BY t.community, t.lane, t.key",
    )
    return {one.lane: one for one in map(_task, rows)}


async def get(connection: AsyncConnection, lane: Lane, key: str) -> Task | None:
    """Return a piece of work, None where there is none."""
    rows = await rows_of(
        connection,
        f"SELECT {_TASK} FROM task WHERE community = :community AND lane = :lane AND key = :key",
        community=lane.community,
        lane=lane.name,
        key=key,
    )
    return _task(rows[0]) if rows else None


async def sweep(connection: AsyncConnection, community: int, before: int, limit: int = 1_000) -> bool:
    """Delete what ended before a moment (ms), but for the last of each lane; returns whether more is left."""
    rows = await rows_of(
        connection,
        "DELETE FROM task WHERE (community, lane, key) IN (SELECT t.community, t.lane, t.key FROM task t "
        "WHERE t.community = :community AND t.state <> 'waiting' AND t.ended_at < :before AND t.due < :before "
        "AND EXISTS (SELECT 1 FROM task o WHERE o.community = t.community AND o.lane = t.lane AND o.due > t.due "
        "AND (o.state = 'done' OR t.state <> 'done')) LIMIT :limit) RETURNING 1",
        community=community,
        before=before,
        limit=limit,
    )
    return len(rows) == limit

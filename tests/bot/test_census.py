"""What stands in the store and on the disk is told as figures: erasures, gaps, backups."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from sqlalchemy import insert, update

from bot.operating.census import Census
from bot.operating.metrics import Metrics
from bot.storage import notes
from bot.storage.engine import Database
from bot.storage.schema import erasure, space
from tests.faults.store import founded

NOW = 1_700_000_000.0


def told(metrics: Metrics) -> dict[str, float]:
    """Return the figures that have a value."""
    lines = [one for one in metrics.text().decode().splitlines() if not one.startswith("#")]
    return {name: float(value) for name, value in (one.rsplit(" ", 1) for one in lines)}


async def test_figures_follow_what_is_put_down_and_what_is_done(database_url: str, tmp_path: Path) -> None:
    database, metrics = Database(database_url), Metrics()
    census = Census(database, tmp_path / "backups", metrics, lambda: NOW)
    before = told(metrics)
    origin = await founded(database, space=True)
    here = origin.community, origin.space or 0
    await census.once()
    nothing = told(metrics)
    async with database.write() as connection:
        asked = [int((NOW - seconds) * 1000) for seconds in (60, 7_200, 90_000)]
        rows = [{"community": here[0], "reason": "own wish", "asked_at": at, "done_at": None} for at in asked]
        await connection.execute(insert(erasure), [*rows[:2], rows[2] | {"done_at": 1}])
        gaps = [await notes.missed(connection, here, n, n + 1) for n in range(3)]
        await notes.made_good(connection, gaps[:1])
    (tmp_path / "backups").mkdir()
    for day, age in ((1, 90_000.0), (2, 3_600.0)):
        file = tmp_path / "backups" / f"cairn-2023-11-0{day}T023000Z.backup"
        file.write_bytes(b"")
        os.utime(file, (NOW - age, NOW - age))

    await census.once()
    after = told(metrics)

    assert "cairn_erasures_pending" not in before
    assert (nothing["cairn_erasures_pending"], nothing["cairn_erasure_oldest_seconds"]) == (0, 0)
    assert nothing["cairn_gaps_open"] == 0
    assert "cairn_backup_age_seconds" not in nothing
    assert (after["cairn_erasures_pending"], after["cairn_erasure_oldest_seconds"]) == (2, 7_200)
    assert after["cairn_gaps_open"] == 2
    assert after["cairn_backup_age_seconds"] == 3_600
    async with database.write() as connection:
        await connection.execute(update(space).values(settings=None))
    await census.once()
    assert told(metrics)["cairn_gaps_open"] == 0, "nothing can be made good where nobody listens"
    await database.close()


async def test_census_stops_when_it_is_told_to(sqlite_url: str) -> None:
    database, stop = Database(sqlite_url), asyncio.Event()
    await founded(database)
    metrics = Metrics()
    running = asyncio.create_task(Census(database, None, metrics).run(stop))
    while "cairn_gaps_open" not in told(metrics):  # noqa: ASYNC110 - nothing tells of it but the figure
        await asyncio.sleep(0.01)
    stop.set()
    await asyncio.wait_for(running, 30)
    assert "cairn_backup_age_seconds" not in told(metrics)
    await database.close()

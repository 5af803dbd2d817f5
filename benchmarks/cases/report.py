"""The whole report of a large community, read from the store: five seconds are the most anybody should wait."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from benchmarks.made_history import Crowd, history
from benchmarks.measuring import Figure, Size, Stopwatch, same
from benchmarks.stores import Store, shelf
from bot.intake import Intake
from bot.reports import documents
from bot.reports.contents import Report
from bot.standing import histories
from bot.storage import communities
from scoring.measures.findings import findings
from scoring.measures.history import Period


def run(size: Size) -> Iterator[Figure]:
    """Put together the report on 1 M engagements, with its ties."""
    crowd = Crowd(size.of(6_900, 350), 90)
    with shelf() as databases:
        path = databases.path()
        signals = history(crowd)

        async def whole() -> tuple[int, float, int]:
            async with databases.open(path) as opened:
                async with Intake(opened.database, opened.keys) as intake:
                    stored = (await intake.record(opened.origin, signals)).new
                return stored, *(await _report(opened))

        stored, seconds, told = asyncio.run(whole())
        same("engagements", told, stored)
        yield Figure("report", 5, seconds, unit="s", note=f"{told:,} engagements of {crowd.members:,} members")


async def _report(opened: Store) -> tuple[float, int]:
    watch = Stopwatch()
    with watch.running():
        async with opened.database.read() as connection:
            community = (await communities.everyone(connection))[0]
            first = await communities.first_day(connection, community.id) or 0
        last = await histories.last_day(opened.database, community) or 0
        whole = await histories.history(opened.database, community, opened.mountain, last)
        period = Period(first, last)
        made = Report(community.name, period, last, opened.mountain, findings(whole, period))
        told = documents.report(made)["engagements"]
    return watch.seconds, told

"""The day begins: the window of all scores ends today, and on the first of a month bands are reviewed.

The review is no job of its own: bands are worked out from the days up to the window's end, so that moving the end
over a review without marking who is in a band would leave scores that are not what a recompute gives.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clockwork.duties import Job, Work, Write
from bot.clockwork.periods import Cron
from bot.settle import Settler
from scoring.signals import day_of


async def plan(work: Work) -> Sequence[Write]:
    """Mark whose points leave the window, and, where a review is due, everybody in a band. Settling does the rest."""
    settler = Settler(work.database, work.community)
    await settler.read_rules()

    async def roll(connection: AsyncConnection) -> bool:
        await settler.roll_within(connection, day_of(work.now))
        return False

    return [roll]


JOB = Job("roll", "moves the window of scores to today; bands are reviewed monthly", Cron("0 0 * * *"), plan,
          utc=True, from_start=True, late_hours=2.0)  # fmt: skip

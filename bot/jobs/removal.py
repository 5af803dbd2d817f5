"""Deletes what is known of spaces from which Cairn was removed, when their time of grace is over."""

from __future__ import annotations

from collections.abc import Sequence

from bot.clockwork.duties import Job, Work, Write
from bot.clockwork.periods import Cron
from bot.rights.removal import Removal
from bot.storage import leaving


async def plan(work: Work) -> Sequence[Write]:
    """Leave it to be done where Cairn was removed from any space."""
    async with work.database.read() as connection:
        gone = await leaving.gone(connection, work.community)
    return [work.later("purge", work.key, instead=True)] if gone else []


async def purge(work: Work) -> str:
    """Purge the spaces whose time is over; broken off, it goes on at the next try."""
    return f"{await Removal(work.database).run(work.community, work.now)} spaces are purged"


JOB = Job("removal", "purges spaces from which Cairn was removed", Cron("50 3 * * *"), plan, parts={"purge": purge},
          from_start=True)  # fmt: skip

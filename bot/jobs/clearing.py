"""Clears large files of what deleted rows left in them: at night, because nobody can write to such a file meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from bot.clockwork.duties import Job, Work, Write
from bot.clockwork.periods import Cron
from bot.rights.forgetting import Forgetting
from bot.storage import erasing


async def plan(work: Work) -> Sequence[Write]:
    """Leave the files to be cleared where an erasure waits for that."""
    async with work.database.read() as connection:
        left = await erasing.open_ones(connection)
    return [work.later("files", work.key, instead=True)] if left else []


async def files(work: Work) -> str:
    """Finish the erasures with the files."""
    left = await Forgetting(work.database, work.means.keys, lambda: work.now).finish(large=True)
    return f"{left} could not be finished" if left else "nothing is left"


JOB = Job("clearing", "clears large files of what was erased", Cron("10 4 * * *"), plan, whole=True,
          parts={"files": files})  # fmt: skip

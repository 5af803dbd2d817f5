"""Goes on with erasures that a crash or a restart has broken off.

Whoever asks to be forgotten is forgotten at once, where they ask; this is for what was left behind.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.clockwork.duties import Job, Work, Write
from bot.clockwork.periods import Cron
from bot.rights.forgetting import Forgetting
from bot.storage import erasing


async def plan(work: Work) -> Sequence[Write]:
    """Leave the erasures that are open to be finished."""
    async with work.database.read() as connection:
        left = await erasing.open_ones(connection)
    return [work.later("finish", work.key, instead=True)] if left else []


async def finish(work: Work) -> str:
    """Finish them, but for large files: those are rewritten at night (`bot/jobs/clearing.py`)."""
    left = await Forgetting(work.database, work.means.keys, lambda: work.now).finish()
    return f"{left} wait for the files to be cleared" if left else "nothing is left"


JOB = Job("erasures", "finishes erasures that were broken off", Cron("*/5 * * * *"), plan, utc=True, whole=True,
          from_start=True, parts={"finish": finish}, late_hours=1.0)  # fmt: skip

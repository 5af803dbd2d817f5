"""Lets go of what is over its time: acts, contact details, and messages that were sent."""

from __future__ import annotations

from collections.abc import Sequence

from bot.clockwork.duties import Job, Work, Write
from bot.clockwork.periods import Cron
from bot.rights.retention import Retention
from scoring.signals import day_of


async def plan(work: Work) -> Sequence[Write]:
    """Leave it to be done: it is many short transactions, and takes long the first time."""
    return [work.later("let-go", work.key, instead=True)]


async def let_go(work: Work) -> str:
    """Let go of everything that is over its time today; broken off, it goes on at the next try."""
    gone = await Retention(work.database, work.community).run(day_of(work.now))
    return f"let go of {gone.acts} acts, contact details of {gone.contacts} people and {gone.messages} sent messages"


JOB = Job("retention", "lets go of what is over its time", Cron("0 3 * * *"), plan, parts={"let-go": let_go},
          from_start=True, late_hours=24.0)  # fmt: skip

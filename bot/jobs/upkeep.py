"""Sweeps up what has had its time: settled messages, old work of the clock, scores of rules that are retired."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot.clockwork.duties import Job, Work, Write
from bot.clockwork.periods import Cron
from bot.storage import communities, installations, outgoing, tasks
from scoring.signals import DAY_MS

LETTER_DAYS = 400
"""So long a message's key is remembered: nothing is posted again that late."""
BESIDE_DAYS = 7
"""So long is kept that somebody was told something beside what they did: it also tells that they did something."""
TASK_DAYS = 40
"""So long the clock remembers what it did; longer than missed work is ever made up for."""


async def plan(work: Work) -> Sequence[Write]:
    """Sweep each kind a slice at a time."""
    of, letters, done = work.community, work.now - LETTER_DAYS * DAY_MS, work.now - TASK_DAYS * DAY_MS
    return [
        partial(outgoing.sweep, community=of, before=letters),
        partial(outgoing.sweep, community=of, before=work.now - BESIDE_DAYS * DAY_MS, beside=True),
        partial(tasks.sweep, community=of, before=done),
        partial(tasks.sweep, community=tasks.WHOLE, before=done),
        partial(communities.sweep_retired, of=of, limit=1_000),
        partial(installations.sweep, before=work.now),
    ]


JOB = Job("upkeep", "sweeps up settled messages, old work and scores of retired rules", Cron("40 3 * * *"), plan)

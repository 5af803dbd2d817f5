"""Imports whose days are over are taken back, as was said when they were made (`cairn import --keep`)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.clockwork.duties import Job, Work, Write
from bot.clockwork.periods import Cron
from bot.errors import InputError
from bot.history.undoing import undo
from bot.settle import Settler
from bot.storage import imports
from scoring.signals import DAY_MS, day_of


async def plan(work: Work) -> Sequence[Write]:
    """Leave each import to be taken back that is older than its days; one that began already goes on."""
    async with work.database.read() as connection:
        runs = await imports.runs(connection, work.community)
    over = [one for one in runs if one.state in ("done", "undoing") and _is_over(one, work.now)]
    return [work.later("undo", str(one.id), number=one.id) for one in over]


def _is_over(run: imports.Run, now: int) -> bool:
    return run.keep is not None and run.started_at + run.keep * DAY_MS <= now


async def take_back(work: Work) -> str:
    """Take an import back."""
    number = int(work.about["number"])
    try:
        await undo(work.database, number)
    except InputError:
        return "there was nothing left of it"
    # What it brought may have been the last that anybody did; scores still end today.
    await Settler(work.database, work.community).roll(day_of(work.now))
    return f"import {number} is taken back, because its days are over"


JOB = Job("imports", "takes imports back whose days are over", Cron("20 3 * * *"), plan, parts={"undo": take_back},
          from_start=True)  # fmt: skip

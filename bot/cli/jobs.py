"""What Cairn does at its time: show the jobs, or have one done now."""

from __future__ import annotations

import datetime as dt
import time
from typing import Annotated, Any

from cyclopts import App, Parameter
from rich.table import Table

from bot.cli import output
from bot.cli.options import Which, unknown
from bot.cli.session import Session, opened
from bot.clock import Clock
from bot.clockwork.agenda import Entry, agenda, troubles
from bot.clockwork.duties import Job, Jobs, Means, everything
from bot.clockwork.shifts import Bench
from bot.errors import InputError, MachineError
from bot.operating.logs import telling
from bot.operating.metrics import Metrics
from bot.operating.redaction import Redactor
from bot.storage import tasks
from bot.storage.tasks import WHOLE, Lane, Task

app = App(name="jobs", help="What Cairn does at its time: show the jobs, or have one done now.")


@app.command(name="list")
async def list_(
    which: Which = Which(),  # noqa: B008 - frozen values
) -> None:
    """Show each job: when it is due, when it was done last, and what is wrong with it."""
    async with opened() as session:
        community = await session.community(which.community) if which.community else None
        now = time.time_ns() // 1_000_000
        async with session.database.read() as connection:
            found = await agenda(connection, everything(), now)
    shown = [one for one in found if community is None or one.lane.community in (WHOLE, community.id)]
    if which.json:
        output.document({"at": _moment(now), "jobs": [_document(one) for one in shown]})
    else:
        output.show(_table(shown), *(f"{_name(one)} {troubles(one)}" for one in shown if troubles(one)))


@app.command
async def run(
    name: Annotated[str, Parameter(help="The job's name, as `cairn jobs list` shows it.")],
    /,
    which: Which = Which(),  # noqa: B008 - frozen values
) -> None:
    """Have a job done now, beside its periods, with what it leaves for later."""
    jobs = everything()
    if name not in jobs.by_name:
        raise unknown("NAME", "job", name, jobs.by_name)
    async with opened() as session:
        lane = Lane(await _where(session, jobs.by_name[name], which.community), name)
        with telling("warning", session.settings.log_format, Redactor(session.settings.secrets)):
            done = await _done(session, jobs, lane)
        parts = await _parts(session, jobs.by_name[name], lane)
    if which.json:
        output.document({"job": name, "parts": {one.lane.name: one.said for one in parts}} | _ended(done))
    else:
        output.show("\n".join([f"{name} is done.", *(f"{one.said}." for one in parts if one.said)]))


async def _done(session: Session, jobs: Jobs, lane: Lane) -> Task:
    """Have the job done here. Raises MachineError where it could not be."""
    means = Means(await session.keys(), session.settings)
    done = await Clock(Bench(session.database, means, time.time, Metrics()), jobs).by_hand(lane)
    if done.state == tasks.WAITING:
        reason = done.said or "another process is at it, and will do this one, too; cairn jobs list shows it"
        raise MachineError(f"{lane.name} is not done yet: {reason}")
    return done


async def _parts(session: Session, job: Job, lane: Lane) -> list[Task]:
    """Return what the job's parts did last. Raises MachineError where one failed."""
    async with session.database.read() as connection:
        last = await tasks.last(connection)
    found = [last[one] for one in (Lane(lane.community, f"{job.name}/{part}") for part in job.parts) if one in last]
    failed = [one for one in found if one.state == tasks.WAITING and one.tries]
    if failed:
        raise MachineError(f"{failed[0].lane.name} failed and is tried again while Cairn runs: {failed[0].said}")
    return found


async def _where(session: Session, job: Job, name: str | None) -> int:
    if job.whole:
        return WHOLE
    community = await session.community(name)
    if community is None:
        raise InputError("there is no community yet for which something could be done")
    return community.id


def _document(one: Entry) -> dict[str, Any]:
    last = one.last
    return {
        "job": one.job.name,
        "about": one.job.about,
        "community": one.community,
        "cron": one.job.cron.line,
        "zone": one.zone,
        "missed": one.job.missed.value,
        "next": _moment(one.next),
        "done": _moment(one.done.ended_at) if one.done else None,
        "running": one.held,
        "late_since": _moment(one.late),
        "failed": [{"of": each.lane.name, "tries": each.tries, "said": each.said} for each in one.failed],
        "last": None
        if last is None
        else {"period": last.key, "due": _moment(last.due), "tries": last.tries} | _ended(last),
    }


def _ended(task: Task) -> dict[str, Any]:
    return {"state": task.state, "ended": _moment(task.ended_at), "said": task.said}


def _moment(at: int | None) -> str | None:
    return None if at is None else dt.datetime.fromtimestamp(at // 1000, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _table(entries: list[Entry]) -> Table:
    table = Table("job", "community", "when", "done last", "next", box=None, pad_edge=False)
    for one in entries:
        table.add_row(
            one.job.name,
            one.community or "all",
            f"{one.job.cron.line} ({one.zone})",
            "now" if one.held else _moment(one.done.ended_at if one.done else None) or "never",
            _moment(one.next),
        )
    return table


def _name(one: Entry) -> str:
    return f"{one.job.name} of {one.community}" if one.community else one.job.name

"""Upgrade, check, back up and restore the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from bot.cli import output
from bot.config import Settings, load_settings
from bot.errors import MachineError
from bot.keys import open_keys
from bot.maintenance import ready
from bot.maintenance.archive import opened
from bot.maintenance.backup import backup as back_up
from bot.maintenance.backup import missing
from bot.maintenance.check import Checked, CheckReport
from bot.maintenance.check import check as look
from bot.maintenance.restore import restore as bring_back
from bot.reports import tables
from bot.storage import communities, migrate
from bot.storage import unread as could_not_read
from bot.storage.engine import Database

app = App(name="db", help="Upgrade, check, back up and restore the database.")

_HEAD = "Where an audit log once ended, as this command printed it, or a backup of then: was it cut off since?"
Json = Annotated[bool, Parameter(negative="", help="Print one JSON document.")]


@asynccontextmanager
async def _database() -> AsyncIterator[tuple[Database, Settings]]:
    """Open the database as it is: what is done here may be done before it is made ready."""
    settings = load_settings()
    database = Database(settings.database_url)
    try:
        yield database, settings
    finally:
        await database.close()


@app.command
async def upgrade() -> None:
    """Bring the database to this version of Cairn; where it holds data, after a backup beside it."""
    async with _database() as (database, _):
        before = None if missing(database) else await migrate.version(database)
        await ready(database)
        if before == migrate.head():
            print(f"{database.shown}: schema {before}, nothing to upgrade")
        else:
            print(f"{database.shown}: upgraded from {before or 'nothing'} to schema {migrate.head()}")


@app.command
async def check(
    *,
    settle: bool = True,
    head: Annotated[tuple[str, ...], Parameter(help=_HEAD, negative="")] = (),
    json: Json = False,
) -> None:
    """Check that the database is whole and its scores are exactly what a full recompute gives.

    Parameters
    ----------
    settle
        Settle first what waits to be scored; otherwise it is left out.
    """
    async with _database() as (database, _):
        await ready(database)
        report = await look(database, settle=settle, ends=_ends(head))
    if json:
        output.document(_document(report))
    else:
        print("\n".join(line for one in report.checks for line in _lines(one)))
    if not report.ok:
        wrong = [one.name for one in report.checks if not one.ok]
        raise MachineError(f"{report.database}: this does not hold: {', '.join(dict.fromkeys(wrong))}")


def _ends(given: Sequence[str]) -> list[str]:
    """Return the ends that were given, and those that backups hold."""
    ends: list[str] = []
    for one in given:
        if Path(one).is_file():
            with opened(Path(one)) as kept:
                ends += kept.manifest.audit
        else:
            ends.append(one)
    return ends


def _document(report: CheckReport) -> dict[str, Any]:
    return {
        "database": report.database,
        "schema": report.schema_version,
        "ok": report.ok,
        "checks": [
            {
                "check": one.name,
                "community": one.community,
                "ok": one.ok,
                "looked_at": one.looked_at,
                "problems": list(one.problems),
                "more_problems": one.more,
                "note": one.note,
            }
            for one in report.checks
        ],
    }


def _lines(one: Checked) -> list[str]:
    of = f" of {one.community}" if one.community else ""
    note = f" ({one.note})" if one.note else ""
    lines = [f"{'fine' if one.ok else 'WRONG':<6}{one.name}{of}: {one.looked_at} looked at{note}"]
    lines += [f"      {problem}" for problem in one.problems]
    return lines + ([f"      and {one.more} more"] if one.more else [])


@app.command
async def backup(file: Path) -> None:
    """Write all of the database to a new file, also while Cairn is running.

    Parameters
    ----------
    file
        The file to write; it must not exist yet.
    """
    async with _database() as (database, settings):
        kept = await back_up(database, file)
    print(f"{kept.rows} rows of {kept.tables} tables are in {kept.file}.")
    print(f"The key file {settings.keys_file} is not in it: keep a copy of it in another place.")


@app.command
async def restore(
    file: Path,
    *,
    replace: Annotated[bool, Parameter(negative="", help="Replace what is there; a backup of it is kept.")] = False,
) -> None:
    """Fill an empty database from a backup: all of it, or nothing. Stop Cairn before.

    Parameters
    ----------
    file
        A backup, of this kind of database or the other.
    """
    async with _database() as (database, settings):
        keys = open_keys(settings.keys_file) if settings.keys_file.exists() else None
        restored = await bring_back(database, file, replace=replace, keys=keys)
        shown = database.shown
    rows = sum(table.rows for table in restored.manifest.tables)
    print(f"{shown}: {rows} rows of {file} (made {restored.manifest.made_at}) are restored.")
    if restored.before is not None:
        print(f"What was there before is in {restored.before.file}.")
    print(f"It needs the key file that was made with it, as {settings.keys_file}; cairn config check says if it fits.")


@app.command
async def unread(*, again: Annotated[bool, Parameter(negative="")] = False, json: Json = False) -> None:
    """List what was heard live and could not be read or stored: what it was, why, and when; never what it held.

    Parameters
    ----------
    again
        Ask for it to be read again from the platform's history: a running Cairn does so within a minute, any other when
        it starts. Something is tried five times at most.
    """
    async with _database() as (database, _):
        await ready(database)
        asked = 0
        if again:
            async with database.write() as connection:
                asked = await could_not_read.ask_again(connection)
        async with database.read() as connection:
            found = await could_not_read.everything(connection)
            names = {one.id: one.name for one in await communities.everyone(connection)}
    if json:
        output.document({"unread": [_unread(one, names) for one in found], "asked_again": asked})
        return
    table = tables.table("community", "space", "what", "why", "how many", "tries", left=4)
    for one in found:
        where = f"{one.platform} {one.external}"
        table.add_row(names[one.community], where, one.what, one.reason, str(one.n), str(one.tries))
    output.show(table)
    if again:
        print(f"{asked} of them are read again within a minute while Cairn runs, else when it starts.")


def _unread(one: could_not_read.Sum, names: dict[int, str]) -> dict[str, Any]:
    return {
        "community": names[one.community],
        "platform": one.platform,
        "space": one.external,
        "what": one.what,
        "reason": one.reason,
        "first": _moment(one.since),
        "last": _moment(one.until),
        "n": one.n,
        "tries": one.tries,
        "asked_again": one.asked,
    }


def _moment(at: int) -> str:
    return dt.datetime.fromtimestamp(at // 1000, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

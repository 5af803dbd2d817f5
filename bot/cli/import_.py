"""Bring a community's history in: Slack and Discord exports, participation and counts; list and undo imports."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter
from rich.console import RenderableType
from rich.table import Table

from bot.cli import output
from bot.cli.options import Which
from bot.cli.session import Session, first_rules, opened
from bot.errors import InputError, MachineError
from bot.importing import Importer, Order
from bot.maintenance.backup import backup
from bot.maintenance.restore import restore
from bot.ports import Archive
from bot.storage import communities, imports
from bot.storage.engine import Database
from integrations.archives.counts import Counts
from integrations.archives.csv_archive import Rejects
from integrations.archives.discord_export import DiscordExport
from integrations.archives.mapping import read_mapping
from integrations.archives.participation import Participation
from integrations.archives.slack_export import SlackExport

app = App(name="import", help="Bring a community's history in; list and undo imports.")


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a history is imported."""

    community: Annotated[str | None, Parameter(help="The community it belongs to; made if it is new.")] = None
    consent: Annotated[
        Literal["notice", "counted"] | None,
        Parameter(help="How people of a new space begin: with a page (notice: they know of it) or only counted."),
    ] = None
    keep: Annotated[int | None, Parameter(help="Days to keep what is imported; until undone if left out.")] = None
    dry_run: Annotated[bool, Parameter(negative="", help="Write nothing; show what would be.")] = False
    json: Annotated[bool, Parameter(negative="", help="Print one JSON document.")] = False


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Rows:
    """What to do with rows that cannot be read."""

    on_error: Annotated[Literal["stop", "skip"], Parameter(help="Stop at a wrong row, or skip it.")] = "stop"
    rejects: Annotated[Path | None, Parameter(help="Where to write skipped rows; beside the file if left out.")] = None


@app.command
async def slack_export(path: Path, /, terms: Terms = Terms()) -> None:  # noqa: B008 - frozen values
    """Import the zip that Slack makes of a workspace (Settings, Import/Export data, Export)."""
    await _import(path, terms, lambda: SlackExport(path))


@app.command
async def discord_export(path: Path, /, terms: Terms = Terms()) -> None:  # noqa: B008
    """Import JSON files of DiscordChatExporter: one file, a folder of them, or a zip."""
    await _import(path, terms, lambda: DiscordExport(path))


@app.command
async def participation(
    path: Path,
    /,
    terms: Terms = Terms(),  # noqa: B008
    rows: Rows = Rows(),  # noqa: B008
    *,
    mapping: Annotated[Path, Parameter(help="YAML file that says what the columns mean.")],
) -> None:
    """Import a CSV file of who took part in what, in which role (or of people's attributes)."""
    meaning, rejects = read_mapping(mapping), _rejects(path, rows)
    await _import(path, terms, lambda: Participation(path, meaning, _now(), rejects), mapping)
    _tell_rejects(rejects, rows)


@app.command
async def counts(path: Path, /, terms: Terms = Terms(), rows: Rows = Rows()) -> None:  # noqa: B008
    """Import a CSV file of anonymous numbers: kind, day, place, n."""
    rejects = _rejects(path, rows)
    await _import(path, terms, lambda: Counts(path, _now(), rejects))
    _tell_rejects(rejects, rows)


@app.command(name="list")
async def list_(which: Which = Which()) -> None:  # noqa: B008
    """List imports."""
    async with opened() as session:
        community = await session.community(which.community) if which.community else None
        async with session.database.read() as connection:
            names = {one.id: one.name for one in await communities.everyone(connection)}
            found = await imports.runs(connection, community.id if community else None)
    if which.json:
        output.document([_listed(one, names) for one in found])
        return
    table = Table("import", "community", "source", "file", "state", "new rows", "known rows")
    for one in found:
        figures = one.result.get("engagements", one.result)
        table.add_row(
            str(one.id), names[one.community], one.source, one.label, one.state,
            str(figures.get("new", 0)), str(figures.get("known", 0)),
        )  # fmt: skip
    output.show(table)


@app.command
async def undo(number: int, /) -> None:
    """Take an import back; rows that other sources have seen as well stay."""
    async with opened() as session:
        with output.bars() as bars:
            run = await Importer(session.database, await session.keys(), bars).undo(number)
    output.show(f"Import {number} ({run.label}) is undone.")


def _listed(one: imports.Run, names: dict[int, str]) -> dict[str, Any]:
    return {
        "import_id": one.id,
        "community": names[one.community],
        "source": one.source,
        "file": one.label,
        "state": one.state,
        "consent": one.consent,
        "keep": one.keep,
        "engagements": one.result.get("engagements", {name: one.result.get(name, 0) for name in ("new", "known")}),
    }


async def _import(path: Path, terms: Terms, archive: Callable[[], Archive], *more: Path) -> None:
    if terms.keep is not None and terms.keep < 1:
        raise InputError(f"--keep: {terms.keep} is no number of days; expected 1 or more")
    source = archive()
    try:
        async with opened() as session:
            order = await _order(session, path, terms, more)
            run = _rehearse if terms.dry_run else _run
            result = await run(session, source, order)
    finally:
        source.close()
    if terms.json:
        output.document(result)
    else:
        output.show(*_told(result))


async def _run(session: Session, archive: Archive, order: Order) -> dict[str, Any]:
    with output.bars() as bars:
        return await Importer(session.database, await session.keys(), bars).run(archive, order)


async def _rehearse(session: Session, archive: Archive, order: Order) -> dict[str, Any]:
    """Import into a copy that is thrown away afterwards."""
    keys = await session.keys()
    with tempfile.TemporaryDirectory(prefix="cairn-") as folder, output.bars() as bars:
        copy = Database(f"sqlite:///{Path(folder) / 'copy.db'}")
        try:
            kept = Path(folder) / "copy.backup"
            await backup(session.database, kept)
            await restore(copy, kept)
            result = await Importer(copy, keys, bars).run(archive, order)
        finally:
            await copy.close()
    return result | {"import_id": None, "dry_run": True}


async def _order(session: Session, path: Path, terms: Terms, more: tuple[Path, ...]) -> Order:
    name = terms.community
    if name is None:
        there = await session.community(None)
        if there is None:
            raise InputError("--community: give the name of the community this history belongs to")
        name = there.name
    if not name.strip() or len(name) > 200:
        raise InputError("--community: expected a name of 1 to 200 characters")
    return Order(name, digest(path, *more), path.name, first_rules(session.settings), terms.consent, terms.keep)


def digest(*paths: Path) -> str:
    """Return the SHA-256 of files, of folders with all their files, and of their names."""
    whole = hashlib.sha256()
    for path in paths:
        for file in sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]:
            whole.update(f"{file.relative_to(path) if path.is_dir() else ''}\0".encode("utf-8", "surrogateescape"))
            try:
                with file.open("rb") as content:
                    whole.update(hashlib.file_digest(content, "sha256").digest())
            except OSError as error:
                raise MachineError(f"{file}: cannot be read: {error.strerror}") from None
    return whole.hexdigest()


def _now() -> int:
    return time.time_ns() // 1_000_000


def _rejects(path: Path, rows: Rows) -> Rejects | None:
    if rows.on_error == "stop":
        return None
    return Rejects(rows.rejects or path.with_name(f"{path.stem}.rejects.csv"))


def _tell_rejects(rejects: Rejects | None, rows: Rows) -> None:
    if rejects is not None and rejects.path.exists():
        output.note(f"Rows that could not be read are in {rejects.path}.")


def _told(result: dict[str, Any]) -> list[RenderableType]:
    """Say for people what an import did; what there is none of is left out."""
    who = {"accounts": result["read"]["accounts"], "wrote": result["people"]["writers"]}
    rows = {
        "found": _counted(result["signals"]),
        "people": _counted(who | {"bots left out": result["people"]["bots"]}),
        "stored": _counted(result["engagements"]),
        "left aside": _counted(result["skipped"]),
        "days": f"{result['first']} to {result['last']}" if result["first"] else "",
        "steps reached": _counted(result["backlog"]),
    }
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, text in rows.items():
        if text:
            table.add_row(name, text)
    did = "Nothing was written; it would import" if result["dry_run"] else f"Import {result['import_id']}"
    return [f"{did} into {result['community']} ({result['source']})", table]


def _counted(of: dict[str, int]) -> str:
    return ", ".join(f"{n:,} {name}" for name, n in of.items() if n)

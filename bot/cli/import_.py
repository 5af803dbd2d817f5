"""Bring a community's history in: Slack and Discord exports, participation and counts; list and undo imports."""

from __future__ import annotations

import hashlib
import os
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
from bot.cli.session import Session, copied, first_rules, opened
from bot.errors import InputError, MachineError
from bot.history.importing import Importer, Order
from bot.history.undoing import undo as take_back
from bot.ports import Archive, Kind
from bot.reports import tables
from bot.reports.wording import english
from bot.storage import communities, imports
from integrations.archives import ahead
from integrations.archives.counts import Counts
from integrations.archives.csv_archive import Rejects
from integrations.archives.discord_export import DiscordExport
from integrations.archives.mapping import read_mapping
from integrations.archives.participation import Participation
from integrations.archives.slack_export import SlackExport

app = App(name="import", help="Bring a community's history in; list and undo imports.")


_LONGEST_NAME = 200
_LONGEST_KEPT = 36_500


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
    await _import(path, terms, lambda: ahead.opened(SlackExport, path))


@app.command
async def discord_export(path: Path, /, terms: Terms = Terms()) -> None:  # noqa: B008
    """Import JSON files of DiscordChatExporter: one file, a folder of them, or a zip."""
    await _import(path, terms, lambda: ahead.opened(DiscordExport, path))


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
    meaning, rejects = read_mapping(mapping), _rejects(path, terms, rows)
    await _import(path, terms, lambda: Participation(path, meaning, _now(), rejects), mapping)
    _tell(rejects)


@app.command
async def counts(path: Path, /, terms: Terms = Terms(), rows: Rows = Rows()) -> None:  # noqa: B008
    """Import a CSV file of anonymous numbers: kind, day, place, n."""
    rejects = _rejects(path, terms, rows)
    await _import(path, terms, lambda: Counts(path, _now(), rejects))
    _tell(rejects)


@app.command(name="list")
async def list_(which: Which = Which()) -> None:  # noqa: B008
    """List imports."""
    async with opened() as session:
        community = await session.community(which.community) if which.community is not None else None
        async with session.database.read() as connection:
            names = {one.id: one.name for one in await communities.everyone(connection)}
            found = await imports.runs(connection, community.id if community else None)
    if which.json:
        name = community.name if community else None
        output.document({"community": name, "imports": [_listed(one, names) for one in found]})
        return
    table = tables.table("import", "community", "file", "state", "new rows", "known rows", left=4)
    for one in found:
        figures = one.result.get("engagements", one.result)
        table.add_row(
            str(one.id), names[one.community], one.label, one.state,
            str(figures.get("new", 0)), str(figures.get("known", 0)),
        )  # fmt: skip
    output.show(table)


@app.command
async def undo(number: int, /) -> None:
    """Take an import back; rows that other sources have seen as well stay."""
    async with opened() as session:
        with output.bars() as bars:
            run = await take_back(session.database, number, bars.of("settling"))
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
    if terms.keep is not None and not 1 <= terms.keep <= _LONGEST_KEPT:
        raise InputError(f"--keep: {terms.keep} is no number of days; expected 1 to {_LONGEST_KEPT}")
    source = archive()
    try:
        async with copied() if terms.dry_run else opened() as session:
            order = await _order(session, source, path, terms, more)
            with output.bars() as bars:
                result = await Importer(session.database, await session.keys(), bars).run(source, order)
    finally:
        source.close()
    if terms.dry_run:
        result |= {"import_id": None, "dry_run": True}
    if terms.json:
        output.document(result)
    else:
        output.show(*_told(result))


async def _order(session: Session, archive: Archive, path: Path, terms: Terms, more: tuple[Path, ...]) -> Order:
    name = terms.community
    if name is None:
        there = await session.community(None)
        if there is None:
            raise InputError("--community: give the name of the community this history belongs to")
        name = there.name
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise InputError(f"--community: expected a name of 1 to {_LONGEST_NAME} printable characters")
    label = path.name.encode("utf-8", "replace").decode()
    whole = digest(archive.source, path, *more)
    return Order(name, whole, label, lambda: first_rules(session.settings), terms.consent, terms.keep)


def digest(source: str, *paths: Path) -> str:
    """Return the SHA-256 of the sort of archive and of files, or folders with all their files and their names."""
    whole = hashlib.sha256(source.encode())
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


def _rejects(path: Path, terms: Terms, rows: Rows) -> Rejects | None:
    """Return where rows that cannot be read go; a dry run writes them only where it is told to."""
    if rows.on_error == "stop":
        return None
    usual = Path(os.devnull) if terms.dry_run else path.with_name(f"{path.stem}.rejects.csv")
    return Rejects(rows.rejects or usual)


def _tell(rejects: Rejects | None) -> None:
    if rejects is not None and rejects.begun and rejects.path != Path(os.devnull):
        output.note(f"Rows that could not be read are in {rejects.path}.")


def _told(result: dict[str, Any]) -> list[RenderableType]:
    """Say for people what an import did; what there is none of is left out."""
    who = {"accounts": result["read"]["accounts"], "wrote": result["people"]["writers"]}
    kinds = {kind.label: kind for kind in Kind}
    rows = {
        "found": ", ".join(english().kinds({kinds[label]: n for label, n in result["signals"].items() if n})),
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

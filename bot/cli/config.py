"""Check the configuration; apply and show a community's settings."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter
from ruamel.yaml import YAML

from bot.cli import output
from bot.cli.options import Which
from bot.cli.session import Session, copied, first_rules, opened
from bot.community import Change, CommunityShape, Terms, apply, as_tree, in_force, read_community
from bot.errors import ConfigError, InputError, MachineError
from bot.maintenance.configuration import Item, look_over
from bot.rules.problems import nearest
from bot.storage import communities
from integrations.platforms import PLATFORMS

app = App(name="config", help="Check the configuration; apply and show a community's settings.")


@app.command
async def check(
    file: Annotated[Path | None, Parameter(help="A community file to check as well.")] = None,
    /,
    *,
    json: Annotated[bool, Parameter(negative="", help="Print one JSON document.")] = False,
) -> None:
    """Check settings, database, key file and rules, and a community file; nothing is made or changed."""
    items = await look_over(None if file is None else lambda: _sound(file))
    for one in items:
        if one.warning:
            sys.stderr.write(f"warning: {one.warning}\n")
    if json:
        output.document({"ok": not any(one.exit_code for one in items), "items": [_document(one) for one in items]})
    else:
        print("\n".join(f"{'WRONG' if one.exit_code else 'fine':<6}{one.name}: {one.said}" for one in items))
    wrong = [one for one in items if one.exit_code]
    if wrong:
        kind = MachineError if any(one.exit_code == MachineError.exit_code for one in wrong) else ConfigError
        raise kind(f"the configuration does not work yet: {', '.join(one.name for one in wrong)}")


@app.command(name="apply")
async def put_in_force(
    file: Path,
    /,
    *,
    new: Annotated[bool, Parameter(negative="", help="Make another community, beside those there are.")] = False,
    dry_run: Annotated[bool, Parameter(negative="", help="Only say what would change.")] = False,
    json: Annotated[bool, Parameter(negative="", help="Print one JSON document.")] = False,
) -> None:
    """Put a community file in force, and say what changes."""
    wanted = read_community(file, PLATFORMS)
    async with copied() if dry_run else opened() as session:
        await _refuse_stranger(session, wanted, file, new=new)
        terms = Terms(await session.keys(), PLATFORMS, lambda: first_rules(session.settings))
        async with session.database.write() as connection:
            changes = await apply(connection, wanted, terms)
    if json:
        told = [{"about": one.about, "change": one.sentence} for one in changes]
        output.document({"community": wanted.name, "dry_run": dry_run, "changes": told})
    else:
        print("\n".join(_told(wanted, changes, dry_run=dry_run)))


@app.command
async def show(which: Which = Which()) -> None:  # noqa: B008 - frozen values
    """Print the community file that is in force."""
    async with opened() as session:
        community = await session.community(which.community)
        found = None
        if community is not None:
            async with session.database.read() as connection:
                found = await in_force(connection, community)
    if which.json:
        output.document(as_tree(found) if found else {"name": community.name if community else None, "spaces": []})
    elif found is not None:
        sys.stdout.write(_yaml(as_tree(found)))
    else:
        output.note("no community file is in force yet; `cairn config apply FILE` puts one in force")


async def _refuse_stranger(session: Session, wanted: CommunityShape, file: Path, *, new: bool) -> None:
    """Raise InputError where a file would make a second community that nobody may have meant."""
    async with session.database.read() as connection:
        names = [one.name for one in await communities.everyone(connection)]
    if names and wanted.name not in names and not new:
        hint = nearest(wanted.name, names) or f"; there are: {', '.join(names)}"
        raise InputError(f"{file}: there is no community {wanted.name!r}{hint} (--new makes another one)")


def _told(wanted: CommunityShape, changes: list[Change], *, dry_run: bool) -> list[str]:
    if not changes:
        return [f"{wanted.name}: all of this is in force already; nothing changes."]
    first = f"{wanted.name}: {'this would change' if dry_run else 'this changed'}:"
    return [first, *(f"  {one.about}: {one.sentence}" for one in changes)]


def _sound(file: Path) -> str:
    found = read_community(file, PLATFORMS)
    n = len(found.spaces)
    return f"{file}: no faults, {found.name} with {n} space{'' if n == 1 else 's'}"


def _yaml(tree: dict[str, Any]) -> str:
    writer, text = YAML(), io.StringIO()
    writer.default_flow_style = False
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.dump(tree, text)
    return text.getvalue()


def _document(item: Item) -> dict[str, object]:
    return {"item": item.name, "ok": not item.exit_code, "said": item.said, "warning": item.warning or None}

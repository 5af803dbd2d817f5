"""Check, explain, write, rehearse and apply the rules of the Mountain."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter
from rich.console import Console, RenderableType
from rich.prompt import Prompt

from bot.cli import output
from bot.cli.options import Which
from bot.cli.session import Session, opened, rules_from
from bot.errors import InputError, MachineError
from bot.reports import tables
from bot.rules import explain as explained
from bot.rules import new_rules, parse_rules, read_rules, starters
from bot.standing import histories, rehearsing
from bot.storage import contexts
from bot.storage.communities import Community

app = App(name="rules", help="Check, explain, write, rehearse and apply the rules of the Mountain.")


@app.command
def check(file: Path, /, *, json: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Check a rules file; all that is wrong with it is named at once."""
    mountain = read_rules(file)
    if json:
        output.document({"file": str(file), "version": mountain.version, "name": mountain.name, "valid": True})
    else:
        output.show(
            f"{file}: these rules hold together (version {mountain.version}: {len(mountain.bands)} bands, "
            f"{len(mountain.types)} ways of engaging, {len(mountain.steps)} steps)."
        )


@app.command
async def explain(
    file: Annotated[Path | None, Parameter(help="A rules file; the rules in force if left out.")] = None,
    /,
    which: Which = Which(),  # noqa: B008 - frozen values
) -> None:
    """Print the Mountain as a person would read it."""
    if file is not None:
        mountain = read_rules(file)
    else:
        async with opened() as session:
            mountain = await session.mountain(await session.community(which.community))
    if which.json:
        output.document({"version": mountain.version, "name": mountain.name, "text": explained(mountain)})
    else:
        sys.stdout.write(explained(mountain))


@app.command
async def new(
    file: Annotated[Path, Parameter(help="Where to write the rules.")] = Path("mountain.yaml"),
    /,
    which: Which = Which(),  # noqa: B008
    *,
    starter: Annotated[str | None, Parameter(help="Copy a starter instead of answering questions.")] = None,
) -> None:
    """Write a rules file by answering seven questions, or copy a starter."""
    if file.exists():
        raise InputError(f"{file}: there is a file of that name already; give another name or move it away")
    if starter is not None:
        text = _starter(starter)
    else:
        async with opened() as session:
            community = await session.community(which.community)
            channels, programmes = await _known(session, community)
        text = new_rules(_ask, channels, programmes)
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise MachineError(f"{file}: the rules cannot be written there: {error.strerror}") from None
    output.show(f"The rules are in {file}. Next: cairn rules explain {file}, then cairn rules rehearse {file}")


@app.command
async def rehearse(file: Path, /, which: Which = Which()) -> None:  # noqa: B008
    """Show who would move and what would be offered under other rules; nothing is written."""
    mountain = read_rules(file)
    async with opened() as session:
        community = await session.community(which.community)
        last = await histories.last_day(session.database, community) if community else None
        if community is None or last is None:
            found: dict[str, Any] = rehearsing.Rehearsal(
                histories.nothing(await session.mountain(community)), histories.nothing(mountain), 0, {}
            ).document("") | {"community": community.name if community else None, "as_of": None}
        else:
            rules = (await session.mountain(community), mountain)
            found = (await rehearsing.rehearse(session.database, community, rules, last)).document(community.name)
    if which.json:
        output.document(found)
    else:
        output.show(*_rehearsed(found))


@app.command
async def apply(file: Path, /, which: Which = Which()) -> None:  # noqa: B008
    """Put rules in force: everything is scored by them first, then they replace the old ones."""
    rules = rules_from(file)
    async with opened() as session:
        community = await session.community(which.community)
        if community is None:
            raise InputError("there is no community yet to apply rules to; `cairn import` brings one in")
        with output.bars() as bars:
            done = await rehearsing.apply(session.database, community, rules, bars.of("settling"))
    if which.json:
        output.document({"community": community.name, "version": rules[1], "changed": done})
    else:
        was = "are now in force" if done else "were in force already"
        output.show(f"The rules {rules[1]} of {file} {was} in {community.name}.")


def _starter(name: str) -> str:
    there = starters()
    if name not in there:
        raise InputError(f"--starter: there is no starter {name!r}; expected one of {', '.join(sorted(there))}")
    text = there[name].read_text(encoding="utf-8")
    parse_rules(text, name)
    return text


async def _known(session: Session, community: Community | None) -> tuple[list[str], list[str]]:
    """Return the channels and programmes there are already."""
    if community is None:
        return [], []
    async with session.database.read() as connection:
        known = (await contexts.everything(connection, community.id)).values()
    return sorted({one.name for one in known if one.name}), sorted({one.programme for one in known if one.programme})


def _ask(question: str, choices: Sequence[str] = (), default: str = "") -> str:
    console = Console(stderr=True)
    if choices:
        console.print(f"[dim]{', '.join(choices)}[/dim]")
    try:
        return Prompt.ask(question, default=default, console=console) or default
    except EOFError:
        raise InputError("no answer came; run `cairn rules new` at a terminal, or give --starter NAME") from None


def _rehearsed(found: dict[str, Any]) -> list[RenderableType]:
    bands = tables.table("band", "members now", "members then")
    for one in reversed(found["bands"]):
        if one["before"] or one["after"]:
            bands.add_row(one["band"], str(one["before"]), str(one["after"]))
    moves = tables.table("from", "to", "members", left=2)
    for one in found["moves"]:
        moves.add_row(one["from"] or "no band", one["to"] or "no band", str(one["members"]))
    steps = tables.table("step", "times now", "times then")
    for one in found["offers"]["steps"]:
        steps.add_row(one["step"], str(one["before"]), str(one["after"]))
    peak = found["offers"]["peak"]
    busiest = f"The busiest week would be that of {peak['week']}, with {peak['offers']} offers." if peak else ""
    unheard = sum(bool(one["incomplete"]) for one in found["offers"]["weeks"])
    several = f"{unheard} of these weeks" if unheard > 1 else "one of these weeks"
    care = f"In {several} not everything was heard: there may have been more." if unheard else ""
    return [
        f"Rules {found['rules']['from']} against {found['rules']['to']}; nothing was written.",
        tables.section("Where members would stand", bands),
        tables.section("Who would move", moves if found["moves"] else "Nobody would."),
        tables.section("How often steps would have been offered, in all of the history", steps),
        busiest,
        care,
    ]

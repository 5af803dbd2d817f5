"""The documents hold: commands and options are those there are, links lead somewhere, no private place is named."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cyclopts import App

from bot.cli.app import build

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bot/**/*.md")])
COMMAND_LINE = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")

# Folders of one machine, and the hosts of package registries: neither means anything to a reader.
PRIVATE = re.compile(r"(?<![\w.])/(?:work|tmp|home|root|Users)/|pypi\.org|pythonhosted|npmjs|proxy\.golang")


def commands(app: App, path: tuple[str, ...] = ("cairn",)) -> Iterator[tuple[str, set[str]]]:
    """Yield each command that runs something with its options."""
    names = [name for name in app if not name.startswith("-")]
    for name in names:
        yield from commands(app[name], (*path, name))
    if not names:
        arguments = app.assemble_argument_collection()
        positional = {one.names[0] for one in arguments if one.required and one.field_info.is_positional}
        options = {name for one in arguments for name in one.names if name.startswith("--")}
        yield " ".join(path), options - positional


REAL = dict(commands(build()))


def documented() -> dict[str, set[str]]:
    """Return each command that has a section, with the options named in it."""
    found = {}
    for section in re.split(r"^##+ ", COMMAND_LINE, flags=re.MULTILINE):
        title = re.match(r"cairn(?: [a-z-]+)+", section)
        if title:
            found[title.group()] = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", section))
    return found


def test_every_command_is_documented_and_no_other() -> None:
    groups = {name.rsplit(" ", 1)[0] for name in REAL if name.count(" ") == 2}
    assert documented().keys() - groups == REAL.keys()


@pytest.mark.parametrize("command", REAL)
def test_every_option_is_documented_and_no_other(command: str) -> None:
    assert documented()[command] == REAL[command]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"", document.read_text(encoding="utf-8"))
    targets = [one or other for one, other in links]
    inside = [target.partition("#")[0] for target in targets if not re.match(r"https?:|mailto:|#", target)]
    assert [target for target in inside if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_document_names_a_private_place(document: Path) -> None:
    assert PRIVATE.findall(document.read_text(encoding="utf-8")) == []


def test_every_recipe_is_linked() -> None:
    linked = " ".join(one.read_text(encoding="utf-8") for one in DOCUMENTS if one.parent.name != "recipes")
    assert [one.name for one in DOCUMENTS if one.parent.name == "recipes" and f"recipes/{one.name}" not in linked] == []


def test_at_most_nine_steps_lead_from_an_empty_server_to_the_first_look() -> None:
    section = (ROOT / "docs" / "discord.md").read_text(encoding="utf-8").split("\n## ")[1]
    steps = re.findall(r"^(\d+)\. \*\*(.+?)\*\*", section, re.MULTILINE)
    assert [int(number) for number, _ in steps] == list(range(1, len(steps) + 1))
    assert len(steps) <= 9
    assert steps[-1][1] == "Take the First look."

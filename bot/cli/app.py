"""Puts the command line together from the files beside it, without importing them before they are used.

A new command group is one new file with an `app`; the first line of its docstring is its help.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from cyclopts import App

_NO_COMMANDS = {"__init__", "app", "session", "output", "platforms", "options"}


def build() -> App:
    """Return the whole command line."""
    app = App(
        name="cairn",
        help="Cairn follows how people engage with a community and shows it on its Mountain of Engagement.",
        version=_version,
        version_flags=["--version"],
        help_format="plaintext",
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    for file in sorted(Path(__file__).parent.glob("*.py")):
        if file.stem not in _NO_COMMANDS:
            app.command(f"bot.cli.{file.stem}:app", name=file.stem.rstrip("_"), help=_help(file))
    return app


def _version() -> str:
    try:
        return version("cairn-community")
    except PackageNotFoundError:
        return "not installed: run from its source"


def _help(file: Path) -> str:
    with file.open(encoding="utf-8") as source:
        return source.readline().strip().strip('"')

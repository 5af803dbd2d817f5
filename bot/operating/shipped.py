"""Finds the files that travel with the program, installed or in a checkout."""

from __future__ import annotations

from pathlib import Path

from bot.errors import MachineError

_PACKAGE = Path(__file__).resolve().parents[1]
_INSTALLED = {"mountain.yaml": _PACKAGE / "_data" / "mountain.yaml", "migrations": _PACKAGE / "_migrations"}


def shipped(name: str) -> Path:
    """Return the path of `mountain.yaml` (the default rules) or `migrations` (the folder).

    Raises MachineError where the installation lacks it.
    """
    for path in (_INSTALLED[name], _PACKAGE.parent / name):
        if path.exists():
            return path
    raise MachineError(f"Cairn's own {name} is missing from {_PACKAGE}; please install Cairn again.")

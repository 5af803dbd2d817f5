"""The starters: whole rules files of communities of different kinds, to copy and change."""

from __future__ import annotations

from pathlib import Path


def starters() -> dict[str, Path]:
    """Return the starters' files by name, for example `open-source-project`."""
    folder = Path(__file__).parent.parent / "starters"
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}

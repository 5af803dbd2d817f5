"""The ready surveys: whole survey files to use as they are, or to copy and change."""

from __future__ import annotations

from pathlib import Path


def ready() -> dict[str, Path]:
    """Return the ready surveys' files by name, for example `pulse`."""
    folder = Path(__file__).parent / "ready"
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}

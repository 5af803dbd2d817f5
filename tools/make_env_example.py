"""Writes `.env.example` anew: every setting with its description and default, commented out. `make env` runs it."""

from __future__ import annotations

import textwrap
from pathlib import Path

from bot.config import PREFIX, Settings


def env_example() -> str:
    """Return the text of `.env.example`."""
    blocks = ["# Cairn's settings. Copy this file to .env and change what you need; each has a default."]
    for name, field in Settings.model_fields.items():
        default = field.default if isinstance(field.default, str | int) else ""
        about = textwrap.fill(field.description or "", 100, initial_indent="# ", subsequent_indent="# ")
        blocks.append(f"{about}\n#{PREFIX}{name.upper()}={default}")
    return "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    Path(".env.example").write_text(env_example(), encoding="utf-8")

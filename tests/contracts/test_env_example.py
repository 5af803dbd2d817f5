"""`.env.example` is generated: it may not drift from the settings."""

from __future__ import annotations

from pathlib import Path

from tools.make_env_example import env_example

ROOT = Path(__file__).resolve().parents[2]


def test_env_example_equals_the_settings() -> None:
    committed = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert committed == env_example(), "write it anew: make env"

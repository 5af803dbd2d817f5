"""Writes the manifest of Cairn's Slack app: `make manifest`."""

from __future__ import annotations

from pathlib import Path

from integrations.slack.manifest import manifest_text

FILE = Path(__file__).resolve().parents[1] / "manifest.yaml"

if __name__ == "__main__":
    FILE.write_text(manifest_text(), encoding="utf-8")

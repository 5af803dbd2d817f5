"""Writes `docs/privacy.md` from `tools/privacy.md` and the inventory: `make privacy`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.rights.inventory import Listed, Sort, inventory

ROOT = Path(__file__).resolve().parents[1]
PAGE, BEGIN = ROOT / "docs" / "privacy.md", ROOT / "tools" / "privacy.md"


def page() -> str:
    """Return what stands in `docs/privacy.md`."""
    return BEGIN.read_text(encoding="utf-8") + "\n".join(_tables()) + "\n"


def _tables() -> Iterator[str]:
    for title, wanted in (("Of people", True), ("Of nobody", False)):
        yield f"### {title}\n"
        yield "| table | what for | how long | fields |"
        yield "|---|---|---|---|"
        for name, listed in inventory().items():
            if listed.personal is wanted:
                yield f"| `{name}` | {listed.purpose} | {listed.kept} | {_fields(listed)} |"
        yield ""


def _fields(listed: Listed) -> str:
    groups = ((sort, listed.of(sort)) for sort in Sort)
    return "; ".join(f"{sort.value}: {', '.join(names)}" for sort, names in groups if names)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

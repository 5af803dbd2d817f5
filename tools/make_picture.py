"""Makes the README's picture from what `cairn demo` imports: `make picture`."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from bot.cli.options import Span
from bot.cli.report import make
from bot.cli.session import Session
from bot.config import Settings
from bot.reports.contents import Report
from bot.reports.mountain_svg import mountain_svg
from bot.reports.wording import english
from bot.storage.engine import Database

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"


def draw(folder: Path) -> str:
    """Play the demo in a folder and draw the Mountain of its mentoring programme as SVG."""
    command = [sys.executable, "-m", "bot", "demo", "--fast", "--folder", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    found = asyncio.run(_report(f"sqlite:///{folder}/data/cairn.db"))
    return mountain_svg(found.mountain, found.findings.bands, english())


async def _report(url: str) -> Report:
    database = Database(url)
    try:
        return await make(Session(Settings(database_url=url), database), "Open Science", Span())
    finally:
        await database.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        picture = draw(Path(temporary) / "demo")
    IMAGES.mkdir(parents=True, exist_ok=True)
    (IMAGES / "mountain.svg").write_text(picture + "\n", encoding="utf-8")
    print("docs/images/mountain.svg is drawn")

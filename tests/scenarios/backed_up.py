"""What a backup of a database holds, to be looked through."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

from bot.maintenance.backup import backup
from bot.storage.engine import Database


async def backed_up(url: str) -> bytes:
    """Return all that is in a backup of a database, unpacked."""
    database = Database(url)
    try:
        with tempfile.TemporaryDirectory() as folder:
            kept = await backup(database, Path(folder, "now.backup"))
            with zipfile.ZipFile(kept.file) as packed:
                return b"\n".join(map(packed.read, packed.namelist()))
    finally:
        await database.close()

"""A backup each night, of which the newest are kept. The key file is never in it."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Sequence
from pathlib import Path

from bot.clockwork.duties import Job, Work, Write
from bot.clockwork.periods import Cron
from bot.errors import InputError, MachineError
from bot.maintenance.archive import opened
from bot.maintenance.backup import backup
from bot.storage import audit

_logger = logging.getLogger(__name__)
_OURS = re.compile(r"cairn-\d{4}-\d\d-\d\dT\d{6}Z\.backup")


async def plan(work: Work) -> Sequence[Write]:
    """Leave the backup to be written, where any are wanted."""
    if not work.means.settings.backups_keep:
        return []
    return [work.later("write", work.key, instead=True)]


async def write(work: Work) -> str:
    """Write the backup, then delete the oldest ones that are too many."""
    settings = work.means.settings
    file = settings.backups_folder / _name(work)
    _make(settings.backups_folder)
    if not file.exists():  # a file of that name is whole: it is given its name in the end
        await backup(work.database, file)
    lost = await _lost(work, file)
    gone = thin_out(settings.backups_folder, max(settings.backups_keep, 1))
    return "; ".join((f"{file.name} is written" + (f", {gone} older ones are deleted" if gone else ""), *lost))


async def _lost(work: Work, file: Path) -> list[str]:
    """Tell which audit logs do not go on from where they ended in the backup before; log where they end now."""
    before = max((one for one in _written(work.means.settings.backups_folder) if one.name < file.name), default=None)
    async with work.database.read() as connection:
        for end in await audit.heads(connection):
            _logger.info("an audit log ends with %s", end)
        lost = await audit.lost(connection, _ends(before)) if before is not None else []
    for one in lost:
        _logger.error("%s; it was there when %s was made", one, before)
    return lost


def _ends(file: Path) -> Sequence[str]:
    try:
        with opened(file) as kept:
            return kept.manifest.audit
    except InputError:
        return ()  # damaged: it says nothing


def _written(folder: Path) -> list[Path]:
    return sorted((one for one in folder.iterdir() if _OURS.fullmatch(one.name)), key=lambda one: one.name)


def newest(folder: Path) -> float | None:
    """Return when the newest backup of the clock was written (seconds since 1970), None where there is none."""
    try:
        return max((one.stat().st_mtime for one in _written(folder)), default=None)
    except OSError:
        return None  # no folder yet, or one of them is just being deleted


def thin_out(folder: Path, keep: int) -> int:
    """Delete the oldest backups of the clock until `keep` are left; returns how many. Other files are let be."""
    ours = _written(folder)
    for one in ours[:-keep]:
        try:
            one.unlink(missing_ok=True)
        except OSError as error:
            raise MachineError(f"{one}: an old backup cannot be deleted: {error.strerror or error}") from None
    return len(ours[:-keep])


def _name(work: Work) -> str:
    """Return the name of a backup: by when it was due, so that another try writes the same one, and all sort by age."""
    return f"cairn-{dt.datetime.fromtimestamp(work.due / 1000, dt.UTC):%Y-%m-%dT%H%M%SZ}.backup"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MachineError(f"{folder}: the folder for backups cannot be made: {error.strerror or error}") from None


JOB = Job("backup", "writes a backup and deletes the oldest ones", Cron("30 2 * * *"), plan, whole=True,
          parts={"write": write}, late_hours=12.0)  # fmt: skip

"""Ballot boxes: the keys of anonymous surveys, each in a file of its own beside the key file.

They lie outside the database and its backups. When a survey is closed its key is destroyed: whatever is left of its
ballots anywhere, in old backups, too, can be opened by nobody any more.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from bot.errors import MachineError
from bot.row_seals import RowSeals

_KEY = 32
_PUBLIC = re.compile(r"[a-z0-9]{4,40}")


class Boxes:
    """The boxes of one key file; a survey's is known by its public id."""

    def __init__(self, folder: Path) -> None:
        """Take the folder in which their keys lie; it is made with the first of them."""
        self._folder = folder

    def make(self, public: str) -> None:
        """Make a survey's box where there is none yet. Raises MachineError."""
        path = self._path(public)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(_KEY))
                file.flush()
                os.fsync(file.fileno())
        except FileExistsError:
            return
        except OSError as error:
            raise MachineError(f"{path}: the key of a survey cannot be written: {error.strerror}") from None

    def open(self, public: str) -> RowSeals | None:
        """Return what seals and opens a survey's ballots; None where its key is destroyed. Raises MachineError."""
        path = self._path(public)
        try:
            key = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise MachineError(f"{path}: the key of a survey cannot be read: {error.strerror}") from None
        if len(key) != _KEY:
            raise MachineError(f"{path}: this is not the key of a survey; restore the file from where it was kept")
        return RowSeals([key])

    def destroy(self, public: str) -> None:
        """Destroy a survey's key. Raises MachineError."""
        path = self._path(public)
        try:
            with suppress(FileNotFoundError):
                with path.open("r+b") as file:  # most disks keep what a deleted file held for a while
                    file.write(secrets.token_bytes(_KEY))
                    file.flush()
                    os.fsync(file.fileno())
                path.unlink()
        except OSError as error:
            raise MachineError(f"{path}: the key of a survey cannot be destroyed: {error.strerror}") from None

    def _path(self, public: str) -> Path:
        if not _PUBLIC.fullmatch(public):
            raise ValueError("that is no survey's id")
        return self._folder / f"{public}.key"

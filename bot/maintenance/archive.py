"""The backup file: a zip of one file per table and a list of what is in it.

`tables/NAME.jsonl` holds a table's rows, a JSON list a line; `manifest.json`, written last, says which schema they fit,
and each table's columns, number of rows and SHA-256. So a backup can be read without Cairn, and restored into another
kind of database than the one it was made of.
"""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict

from bot.errors import InputError, MachineError

LAYOUT = 1
"""The number of the layout that this module describes."""
_MANIFEST = "manifest.json"
_MANIFEST_BYTES = 1_000_000
_BLOCK = 1 << 20
_FAST = 1
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, ValueError, OverflowError, NotImplementedError,
    RuntimeError, OSError,
)  # fmt: skip
"""All that `zipfile` and the readers of its content raise over a damaged file."""


class Contents(BaseModel):
    """What a backup holds of one table."""

    model_config = ConfigDict(frozen=True)

    name: str
    columns: tuple[str, ...]
    rows: int
    sha256: str


class Manifest(BaseModel):
    """What a backup says of itself.

    `keys` is the fingerprint of the key file that belongs to it, `audit` where the audit logs end in it.
    """

    model_config = ConfigDict(frozen=True)

    format: Literal["cairn-backup"] = "cairn-backup"
    layout: int = LAYOUT
    schema_version: str
    made_at: str
    keys: str | None
    audit: tuple[str, ...] = ()
    tables: tuple[Contents, ...]


class Writer:
    """Writes a backup into a stream, table by table; `finish` writes the list, `close` ends it."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Take the stream to write to."""
        self._zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_FAST)
        self.tables: list[Contents] = []

    @contextmanager
    def table(self, name: str, columns: tuple[str, ...]) -> Iterator[TableWriter]:
        """Open a table's file."""
        with self._zip.open(_member(name), "w", force_zip64=True) as stream:
            writer = TableWriter(stream)
            yield writer
        self.tables.append(Contents(name=name, columns=columns, rows=writer.rows, sha256=writer.digest.hexdigest()))

    def finish(self, schema_version: str, made_at: str, keys: str | None, audit: tuple[str, ...] = ()) -> None:
        """Write the list of contents, without which the file is no backup."""
        manifest = Manifest(
            schema_version=schema_version, made_at=made_at, keys=keys, audit=audit, tables=tuple(self.tables)
        )
        self._zip.writestr(_MANIFEST, manifest.model_dump_json(indent=1))

    def close(self) -> None:
        """End the file."""
        self._zip.close()


class TableWriter:
    """Writes the rows of one table."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Take the stream to write to."""
        self._stream = stream
        self.rows = 0
        self.digest = hashlib.sha256()

    def add(self, rows: list[list[Any]]) -> None:
        """Write some rows."""
        block = b"".join(orjson.dumps(row) + b"\n" for row in rows)
        self.rows += len(rows)
        self.digest.update(block)
        self._stream.write(block)


class Backup:
    """A backup file that was opened; use `opened`."""

    def __init__(self, file: Path, archive: zipfile.ZipFile) -> None:
        """Read the list of contents."""
        self._file = file
        self._zip = archive
        with archive.open(_MANIFEST) as stream:
            self.manifest = Manifest.model_validate_json(stream.read(_MANIFEST_BYTES))

    def verify(self) -> None:
        """Read everything and compare it with the list. Raises InputError where it differs."""
        for table in self.manifest.tables:
            with self._or_damaged(table), self._zip.open(_member(table.name)) as stream:
                digest, rows = hashlib.sha256(), 0
                while block := stream.read(_BLOCK):
                    digest.update(block)
                    rows += block.count(b"\n")
                if (rows, digest.hexdigest()) != (table.rows, table.sha256):
                    raise ValueError("not what was written")

    def rows(self, table: Contents, chunk: int) -> Iterator[list[list[Any]]]:
        """Yield a table's rows, so many at a time."""
        with self._or_damaged(table), self._zip.open(_member(table.name)) as stream:
            rows: list[list[Any]] = []
            for line in stream:
                rows.append(orjson.loads(line))
                if len(rows) == chunk:
                    yield rows
                    rows = []
            yield rows

    @contextmanager
    def _or_damaged(self, table: Contents) -> Iterator[None]:
        try:
            yield
        except _BROKEN:
            raise InputError(f"{self._file}: this backup is damaged (table {table.name}); use another one") from None


@contextmanager
def opened(file: Path) -> Iterator[Backup]:
    """Open a backup. Raises InputError with one sentence where the file is none, or is one of a newer layout."""
    try:
        stream = file.open("rb")
    except (FileNotFoundError, IsADirectoryError):
        raise InputError(f"{file}: there is no such file") from None
    except OSError as error:
        raise MachineError(f"{file}: the backup cannot be read: {error.strerror or error}") from None
    with stream:
        try:
            backup = Backup(file, zipfile.ZipFile(stream))
        except _BROKEN:
            raise _no_backup(file) from None
        if backup.manifest.layout > LAYOUT:
            raise InputError(f"{file}: this backup was made by a newer version of Cairn; upgrade Cairn first")
        yield backup


def _no_backup(file: Path) -> InputError:
    return InputError(f"{file}: this is not a backup of Cairn, or it is cut off; expected a file of cairn db backup")


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"

"""Safe reading of what an archive is packed in: a zip, a folder, or one file. Nothing is ever unpacked to disk."""

from __future__ import annotations

import errno
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bot.ports import InputError, MachineError
from integrations.archives.zip_directory import MOST_FILES, check_directory

MOST_FILE_BYTES = 4 * 1024**3
"""Bytes one packed file may have once unpacked."""
MOST_BYTES = 20 * 1024**3
"""Bytes that may be read of one archive."""
RATIO = 100
RATIO_FROM = 100 * 1024**2
"""Beyond so many bytes, an archive may be packed at most so many times smaller: real chat is far below that."""
CHUNK = 1 << 20

_ZIP_MARK = b"PK"
_DRIVE = re.compile(r"^[A-Za-z]:")
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_PLAIN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file inside a container: its name with `/` between folders, and its size in bytes once unpacked."""

    name: str
    size: int
    source: zipfile.ZipInfo | Path


class Container:
    """A zip, folder or file, opened and checked; `entries` by name. `position` counts the bytes read so far.

    Raises InputError for what is not safe or not whole, MachineError where the system refuses to read.
    """

    def __init__(self, path: Path, zipped: bool | None = None) -> None:
        """Open `path`; `zipped` says whether a file must be a zip (None: find out)."""
        self.path = path
        self.position = 0
        self._zip: zipfile.ZipFile | None = None
        with ExitStack() as opened, _failures(path.name):
            if not (path.is_dir() or path.is_file()):
                raise InputError(f"{path}: no such file or folder.")
            self.entries = _folder(path) if path.is_dir() else self._open_file(opened, zipped)
            self._check_sizes()
            self._opened = opened.pop_all()

    @property
    def name(self) -> str:
        """What messages call this container."""
        return self.path.name

    def where(self, entry: Entry) -> str:
        """Return what messages call a file in here."""
        return self.name if entry.source == self.path else f"{self.name}, {shown(entry.name)}"

    def read(self, entry: Entry) -> bytes:
        """Return a whole file: for those whose size says that they are small."""
        return b"".join(self.chunks(entry))

    def chunks(self, entry: Entry) -> Generator[bytes, None, None]:
        """Yield a file's bytes, at most a MiB at a time, counted while they are unpacked: sizes may lie."""
        so_far = 0
        with _failures(self.where(entry)), self._stream(entry) as stream:
            while chunk := stream.read(CHUNK):
                so_far += len(chunk)
                self.position += len(chunk)
                _check_size(entry, so_far)
                yield chunk

    def close(self) -> None:
        """Let go of the file."""
        self._opened.close()

    def _open_file(self, opened: ExitStack, zipped: bool | None) -> list[Entry]:
        file = opened.enter_context(self.path.open("rb"))
        is_zip = file.read(2) == _ZIP_MARK
        if zipped and not is_zip:
            raise InputError(f"{self.name}: not a zip file.")
        if not is_zip:
            return [Entry(self.path.name, self.path.stat().st_size, self.path)]
        check_directory(file, self.name)
        self._zip = opened.enter_context(zipfile.ZipFile(file))
        return _zip_entries(self._zip, self.name)

    def _stream(self, entry: Entry) -> IO[bytes]:
        if isinstance(entry.source, Path):
            return entry.source.open("rb")
        assert self._zip is not None  # noqa: S101 - entries with a ZipInfo come from a zip
        return self._zip.open(entry.source)

    def _check_sizes(self) -> None:
        total = 0
        for entry in self.entries:
            _check_size(entry, entry.size)
            total += entry.size
        if total > MOST_BYTES:
            raise InputError(f"{self.name}: {total:,} bytes of content; at most {MOST_BYTES:,} are read.")
        if self._zip is not None and total > RATIO_FROM and total > RATIO * self.path.stat().st_size:
            raise InputError(f"{self.name}: packed more than {RATIO} times smaller, as no real archive is.")


def shown(name: str) -> str:
    """Return a name from inside an archive fit for a message: short, and without control characters."""
    return repr(name if len(name) <= 120 else name[:117] + "...")


def _check_size(entry: Entry, size: int) -> None:
    if size > MOST_FILE_BYTES:
        raise InputError(f"{shown(entry.name)}: more than {MOST_FILE_BYTES // 1024**3} GB in one file.")
    packed = entry.source.compress_size if isinstance(entry.source, zipfile.ZipInfo) else size
    if size > RATIO_FROM and size > RATIO * packed:
        raise InputError(f"{shown(entry.name)}: packed more than {RATIO} times smaller, as no real archive is.")


def _folder(path: Path) -> list[Entry]:
    found: list[Entry] = []
    for folder, _, names in os.walk(path, onerror=_refuse):
        for name in names:
            file = Path(folder, name)
            status = file.lstat()
            inside = file.relative_to(path).as_posix()
            if stat.S_ISLNK(status.st_mode):
                raise InputError(f"{path.name}, {shown(inside)}: a symbolic link; give the file itself.")
            if stat.S_ISREG(status.st_mode) and not _left_by_a_computer(inside):
                found.append(Entry(inside, status.st_size, file))
            if len(found) > MOST_FILES:
                raise InputError(f"{path.name}: more than {MOST_FILES:,} files; an archive may hold at most so many.")
    return sorted(found, key=lambda entry: entry.name)


def _refuse(error: OSError) -> None:
    raise error


def _zip_entries(archive: zipfile.ZipFile, name: str) -> list[Entry]:
    found: dict[str, Entry] = {}
    for info in archive.infolist():
        info.date_time = _NO_DATE  # its own one per entry would take a sixth of the memory
        inside = _decoded(info)
        if reason := _unsafe(info, inside):
            raise InputError(f"{name}, {shown(inside)}: {reason}.")
        if inside.endswith("/") or _left_by_a_computer(inside):
            continue
        if inside in found:
            raise InputError(f"{name}: holds {shown(inside)} twice.")
        found[inside] = Entry(inside, info.file_size, info)
    return [found[inside] for inside in sorted(found)]


def _decoded(info: zipfile.ZipInfo) -> str:
    """Return the name with `/` between folders, read as UTF-8 also where the packer forgot to say that it is."""
    name = info.filename
    if not info.flag_bits & 0x800 and not name.isascii():
        try:
            name = name.encode("cp437").decode()
        except UnicodeError:
            name = info.filename
    return name.replace("\\", "/")


def _left_by_a_computer(name: str) -> bool:
    """Whether macOS or an editor left this file between those of the archive."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(".")


def _unsafe(info: zipfile.ZipInfo, name: str) -> str:
    """Return why this entry cannot belong to an archive as a platform writes it, or nothing."""
    if name.startswith("/") or _DRIVE.match(name):
        return "an absolute name; expected names inside the archive"
    if ".." in name.split("/"):
        return "a name that leads out of the archive"
    if "\0" in info.orig_filename:
        return "a name with a NUL character"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a symbolic link; expected a file"
    if info.flag_bits & 1:
        return "encrypted; unlock the archive first"
    if info.compress_type not in _PLAIN_METHODS:
        return "packed by a method other than the usual deflate"
    return ""


@contextmanager
def _failures(where: str) -> Iterator[None]:
    """Say in one sentence what the libraries below have to say about a damaged file."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.EINVAL:  # a zip that points to before its own beginning
            raise InputError(f"{where}: the zip is damaged.") from None
        raise MachineError(f"{where}: cannot be read ({error.strerror}).") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError):
        raise InputError(f"{where}: damaged or cut off; make or download the archive again.") from None

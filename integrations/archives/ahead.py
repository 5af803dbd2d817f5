"""Reading an archive in a process of its own, while this one stores what came before: two processors work at once.

Only what is read travels between the two, by pipes; where the other process ends early, the import fails like any
other that the machine stops.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO, Any

from bot.ports import Archive, InputError, Item, MachineError, Read

LARGE = 4_000_000
"""Bytes from which a file is worth a process of its own."""

_BATCH = 2_000
_ROOM = 1 << 20
"""Bytes a pipe may hold; a batch takes a quarter of that."""
_SERVE = "import sys; sys.path.insert(0, sys.argv[1]); from integrations.archives.ahead import serve; serve()"


def opened(kind: Callable[[Path], Archive], path: Path, large: int = LARGE) -> Archive:
    """Open an archive: in a process of its own where the file is large and there are processors for two.

    Raises what `kind` raises.
    """
    if path.is_file() and path.stat().st_size >= large and (os.cpu_count() or 1) > 1:
        return Ahead(kind, path)
    return kind(path)


class Ahead:
    """An `Archive` that another process reads; it behaves as `kind(path)` does in this one."""

    def __init__(self, kind: Callable[[Path], Archive], path: Path) -> None:
        """Start the other process and let it open the archive; raises what that raises."""
        command = [sys.executable, "-c", _SERVE, str(Path(__file__).resolve().parents[2])]
        pipe, quiet = subprocess.PIPE, subprocess.DEVNULL
        self._reader = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=quiet)  # noqa: S603 - Python itself
        _widen(_pipe(self._reader.stdout))
        self._name = path.name
        self.position = 0
        self.read = Read()
        try:
            self._send((kind, path))
            self.source, self.space, self.captured, self.size = self._receive()
        except BaseException:
            self.close()
            raise

    def items(self) -> Iterator[Item]:
        """Yield what the file holds."""
        self._send(self.captured)
        while True:
            found, self.position, self.read, self.captured = self._receive()
            if not found:
                return
            yield from found

    def close(self) -> None:
        """End the other process."""
        self._reader.kill()
        self._reader.communicate()

    def _send(self, what: object) -> None:
        try:
            _write(_pipe(self._reader.stdin), what)
        except OSError:
            raise self._ended() from None

    def _receive(self) -> Any:  # noqa: ANN401 - whatever `serve` writes
        try:
            answer = pickle.load(_pipe(self._reader.stdout))  # noqa: S301 - it comes from our own process
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            raise self._ended() from None
        if isinstance(answer, (InputError, MachineError)):
            raise answer
        return answer

    def _ended(self) -> MachineError:
        return MachineError(f"{self._name}: the process that read it has ended early (out of memory?)")


def serve() -> None:
    """Be the other process: open the archive that standard input names and write what it holds to standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who asked decides when to end
    asked, out = sys.stdin.buffer, sys.stdout.buffer
    kind, path = pickle.load(asked)  # noqa: S301 - it comes from our own process
    try:
        archive: Archive = kind(path)
        _write(out, (archive.source, archive.space, archive.captured, archive.size))
        archive.captured = pickle.load(asked)  # noqa: S301
        items = archive.items()
        while True:
            found = list(islice(items, _BATCH))
            _write(out, (found, archive.position, archive.read, archive.captured))
            if not found:
                return
    except (InputError, MachineError) as error:
        _write(out, error)
    except EOFError:
        return  # whoever asked has gone


def _write(pipe: IO[bytes], what: object) -> None:
    pipe.write(pickle.dumps(what, pickle.HIGHEST_PROTOCOL))
    pipe.flush()


def _widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold a whole batch, where the system can (Linux): then the next one is read meanwhile."""
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _ROOM)


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # noqa: S101 - both were asked for
    return pipe

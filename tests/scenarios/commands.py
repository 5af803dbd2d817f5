"""Runs `cairn` as its users do and holds what came of it: exit code, output and errors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import run

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout, of a command that succeeded."""
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def sentences(self) -> list[str]:
        """The lines on stderr; a sentence is one line."""
        return self.err.splitlines()

    def refused(self, code: int = 1) -> str:
        """Return the one sentence of a command that failed with this code and printed nothing else."""
        assert (self.code, self.out) == (code, ""), self
        assert len(self.sentences) == 1, self.err
        assert self.err.startswith("cairn: "), self.err
        assert "Traceback" not in self.err
        return self.err.removeprefix("cairn: ").strip()


@dataclass(slots=True)
class Cairn:
    """Runs commands on one database, in this process."""

    url: str
    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    more: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: object) -> Ran:
        """Run a command."""
        for name, value in self.settings.items():
            self.monkeypatch.setenv(name, value)
        self.monkeypatch.chdir(self.folder)
        self.capsys.readouterr()
        code = run([str(one) for one in arguments])
        caught = self.capsys.readouterr()
        return Ran(code, caught.out, caught.err)

    def on(self, url: str) -> Cairn:
        """The same with another database, and the same key file."""
        return Cairn(url, self.folder, self.monkeypatch, self.capsys, self.more)

    @property
    def settings(self) -> dict[str, str]:
        """The environment a command gets; databases of one test share their keys, so that they can be compared."""
        keys = str(self.folder / "keys")
        return {"CAIRN_DATABASE_URL": self.url, "CAIRN_KEYS_FILE": keys} | self.more

    def started(self, *arguments: object, **more: Any) -> subprocess.Popen[str]:
        """Start a command in a process of its own."""
        environment = {**os.environ, **self.settings, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "bot", *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more
        return subprocess.Popen(command, env=environment, cwd=self.folder, text=True, **pipes)

    def apart(self, *arguments: object, before: Callable[[], None] | None = None) -> Ran:
        """Run a command in a process of its own."""
        with self.started(*arguments, preexec_fn=before) as process:
            out, err = process.communicate(timeout=100)
        return Ran(process.returncode, out, err)

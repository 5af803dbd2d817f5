"""Pins every dependency, with hashes, for all Pythons and systems, in `requirements/`: `make lock`, `make upgrade`."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = ROOT / "pyproject.toml"
LOCKS = ROOT / "requirements"
# The lock for development comes first: the other one takes its versions from it, so both agree.
CHOICES = {
    "dev": ("--all-extras", "--group", "dev"),
    "run": ("--extra", "postgres", "--group", "build", "--constraints", "requirements/dev.lock"),
}


def fingerprint() -> str:
    """Return a short hash of all that `pyproject.toml` says about dependencies; a lock carries that of its making."""
    content = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    project = content["project"]
    sections = [
        content["build-system"]["requires"],
        content["dependency-groups"],
        project["requires-python"],
        project["dependencies"],
        project["optional-dependencies"],
    ]
    return hashlib.sha256(json.dumps(sections, sort_keys=True).encode()).hexdigest()[:16]


def pin(name: str, *more: str) -> None:
    """Write `requirements/NAME.lock`: versions pinned before stay where `pyproject.toml` allows, unless `--upgrade`."""
    lock = LOCKS / f"{name}.lock"
    options = ("--universal", "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--quiet")
    uv = (sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *CHOICES[name], *options, *more)
    subprocess.run((*uv, "--output-file", str(lock)), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    head = f"# Made by `make lock`; do not edit.\n# pyproject: {fingerprint()}\n"
    lock.write_text(head + lock.read_text(encoding="utf-8"), encoding="utf-8")


if __name__ == "__main__":
    for each in CHOICES:
        pin(each, *sys.argv[1:])

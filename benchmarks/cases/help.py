"""How long `cairn --help` takes, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.measuring import Figure, Size, in_turn


def run(size: Size) -> Iterator[Figure]:
    """Start the program for its help a few times; beside it, what starting Python alone takes."""
    ours, bare = in_turn(
        size.of(7, 4),
        lambda: _seconds("-m", "bot", "--help"),
        lambda: _seconds("-c", "pass"),
    )
    yield Figure("cairn --help", 0.4, ours, unit="s", note=f"Python alone takes {bare:.2f} s")


def _seconds(*arguments: str) -> float:
    begin = time.perf_counter()
    subprocess.run((sys.executable, *arguments), check=True, capture_output=True)
    return time.perf_counter() - begin

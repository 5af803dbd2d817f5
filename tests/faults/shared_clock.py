"""A clock of several processes, which each of them can set forward: what was skipped lies in a file."""

from __future__ import annotations

import asyncio
import mmap
import struct
import time
from pathlib import Path

from tests.scenarios.discord_rig import MORNING, Clock

SLOTS = struct.Struct("3q")
"""Where it began, as if the machine had started then, and what each side has skipped; in ms."""
TESTS, CAIRNS = 1, 2
"""The two who set it forward; each writes to a slot of its own, so that neither undoes what the other did."""


class SharedClock(Clock):
    """Moves like any clock, from the morning of a made-up day on; all that see it see the same time."""

    def __init__(self, file: Path, slot: int) -> None:
        """Take the file, and which side this is."""
        with file.open("r+b") as there:
            self._seen = mmap.mmap(there.fileno(), SLOTS.size)
        self._slot = slot

    def __call__(self) -> int:
        began, by_tests, by_cairn = SLOTS.unpack_from(self._seen)
        return int(began + by_tests + by_cairn + time.monotonic() * 1000)

    def skip(self, seconds: float) -> None:
        """Set it forward."""
        values = list(SLOTS.unpack_from(self._seen))
        values[self._slot] += int(seconds * 1000)
        struct.pack_into("q", self._seen, 8 * self._slot, values[self._slot])

    async def pause(self, seconds: float) -> None:
        """Let a wait pass at once."""
        self.skip(seconds)
        await asyncio.sleep(0)

    def close(self) -> None:
        """Let go of the file."""
        self._seen.close()


def shared_clock(file: Path) -> SharedClock:
    """Make a clock that processes can share by a file."""
    file.write_bytes(SLOTS.pack(MORNING - int(time.monotonic() * 1000), 0, 0))
    return SharedClock(file, TESTS)

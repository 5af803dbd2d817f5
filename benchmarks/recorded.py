"""A history that went through the intake once: its signals, and the rows and claims that they became."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.made_history import Crowd, history
from benchmarks.stores import Row, Shelf, engagements
from bot.intake import Intake
from bot.storage.engagements import Key, claim_of
from scoring.claims import Claim
from scoring.signals import Signal


@dataclass(frozen=True, slots=True)
class Recorded:
    """Signals, the rows they became in the order written, and the store that holds them (nothing is settled)."""

    signals: Sequence[Signal]
    rows: Sequence[Row]
    path: Path

    @property
    def claims(self) -> list[tuple[Key, Claim]]:
        """The rows as keys and claims, as intake makes them."""
        return [((row[1], row[2]), claim_of(row[3:17])) for row in self.rows]


def recorded(shelf: Shelf, crowd: Crowd) -> Recorded:
    """Make a history up and record it."""
    signals = history(crowd)
    path = shelf.path()
    asyncio.run(_record(shelf, path, signals))
    return Recorded(signals, engagements(path), path)


async def _record(shelf: Shelf, path: Path, signals: Sequence[Signal]) -> None:
    async with shelf.open(path) as store, Intake(store.database, store.keys) as intake:
        await intake.record(store.origin, signals)

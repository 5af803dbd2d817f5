"""Live: 200 signals a second, each from a caller of its own, with a settler beside them; until a signal is scored."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.made_history import Crowd
from benchmarks.measuring import Figure, Size, same
from benchmarks.recorded import recorded
from benchmarks.stores import Shelf, Store, plain, shelf
from bot.intake import Intake
from bot.settle import Settler
from scoring.signals import Signal

PER_SECOND = 200
PAUSE = 0.5
"""Seconds between two rounds of the settler."""


def run(size: Size) -> Iterator[Figure]:
    """Play the last part of a history at a steady pace after the rest of it was settled."""
    seconds = size.of(30, 8)
    with shelf() as databases:
        made = recorded(databases, Crowd(size.of(1500, 400), 90))
        stored, scored = asyncio.run(_play(databases, made.signals, seconds))
        note = f"{len(scored):,} signals at {PER_SECOND} a second, settled every {PAUSE} s"
        for name, waits, goal in (("acknowledged", stored, 0.25), ("scored", scored, 2.0)):
            for percent in (50, 99):
                value = float(np.percentile(waits, percent))
                yield Figure(f"live: {name}, p{percent}", goal, value, unit="s", note=note)


async def _play(databases: Shelf, signals: Sequence[Signal], seconds: int) -> tuple[list[float], list[float]]:
    """Return the seconds until each signal was acknowledged, and until it was scored."""
    last = signals[-seconds * PER_SECOND :]
    async with databases.open() as store:
        async with Intake(store.database, store.keys) as intake:
            await intake.record(store.origin, signals[: -len(last)])
        await Settler(store.database, store.community).settle()
        found = await _Stage(store).play(last)
        with plain(store.path) as connection:
            same("marks left", connection.execute("SELECT count(*) FROM dirty").fetchone()[0], 0)
        return found


class _Stage:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._over = False
        self._waiting: list[float] = []
        self._stored: list[float] = []
        self._scored: list[float] = []

    async def play(self, signals: Sequence[Signal]) -> tuple[list[float], list[float]]:
        """Hand each signal in when its time comes."""
        settling = asyncio.create_task(self._settle())
        begin = time.perf_counter()
        async with Intake(self._store.database, self._store.keys) as intake, asyncio.TaskGroup() as callers:
            for n, signal in enumerate(signals):
                due = begin + n / PER_SECOND
                await asyncio.sleep(max(due - time.perf_counter(), 0))
                callers.create_task(self._hand_in(intake, signal, due))
        self._over = True
        await settling
        return self._stored, self._scored

    async def _hand_in(self, intake: Intake, signal: Signal, due: float) -> None:
        await intake.record(self._store.origin, [signal])
        self._stored.append(time.perf_counter() - due)
        self._waiting.append(due)

    async def _settle(self) -> None:
        settler = Settler(self._store.database, self._store.community)
        while True:
            over, waiting, self._waiting = self._over, self._waiting, []
            await settler.settle()
            now = time.perf_counter()
            self._scored += [now - due for due in waiting]
            if over:
                return
            await asyncio.sleep(PAUSE)

"""What a benchmark measures and how: two sides, taken in turn, the best run of each."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """How much to measure: the full sizes of the goals, or small ones for a first look."""

    quick: bool

    def of(self, full: int, quick: int) -> int:
        """Return one of two numbers of rows, members or signals."""
        return quick if self.quick else full


@dataclass(frozen=True, slots=True)
class Figure:
    """One result. With another side, `ours` over `other` is compared with the goal, else `ours` itself is.

    `unit` names what `ours` and `other` are in; `note` says what was counted and compared.
    """

    name: str
    goal: float
    ours: float
    other: float | None = None
    unit: str = "us"
    note: str = ""

    @property
    def reached(self) -> float:
        """What is compared with the goal."""
        return self.ours if self.other is None else self.ours / self.other

    @property
    def good(self) -> bool:
        """Whether the goal is reached."""
        return self.reached <= self.goal


Side = Callable[[], float]
"""One run of one side, which returns the seconds of what is measured (not of its preparation)."""


def in_turn(rounds: int, *sides: Side) -> list[float]:
    """Run all sides in turn, `rounds` times; return the best seconds of each.

    What was prepared beforehand is kept out of the garbage collector's rounds: it is no part of the work.
    """
    best = [float("inf")] * len(sides)
    gc.collect()
    gc.freeze()
    try:
        for _ in range(rounds):
            for n, side in enumerate(sides):
                best[n] = min(best[n], side())
                gc.collect()
    finally:
        gc.unfreeze()
    return best


class Processor:
    """The processor's seconds that this process, with all its threads, uses within a block."""

    seconds = 0.0

    def __enter__(self) -> Processor:
        gc.collect()
        gc.freeze()
        self.seconds = time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.process_time() - self.seconds
        gc.unfreeze()


class Stopwatch:
    """Adds up the seconds spent inside `with watch.running():`."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Measure what happens inside."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - begin


def same(what: str, ours: object, other: object) -> None:
    """Stop the run where two sides did not do the same."""
    if ours != other:
        raise AssertionError(f"the two sides differ in {what}: {str(ours)[:200]} and {str(other)[:200]}")

"""Python's search for cyclic garbage, done seldom: it stops everything else, and nearly nothing here is in a cycle."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

FIRST, SECOND, THIRD = 10_000, 20, 100
"""New objects before the young are looked at, and how often that is done before older and then all are."""


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Look for garbage seldom, and never again at what is there now: modules, tables and settings stay anyway.

    Looking through the whole of a running Cairn took up to 120 ms, in which nobody's act was stored.
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(FIRST, SECOND, THIRD)
    try:
        yield
    finally:
        gc.set_threshold(*before)

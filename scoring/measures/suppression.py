"""Keeping small groups from view: no figure about fewer than five people, nor what it takes to work one out.

A table is a column of counts whose sum is shown. A count of one to four is hidden (primary suppression); then the next
smallest, until what the shown counts leave over is spread over two or more values and is itself five or more (secondary
suppression). Where one table lies inside another (those in two programmes, of all), both the part and the rest are
guarded, because each can be had from the other by subtraction.
"""

from __future__ import annotations

import numpy as np

from scoring.columns import Bools, Ints

SMALLEST = 5
"""The smallest number of people that may be shown."""


def hidden(tables: Ints, already: Bools | None = None) -> Bools:
    """Return which values must be hidden.

    `tables` has one row per table and one column per value, the first being "unknown"; a value is hidden in all tables
    or in none. `already` marks values that are hidden elsewhere and could be had from here. Nought says nothing about
    anybody and may be shown, unless nothing else can cover for a value that stands alone.
    """
    hide = np.asarray(((tables > 0) & (tables < SMALLEST)).any(axis=0))
    if already is not None:
        hide |= already
    for table in tables:
        _cover(hide, table)
    # Covering for one table can hide a value that leaves another table with too little to cover it.
    while not all(_safe(hide, table) for table in tables):
        if not any(_cover(hide, table) for table in tables):
            hide[0] = True
            break
    return hide


def _cover(hide: Bools, table: Ints) -> bool:
    """Hide the next smallest counts until the table gives nothing away; returns whether any was hidden."""
    changed = False
    while not _safe(hide, table):
        candidates = np.flatnonzero(~hide & (table > 0))
        if not len(candidates):
            break
        hide[candidates[np.argmin(table[candidates])]] = True
        changed = True
    return changed


def _safe(hide: Bools, table: Ints) -> bool:
    left_over = table[hide & (table > 0)]
    return not len(left_over) or (len(left_over) > 1 and int(left_over.sum()) >= SMALLEST)

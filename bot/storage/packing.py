"""Kind, context and amount of an engagement in one number: reading columns costs by the number of values."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from scoring.columns import NOBODY, PART, Acts, Ints
from scoring.signals import DAY_MS, Context

KIND_BITS, CONTEXT_BITS = 6, 34
KIND = (1 << KIND_BITS) - 1
PACKED = f"e.kind + CAST(e.context AS bigint) * {1 << KIND_BITS} + e.amount * {1 << KIND_BITS + CONTEXT_BITS}"
"""The number in SQL, of the engagement `e`."""


def unpack(columns: list[Ints], member_of: Ints, contexts: Mapping[int, Context], as_of: int) -> Acts:
    """Return the acts up to a day; `columns` (accounts, moments, packed numbers, maybe counterparts) are used up.

    Accounts become members, and machines are left out. Part by part and in place: columns as long as the history are
    kept few, because filling fresh memory takes longer than the work.
    """
    account, at, packed, *about = columns
    order = sorted(contexts)
    place = np.zeros(max(order, default=0) + 1, np.int64)
    place[order] = np.arange(len(order))
    detailed = packed.max(initial=0) > KIND
    day, details = np.empty_like(at), [np.empty_like(at) for _ in range(2 * detailed)]
    rows = 0
    for begin in range(0, len(at), PART):
        part = slice(begin, begin + PART)
        who = member_of[account[part]]
        counts = (who != NOBODY) & (at[part] < (as_of + 1) * DAY_MS)
        kept = slice(rows, rows + int(np.count_nonzero(counts)))
        account[kept], at[kept], packed[kept] = who[counts], at[part][counts], packed[part][counts]
        for one in about:
            one[kept] = member_of[one[part][counts]]
        np.floor_divide(at[kept], DAY_MS, out=day[kept])
        if detailed:
            context, amount = details
            context[kept] = place[packed[kept] >> KIND_BITS & (1 << CONTEXT_BITS) - 1]
            amount[kept] = packed[kept] >> KIND_BITS + CONTEXT_BITS
            packed[kept] &= KIND
        rows = kept.stop
    whole = slice(0, rows)
    context, amount = details or (_same(place[0], at), _same(0, at))
    person = about[0] if about else _same(NOBODY, at)
    known = tuple(contexts[number] for number in order)
    return Acts(account, day, at, packed, context, person, amount, known).where(whole)


def _same(value: int, like: Ints) -> Ints:
    """Return a column of one value: a view that takes no memory."""
    return np.broadcast_to(np.array([value], np.int64), like.shape)

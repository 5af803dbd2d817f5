"""Who is asked: so many, drawn at random within strata, by a seed; and who is left in peace.

Random is what a keyed digest of the person's number says. So the same seed draws the same people, in whatever order
they are listed, and whoever else is there.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from scoring.columns import Bools, Ints

REST = 30
"""For how many days nobody is asked again, over all surveys, unless they want to be."""
NEVER = -(1 << 40)
"""The day number of who was never asked."""


def rested(last_asked: Ints, willing: Bools, today: int) -> Bools:
    """Return who may be asked today: last asked 30 days ago or earlier, or glad to be asked anyway."""
    return np.asarray((today - last_asked >= REST) | willing)


def lots(people: Ints, seed: bytes) -> Ints:
    """Return each person's lot, 0 to 2^62: it depends on the seed and on their number alone."""
    key = blake2b(seed, digest_size=32).digest()
    digests = (blake2b(int(one).to_bytes(8, "big", signed=True), digest_size=8, key=key).digest() for one in people)
    return np.array([int.from_bytes(one, "big") >> 2 for one in digests], np.int64)


def drawn(people: Ints, strata: Ints, most: int, seed: bytes) -> Ints:
    """Return who is asked, sorted: at most `most`, from each stratum in proportion, and at least one where possible.

    `people` are different numbers, `strata` the stratum of each (-1 and the like are strata, too).
    """
    if most >= len(people):
        return np.sort(people)
    if most <= 0:
        return np.array([], np.int64)
    lot = lots(people, seed)
    order = np.lexsort((lot, strata))
    codes, sizes = np.unique(strata, return_counts=True)
    shares = _shares(sizes, most, lots(codes, b"strata " + seed))
    first = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    chosen = [order[start : start + n] for start, n in zip(first.tolist(), shares.tolist(), strict=True)]
    return np.asarray(np.sort(people[np.concatenate(chosen)]))


def _shares(sizes: Ints, most: int, lot: Ints) -> Ints:
    """Return how many are drawn from each stratum: in proportion by largest remainders, one at least where that goes.

    Where there are more strata than people to be asked, the larger ones come first. Ties are decided by lot.
    """
    if most < len(sizes):
        chosen = np.lexsort((lot, -sizes))[:most]
        return np.isin(np.arange(len(sizes)), chosen).astype(np.int64)
    exact = sizes * (most / sizes.sum())
    found = np.maximum(np.floor(exact).astype(np.int64), 1)
    while found.sum() < most:
        short = np.where(found < sizes, exact - found, -np.inf)
        found[np.lexsort((lot, -short))[0]] += 1
    while found.sum() > most:
        over = np.where(found > 1, found - exact, -np.inf)
        found[np.lexsort((lot, -over))[0]] -= 1
    return np.asarray(found)

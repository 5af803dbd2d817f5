"""A large store made by plain SQL: one account a member, acts of four kinds in a few channels over a year."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.stores import INSERT, Row, plain
from scoring.signals import DAY_MS, Kind

LAST_DAY = 20_000
_DAYS = 365
_CHANNELS = 50
_KINDS = (Kind.MESSAGE, Kind.REPLY, Kind.REACTION, Kind.MENTION)
_SLICE = 200_000


def fill(path: Path, members: int, n: int) -> None:
    """Put members and engagements (half of them in the last half year) into an empty store."""
    with plain(path) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO member (id, community, public, page) VALUES (?, 1, ?, 1)",
            ((one, str(one)) for one in range(1, members + 1)),
        )
        connection.executemany(
            "INSERT INTO account (id, community, handle, sealed, platform, bot, own_member, member, source) "
            "VALUES (?, 1, ?, x'', 'slack', 0, ?, ?, 0)",
            ((one, str(one), one, one) for one in range(1, members + 1)),
        )
        connection.executemany(
            "INSERT INTO context (id, community, identity, place, name, named_at, parent, programme, cohort, role, "
            "project) VALUES (?, 1, ?, ?, ?, 0, '', '', '', '', '')",
            ((one, f"C{one}", f"C{one}", f"C{one}") for one in range(1, _CHANNELS + 1)),
        )
        connection.executemany(INSERT, _rows(members, n))
        connection.execute("COMMIT")


def _rows(members: int, n: int) -> Iterator[Row]:
    random = np.random.default_rng(1)
    days = np.sort(random.integers(LAST_DAY - _DAYS + 1, LAST_DAY + 1, n))
    for start in range(0, n, _SLICE):
        day = days[start : start + _SLICE]
        count = len(day)
        at = day * DAY_MS + random.integers(0, DAY_MS, count)
        account = random.integers(1, members + 1, count)
        kind = random.choice([int(one) for one in _KINDS], count, p=[0.35, 0.2, 0.4, 0.05])
        context = random.integers(1, _CHANNELS + 1, count)
        columns = (day.tolist(), at.tolist(), account.tolist(), kind.tolist(), context.tolist())
        for number, (on, moment, who, what, where) in enumerate(zip(*columns, strict=True), start):
            key = f"s:C{where:08d}:{number:012d}"
            yield (
                1, on, key, on, moment, who, what, where, None, None, None, 0, False, False, moment, 0, 0, True,
            )  # fmt: skip

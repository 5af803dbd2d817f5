"""Stores too large to be made signal by signal: their rows are written by one SQL statement."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from benchmarks.stores import plain
from scoring.signals import DAY_MS, Kind

FIRST_DAY = 19_000
DAYS = 364
CHANNELS = 20
_KINDS = {Kind.MESSAGE: 30, Kind.REPLY: 20, Kind.REACTION: 42, Kind.MENTION: 8}
"""Shares in per cent."""

_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {last})"
_MIX = "((n * 2654435761) % 4294967291)"
"""A number that looks random and is the same in each run."""


def build(path: Path, members: int, rows: int) -> None:
    """Fill an empty store with members (an account each) and engagements in the order of their time, all within a year.

    Two thirds of what is done is done by a tenth of the members.
    """
    with plain(path) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN IMMEDIATE")
        _people(connection, members)
        _acts(connection, members, rows)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _people(connection: sqlite3.Connection, members: int) -> None:
    numbers = _NUMBERS.format(first=1, last=members + 1)
    connection.execute(
        f"INSERT INTO member (id, community, public, page) {numbers} SELECT n, 1, printf('%036d', n), 0 FROM numbers"
    )
    connection.execute(
        "INSERT INTO account (id, community, handle, sealed, platform, bot, own_member, member, source) "
        f"{numbers} SELECT n, 1, printf('%016d', n), x'00', 'slack', 0, n, n, 0 FROM numbers"
    )
    connection.execute(
        "INSERT INTO context (id, community, identity, place, name, named_at, parent, programme, cohort, role, "
        f"project) {_NUMBERS.format(first=1, last=CHANNELS + 1)} SELECT n, 1, printf('C%08d', n), "
        "printf('C%08d', n), printf('channel-%d', n), 1, '', '', '', '', '' FROM numbers"
    )


def _acts(connection: sqlite3.Connection, members: int, rows: int) -> None:
    kind, upto = "CASE", 0
    for one, share in _KINDS.items():
        upto += share
        kind += f" WHEN n * 7 % 100 < {upto} THEN {int(one)}"
    kind += " END"
    at = f"({FIRST_DAY * DAY_MS} + n * {DAYS * DAY_MS} / {rows})"
    who = f"CASE WHEN {_MIX} % 3 < 2 THEN {_MIX} / 3 % {max(members // 10, 1)} ELSE {_MIX} / 3 % {members} END + 1"
    connection.execute("DROP INDEX ix_engagement_community_day_account")
    connection.execute(
        "INSERT INTO engagement (community, key_day, key, day, at, account, kind, context, amount, estimated, "
        "retracted, version, captured, source, holds) "
        f"{_NUMBERS.format(first=0, last=rows)} SELECT 1, {at} / {DAY_MS}, "
        f"printf('s:C%08d:%d.%06d', n % {CHANNELS}, {at} / 1000, n % 1000000), {at} / {DAY_MS}, {at}, {who}, {kind}, "
        f"n % {CHANNELS} + 1, 0, 0, 0, {at}, 0, 0, 1 FROM numbers"
    )
    connection.execute("CREATE INDEX ix_engagement_community_day_account ON engagement (community, day, account)")

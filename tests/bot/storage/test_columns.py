"""Columns of numbers: both ways of reading agree, and reading never harms a database in use."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import MachineError
from bot.storage.columns import Range, by_adbc, by_cursor
from scoring.columns import Ints

SQL = "SELECT a, b FROM numbers WHERE b >= 0"
WHOLE = [Range("numbers", 0, 1_000)]


@pytest.fixture
def written(tmp_path: Path) -> Iterator[tuple[Path, sqlite3.Connection]]:
    """A database in a place with an odd name, held open by its writer."""
    path = tmp_path / "what? a #1 file.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE numbers (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER)")
        writer.executemany("INSERT INTO numbers (a, b) VALUES (?, ?)", ((n, n << 40) for n in range(1_000)))
        yield path, writer


def test_columns_read_by_adbc_are_those_read_by_the_cursor(written: tuple[Path, sqlite3.Connection]) -> None:
    path, writer = written

    assert lists(by_adbc(str(path), SQL, 2, WHOLE)) == lists(by_cursor(writer, SQL, 2))


@pytest.mark.parametrize("gone", ["a < 0", "a % 3 = 0", "a < 400", "a BETWEEN 250 AND 800", "a >= 900", "a <> 500"])
def test_columns_read_in_parts_are_the_whole_in_order(written: tuple[Path, sqlite3.Connection], gone: str) -> None:
    path, writer = written
    writer.execute(f"DELETE FROM numbers WHERE {gone}")  # noqa: S608
    parts = [Range("numbers", low, high) for low, high in ((0, 300), (300, 301), (301, 850), (850, 1_000))]

    assert lists(by_adbc(str(path), SQL, 2, parts)) == lists(by_cursor(writer, SQL, 2))


def test_columns_without_rows_are_empty_either_way(written: tuple[Path, sqlite3.Connection]) -> None:
    path, writer = written
    none = f"{SQL} AND a < 0"

    assert lists(by_adbc(str(path), none, 2, WHOLE)) == lists(by_cursor(writer, none, 2)) == [[], []]


def lists(columns: list[Ints]) -> list[list[int]]:
    """Return columns in a form that compares."""
    return [one.tolist() for one in columns]


def test_reading_by_adbc_loses_nothing_that_is_written_afterwards(written: tuple[Path, sqlite3.Connection]) -> None:
    path, writer = written
    by_adbc(str(path), SQL, 2, WHOLE)
    writer.execute("INSERT INTO numbers (a, b) VALUES (-1, 0)")

    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT count(*) FROM numbers").fetchone() == (1_001,)


def test_reading_by_adbc_that_fails_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="reading by ADBC failed"):
        by_adbc(str(tmp_path / "missing.db"), SQL, 2, WHOLE)

"""Columns of numbers: both ways of reading agree, and reading never harms a database in use."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import MachineError
from bot.storage.columns import by_adbc, by_cursor

SQL = "SELECT a, b FROM numbers"


@pytest.fixture
def written(tmp_path: Path) -> Iterator[tuple[Path, sqlite3.Connection]]:
    """A database in a place with an odd name, held open by its writer."""
    path = tmp_path / "what? a #1 file.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE numbers (a INTEGER, b INTEGER)")
        writer.executemany("INSERT INTO numbers VALUES (?, ?)", ((n, n << 40) for n in range(1_000)))
        yield path, writer


def test_columns_read_by_adbc_are_those_read_by_the_cursor(written: tuple[Path, sqlite3.Connection]) -> None:
    path, writer = written

    assert [one.tolist() for one in by_adbc(str(path), [SQL])] == [one.tolist() for one in by_cursor(writer, SQL, 2)]


def test_columns_read_in_parts_are_the_whole_in_order(written: tuple[Path, sqlite3.Connection]) -> None:
    path, writer = written
    parts = [f"{SQL} WHERE a < 300", f"{SQL} WHERE a < 0", f"{SQL} WHERE a >= 300"]

    assert [one.tolist() for one in by_adbc(str(path), parts)] == [one.tolist() for one in by_cursor(writer, SQL, 2)]


def test_columns_without_rows_are_empty_either_way(written: tuple[Path, sqlite3.Connection]) -> None:
    path, writer = written
    none = f"{SQL} WHERE a < 0"

    assert [one.tolist() for one in by_adbc(str(path), [none])] == [[], []]
    assert [one.tolist() for one in by_cursor(writer, none, 2)] == [[], []]


def test_reading_by_adbc_loses_nothing_that_is_written_afterwards(written: tuple[Path, sqlite3.Connection]) -> None:
    path, writer = written
    by_adbc(str(path), [SQL])
    writer.execute("INSERT INTO numbers VALUES (-1, 0)")

    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT count(*) FROM numbers").fetchone() == (1_001,)


def test_reading_by_adbc_that_fails_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="reading by ADBC failed"):
        by_adbc(str(tmp_path / "missing.db"), [SQL])

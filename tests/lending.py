"""A PostgreSQL database lent to one test after another: what a test leaves in it is taken out, not the database.

A database is some 300 files. To make and delete them for each test takes longer than most tests, and slows down all
else that writes files.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

LARGE = 1_000_000
"""Bytes of a table from which it is quicker to begin its file anew than to delete row by row."""

TABLES = """\
SELECT relname, pg_relation_size(oid) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'"""
MADE = """\
SELECT (SELECT array_agg(oid || relname ORDER BY oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
       (SELECT array_agg(attrelid || attname ORDER BY attrelid, attnum) FROM pg_attribute WHERE attrelid > 16383),
       (SELECT array_agg(oid ORDER BY oid) FROM pg_trigger),
       (SELECT array_agg(version_num) FROM alembic_version),
       (SELECT count(*) FROM pg_db_role_setting)"""
COUNTED_ON = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"


class Lender:
    """Lends a database that has all tables and no rows, of a server of its own; one at a time."""

    def __init__(self, server: str, furnish: Callable[[str], None]) -> None:
        """Take the URL of a server's own database, and what makes all tables in the database of a URL."""
        self._server = server
        self._furnish = furnish
        self._name = ""
        self._made: object = None

    @contextmanager
    def lend(self) -> Iterator[str]:
        """Give the URL of the database for the time of the block."""
        if not self._name:
            self._name = create(self._server)
            self._furnish(at(self._server, self._name))
            with psycopg.connect(at(self._server, self._name)) as inside:
                self._made = inside.execute(MADE).fetchone()
        yield at(self._server, self._name)
        if not self._clear():
            drop(self._server, self._name)
            self._name = ""

    def _clear(self) -> bool:
        """Take out all rows; returns whether the database is as it was made, but for its rows."""
        with psycopg.connect(self._server, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self._name])
        try:
            with psycopg.connect(at(self._server, self._name)) as inside:
                if inside.execute(MADE).fetchone() != self._made:
                    return False
                inside.execute("SET session_replication_role = replica")  # neither triggers nor references matter
                for name, size in inside.execute(TABLES).fetchall():
                    how = "TRUNCATE {} CASCADE" if size > LARGE else "DELETE FROM {}"
                    if size:
                        inside.execute(sql.SQL(how).format(sql.Identifier(name)))
                for (name,) in inside.execute(COUNTED_ON).fetchall():
                    inside.execute("SELECT setval(%s::regclass, 1, false)", [f'"{name}"'])
        except psycopg.Error:
            return False
        return True


@contextmanager
def bare(server: str) -> Iterator[str]:
    """Give the URL of a new database without tables for the time of the block."""
    name = create(server)
    yield at(server, name)
    drop(server, name)


def at(server: str, name: str) -> str:
    """Return the URL of one of a server's databases."""
    return server.rpartition("/")[0] + f"/{name}"


def create(server: str) -> str:
    """Make an empty database and return its name."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return name


def drop(server: str, name: str) -> None:
    """Delete a database, whoever may still use it."""
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

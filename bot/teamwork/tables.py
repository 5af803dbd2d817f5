"""Tables that managers hand over in chat: what reads them, and where they lie until it is said what they mean."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bot.history.archives import Archive

MOST_BYTES = 8_000_000
"""The largest table that is taken in chat; larger ones are for the command line."""
MINUTES = 30
"""How long a table waits for its meaning."""
_MOST_TABLES = 8


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the columns of a table of participations mean; empty where there is none.

    `source` names the rows' id space; `programme` and `role` hold for each row that does not say it itself.
    """

    source: str
    person: str
    date: str = ""
    role: str = ""
    cohort: str = ""
    programme: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """The names of a table's columns and its first rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Sheets(Protocol):
    """What reads tables; the composition root hands it over. Both raise InputError for what is no such table."""

    def preview(self, path: Path) -> Preview:
        """Return the columns and the first rows of a file."""
        ...

    def archive(self, path: Path, meaning: Meaning, captured: int) -> Archive:
        """Open a file of participations; `captured` is when it was handed over (ms)."""
        ...


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was handed over: by which community, its name, when (ms), and what is in it."""

    community: int
    name: str
    at: int
    content: bytes = field(repr=False)
    columns: tuple[str, ...] = ()


class Tray:
    """Where tables lie, in memory only, until it is said what they mean."""

    def __init__(self) -> None:
        """Begin with none."""
        self._tables: OrderedDict[str, Table] = OrderedDict()

    def put(self, table: Table) -> str:
        """Keep a table; returns the name to ask for it by. Old ones make room."""
        name = secrets.token_hex(8)
        self._tables[name] = table
        while len(self._tables) > _MOST_TABLES:
            self._tables.popitem(last=False)
        return name

    def get(self, community: int, name: str, now: int) -> Table | None:
        """Return a table of a community, None where it has waited too long (ms) or is another's."""
        found = self._tables.get(name)
        if found is None or found.community != community or now - found.at > MINUTES * 60_000:
            return None
        return found

    def waiting(self, community: int, now: int) -> int:
        """Return how many tables of a community wait."""
        return sum(self.get(community, name, now) is not None for name in self._tables)

    def drop(self, name: str) -> None:
        """Let go of a table."""
        self._tables.pop(name, None)

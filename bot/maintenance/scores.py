"""Whether stored scores are what a full recompute from the engagements gives, exactly (guarantee I5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bot.rules import parse_rules
from bot.storage import belonging, checking, communities, old_tallies
from bot.storage.acts import to_score
from bot.storage.engine import Database
from scoring.assess import band_changes, crossings, totals
from scoring.columns import Bools, Ints
from scoring.mountain import Mountain
from scoring.points import TALLY_POINT, Tallies, tally, together
from scoring.road import Road
from scoring.signals import date_of


@dataclass(frozen=True, slots=True)
class _Shape:
    """A table of scores: its columns, of which the first `keys` say which row it is."""

    table: str
    columns: tuple[str, ...]
    keys: int


_TALLY = _Shape("tally", ("member", "day", "type", "counted", "points"), 3)
_TOTAL = _Shape("total", ("member", "band", "points"), 2)
_BANDS = _Shape("band_change", ("member", "day", "band"), 2)
_CROSSING = _Shape("crossing", ("member", "day", "step"), 3)

Row = tuple[int, ...]


class Place(NamedTuple):
    """One row of a table of scores under one set of rules."""

    rules: int
    table: str
    key: Row


class Recomputed(NamedTuple):
    """How many stored rows were compared, and what is wrong with which."""

    at: int
    wrong: dict[Place, str]


async def compare(database: Database, community: int) -> Recomputed:
    """Compare all stored scores of a community with a recompute; members with marks left are left out."""
    at, wrong = 0, dict[Place, str]()
    async with database.read() as connection:
        rules = await communities.rules_of(connection, community)
    for one in rules:
        mountain = parse_rules(one.text, one.name)
        worked_out = await _recompute(database, community, (one.id, mountain))
        for shape, right in worked_out:
            stored = await _stored(database, community, one.id, shape)
            left_out = await _marked(database, community)
            stored, right = stored[~_of(stored, left_out)], right[~_of(right, left_out)]
            at += len(stored)
            for key, is_there, should_be in _differences(shape, stored, right):
                said = f"rules {one.version}: {_told(shape, mountain, key, is_there, should_be)}"
                wrong[Place(one.id, shape.table, key)] = said
    return Recomputed(at, wrong)


async def _recompute(database: Database, community: int, under: tuple[int, Mountain]) -> list[tuple[_Shape, Ints]]:
    rules, mountain = under
    async with database.read() as connection:
        as_of = (await communities.get(connection, community)).as_of
        about = await belonging.of(connection, community, mountain)
        held = await belonging.held(connection, community, mountain)
        before = about.counting(await old_tallies.everything(connection, community, rules))
    found = together(tally(await to_score(database, community, as_of, mountain), mountain, about), before)
    road = Road(found, mountain, as_of)
    now, bands, crossed = totals(road, as_of), band_changes(road, as_of), crossings(road, held)
    return [
        (_TALLY, _table(*_columns(found))),
        (_TOTAL, _table(now.member, now.band, now.points)),
        (_BANDS, _table(bands.member, bands.day, bands.band)),
        (_CROSSING, _table(crossed.member, crossed.day, crossed.step)),
    ]


def _columns(found: Tallies) -> tuple[Ints, ...]:
    return found.member, found.day, found.type, found.counted, found.points


def _table(*columns: Ints) -> Ints:
    """Put columns side by side, sorted by the first, then the second and so on."""
    table = np.column_stack(columns)
    return np.asarray(table[np.lexsort(table.T[::-1])])


async def _stored(database: Database, community: int, rules: int, shape: _Shape) -> Ints:
    return _table(*await checking.scores(database, (community, rules), shape.table, shape.columns))


async def _marked(database: Database, community: int) -> Ints:
    async with database.read() as connection:
        return np.array(sorted(await checking.marked(connection, community)), np.int64)


def _of(table: Ints, members: Ints) -> Bools:
    return np.isin(table[:, 0], members)


def _differences(shape: _Shape, stored: Ints, right: Ints) -> Iterator[tuple[Row, Row | None, Row | None]]:
    """Yield the rows that differ: key, what is there, what should be."""
    if np.array_equal(stored, right):
        return
    there, wanted = ({row[: shape.keys]: row for row in map(tuple, table.tolist())} for table in (stored, right))
    for key in sorted(there.keys() | wanted.keys()):
        if there.get(key) != wanted.get(key):
            yield key, there.get(key), wanted.get(key)


def _told(shape: _Shape, mountain: Mountain, key: Row, is_there: Row | None, should_be: Row | None) -> str:
    where = ", ".join(_named(name, value, mountain) for name, value in zip(shape.columns, key, strict=False))
    values = shape.columns[shape.keys :]

    def said(row: Row | None) -> str:
        if row is None:
            return "nothing"
        end = zip(values, row[shape.keys :], strict=True)
        return ", ".join(_named(name, value, mountain) for name, value in end) or "a row"

    return f"{shape.table} ({where}): stored {said(is_there)}, expected {said(should_be)}"


def _named(column: str, value: int, mountain: Mountain) -> str:
    names: dict[str, Sequence[str]] = {
        "type": [one.name for one in mountain.types],
        "band": [one.name for one in mountain.bands],
        "step": [one.name for one in mountain.steps],
    }
    if column == "day":
        return f"day {date_of(value)}"
    if column == "points":
        return f"points {value / TALLY_POINT:.5f}"
    inside = column in names and value < len(names[column])
    return f"{column} {names[column][value]}" if inside else f"{column} {value}"

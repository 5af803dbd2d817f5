"""Anonymous numbers from outside are read row by row."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bot.ports import Archive, Count, InputError, Item, day_number, day_of
from integrations.archives.counts import Counts
from integrations.archives.csv_archive import Rejects

HEADER = "kind,day,place,n\n"


def read(folder: Path, text: str, rejects: Path | None = None) -> tuple[Archive, list[Item]]:
    file = folder / "counts.csv"
    file.write_text(text, encoding="utf-8")
    archive = Counts(file, 7, Rejects(rejects) if rejects else None)
    try:
        return archive, list(archive.items())
    finally:
        archive.close()


def test_row_becomes_a_count(tmp_path: Path) -> None:
    archive, items = read(tmp_path, HEADER + "headcount,2018-05-10,Lima: hub,32\ndownloads,2018-05-11,,0\n")
    days = [day_of(archive.read.first or 0), day_of(archive.read.last or 0)]
    assert items == [
        Count("headcount", days[0], "Lima: hub", 32, "c:headcount:2018-05-10:Lima%3A hub"),
        Count("downloads", days[1], "", 0, "c:downloads:2018-05-11:"),
    ]
    assert days[1] == days[0] + 1 == day_number(dt.date(2018, 5, 11))
    assert (archive.source, archive.space, archive.captured, archive.read.objects) == ("counts", None, 7, 2)


def test_columns_come_in_any_order_among_others(tmp_path: Path) -> None:
    _, items = read(tmp_path, "note;n;place;day;kind\nrain;3;Lima;2018-05-10;headcount\n")
    assert [(item.kind, item.n) for item in items if isinstance(item, Count)] == [("headcount", 3)]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("k,2018-05-10,p,-1\n", "n", "wrong number"),
        ("k,2018-05-10,p,1.5\n", "n", "wrong number"),
        ("k,2018-05-10,p,NaN\n", "n", "wrong number"),
        (f"k,2018-05-10,p,{'9' * 900}\n", "n", "wrong number"),
        ("k,2018-05-10,p,1000000000000001\n", "n", "wrong number"),
        ("k,2018-05-10,p,\n", "n", "wrong number"),
        ("k,10.5.2018,p,1\n", "day", "wrong date"),
        (",2018-05-10,p,1\n", "kind", "no kind"),
    ],
)
def test_bad_row_stops_or_is_skipped(tmp_path: Path, row: str, column: str, reason: str) -> None:
    with pytest.raises(InputError, match=f"row 2: column '{column}'"):
        read(tmp_path, HEADER + row)
    archive, items = read(tmp_path, HEADER + row + "k,2018-05-10,p,1\n", tmp_path / "rejects.csv")
    assert len(items) == 1
    assert archive.read.skipped == {reason: 1}


def test_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column 'place'"):
        read(tmp_path, "kind,day,n\n")

"""A report as one self-contained page: no script, no font, no picture, nothing from anywhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.reports import documents, unheard, wording
from bot.reports.contents import Report
from bot.reports.months_svg import months_svg
from bot.reports.mountain_svg import mountain_svg
from bot.reports.templates import environment
from scoring.measures.groups import GroupFigures


@dataclass(frozen=True, slots=True)
class _GroupTable:
    """A declared group: the values shown, and a note about those that are not."""

    name: str
    rows: tuple[GroupFigures, ...]
    note: str


def page(of: Report) -> str:
    """Return the whole HTML document; names from the community are escaped."""
    found = of.findings
    template = environment().get_template("page.html.j2")
    return template.render(
        of=of,
        found=found,
        words=wording,
        unheard=unheard,
        points=documents.points,
        mountain=mountain_svg(of.mountain, found.bands),
        months=months_svg(found.months),
        groups=_tables(found.groups),
        two_groups=_tables(found.two_or_more.groups),
    )


def _tables(rows: Sequence[GroupFigures]) -> list[_GroupTable]:
    return [_table(name, list(values)) for name, values in groupby(rows, key=lambda row: row.group)]


def _table(name: str, rows: Sequence[GroupFigures]) -> _GroupTable:
    shown = tuple(row for row in rows if not row.suppressed)
    return _GroupTable(name, shown, wording.withheld([row for row in rows if row.suppressed]))

"""A report as one self-contained page: no script, no font, no picture, nothing from anywhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from bot.language import Words
from bot.reports import documents, unheard
from bot.reports.contents import Report
from bot.reports.months_svg import months_svg
from bot.reports.mountain_svg import mountain_svg
from bot.reports.templates import environment
from bot.reports.wording import Wording, steps
from scoring.measures.groups import GroupFigures


@dataclass(frozen=True, slots=True)
class _GroupTable:
    """A declared group: the values shown, and a note about those that are not."""

    name: str
    rows: tuple[GroupFigures, ...]
    note: str


def page(of: Report, words: Words) -> str:
    """Return the whole HTML document in a language; names from the community are escaped."""
    wording, found = Wording(words), of.findings
    of = replace(of, mountain=of.mountain.in_language(wording.tag))
    template = environment().get_template("page.html.j2")
    return template.render(
        of=of,
        found=found,
        words=wording,
        say=wording.say,
        mark=unheard.MARK,
        month=lambda one: unheard.month(wording, one),
        unheard=unheard.lines(wording, found, wording.say("unheard.rest")),
        points=documents.points,
        steps=steps(of),
        mountain=mountain_svg(of.mountain, found.bands, wording),
        months=months_svg(found.months, wording),
        groups=_tables(found.groups, wording),
        two_groups=_tables(found.two_or_more.groups, wording),
    )


def _tables(rows: Sequence[GroupFigures], wording: Wording) -> list[_GroupTable]:
    return [_table(name, list(values), wording) for name, values in groupby(rows, key=lambda row: row.group)]


def _table(name: str, rows: Sequence[GroupFigures], wording: Wording) -> _GroupTable:
    shown = tuple(row for row in rows if not row.suppressed)
    return _GroupTable(wording.group(name), shown, wording.withheld([row for row in rows if row.suppressed]))

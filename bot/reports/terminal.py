"""Reports on the terminal: a headline, the drawn mountain, and tables; plain words, readable at 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.reports import documents, wording
from bot.reports.contents import NetworkReport, PathwayReport, Report
from bot.reports.terminal_mountain import DrawnMountain
from scoring.measures.findings import Findings, TwoOrMore
from scoring.measures.groups import GroupFigures
from scoring.measures.programmes import ProgrammeFigures
from scoring.measures.ties import TieFigures
from scoring.signals import Kind
from scoring.statistics import Ratio

_VALUES_SHOWN = 12
"""How many values of a group the terminal lists; a page and a document list all."""

_MONTHS_SHOWN = 24
"""How many months, the latest, the terminal lists."""

_SHARE = ("people", "share", "95% interval")


def report(of: Report) -> RenderableType:
    """Show the table of findings in its two parts."""
    found = of.findings
    return Group(
        _headline(wording.title(of), wording.scope(of), _summary(found)),
        Padding(DrawnMountain(found.bands), (1, 0, 0, 0)),
        _bands(found),
        *_programmes("Programmes", found.programmes, "engaged members"),
        *_groups(found.groups, "engaged members"),
        *_two_or_more(found.two_or_more),
        *_months(found),
        _ties(found.ties),
        *_steps(of),
    )


def pathways(of: PathwayReport) -> RenderableType:
    """Show the way from one role to another, cohort by cohort."""
    later = of.pathway.later
    back = f"{wording.number(later.numerator)} of them ({wording.share(later)}) came back later as {of.to_role}"
    summary = f"{wording.people(of.pathway.people)} were there as {of.from_role}; {back}."
    table = _table("cohort", "began", "people", "in the next", "any later", "any role")
    for one in of.pathway.cohorts:
        cells = (_count_and_share(ratio) for ratio in (one.next, one.later, one.any_role_later))
        shown = cells if one.known else ("not yet known", "", "")
        table.add_row(one.cohort, wording.day(one.first_day), wording.number(one.people), *shown)
    title = f"{of.programme}: from {of.from_role} to {of.to_role}"
    parts = (
        [_section(f"Cohort by cohort: who came back as {of.to_role}, and in any role at all", table)]
        if of.pathway.cohorts
        else []
    )
    return Group(_headline(title, of.community or wording.NO_COMMUNITY, summary), *parts)


def network(of: NetworkReport) -> RenderableType:
    """Show the ties of each kind and the graph they make together."""
    table = _table("figure", "")
    for name, figure in wording.graph(of.graph):
        table.add_row(name, figure)
    drawn = _section("The network they make, a tie in either direction being one", table)
    return Group(_headline("Network", of.community or wording.NO_COMMUNITY, ""), _ties(of.ties), drawn)


def _headline(title: str, scope: str, summary: str) -> RenderableType:
    lines = [Text(title, style="bold"), Text(scope, style="dim")]
    return Group(*lines, *([Text(summary)] if summary else []))


def _summary(found: Findings) -> str:
    kinds = ", ".join(wording.kinds(found.by_kind))
    total = f"{wording.engaged(found)}, in {wording.number(found.engagements)} engagements"
    return f"{total}: {kinds}." if kinds else f"{total}."


def _bands(found: Findings) -> RenderableType:
    table = _table("band", *_SHARE, "points", "came up", "stand here")
    for one in reversed(found.bands):
        numbers = (documents.points(one.points), one.entered, one.standing)
        table.add_row(one.band, *_cells(one.members), *(wording.number(count) for count in numbers))
    return _section("Bands (share of engaged members)", table)


def _programmes(title: str, rows: Sequence[ProgrammeFigures], whole: str) -> list[RenderableType]:
    table = _table("programme", "cohort", *_SHARE, left=2)
    for one in rows:
        table.add_row(one.programme, one.cohort or "any", *_cells(one.members))
    return [_section(f"{title} (share of {whole})", table)] if rows else []


def _groups(rows: Sequence[GroupFigures], whole: str) -> list[RenderableType]:
    return [_group(name, list(values), whole) for name, values in groupby(rows, key=lambda row: row.group)]


def _group(name: str, rows: list[GroupFigures], whole: str) -> RenderableType:
    table = _table(name, *_SHARE)
    shown, hidden = [row for row in rows if not row.suppressed], [row for row in rows if row.suppressed]
    listed = shown if len(shown) <= _VALUES_SHOWN else [*shown[: _VALUES_SHOWN - 1], shown[-1]]
    for one in listed:
        table.add_row(one.value, *_cells(one.members))
    more = len(shown) - len(listed)
    notes = (f"{wording.number(more)} more in --json and --html" if more else "", wording.withheld(hidden))
    return _section(f"By {name} (share of {whole})", table, "; ".join(note for note in notes if note))


def _two_or_more(part: TwoOrMore) -> list[RenderableType]:
    if not part.members.numerator:
        return []
    whole = "these members"
    table = _table("exactly these", *_SHARE)
    for one in part.combinations:
        table.add_row(" + ".join(one.programmes), *_cells(one.members))
    return [
        Text("\nIn two or more programmes, at a band in focus", style="bold"),
        Text(f"{wording.people(part.members.numerator)}, {wording.share(part.members)} of the engaged"),
        *_programmes("Their programmes", part.programmes, whole),
        _section(f"Which programmes together (share of {whole})", table),
        *_groups(part.groups, whole),
    ]


def _months(found: Findings) -> list[RenderableType]:
    table = _table("month", "writers", "engaged", "new", "stayed", "came back", "fell silent")
    for one in found.months[-_MONTHS_SHOWN:]:
        counts = (one.writers, one.engaged, one.new, one.retained, one.returned, one.lost)
        table.add_row(one.month, *(wording.number(count) for count in counts))
    earlier = len(found.months) - _MONTHS_SHOWN
    note = f"{wording.number(earlier)} earlier ones in --json and --html" if earlier > 0 else ""
    return [_section("Months (UTC; the last one may not be over)", table, note)] if found.months else []


def _ties(by_kind: dict[Kind, TieFigures]) -> RenderableType:
    table = _table("by", "times", "to oneself", "pairs (one way)", "returned")
    for kind, one in by_kind.items():
        counts = (wording.number(count) for count in (one.events, one.self_events, one.pairs))
        table.add_row(kind.label, *counts, wording.per_cent(one.reciprocity))
    return _section("Who turned to whom", table)


def _steps(of: Report) -> list[RenderableType]:
    table = _table("step", "members")
    for name, members in wording.steps(of):
        table.add_row(name, wording.number(members))
    return [_section("Steps reached in this period", table)] if of.findings.steps else []


def _cells(of: Ratio | None) -> tuple[str, str, str]:
    """Return people, share and interval of a ratio."""
    count = wording.NOT_KNOWN if of is None else wording.number(of.numerator)
    return count, wording.share(of), wording.interval(of)


def _count_and_share(of: Ratio | None) -> str:
    return wording.NOT_KNOWN if of is None else f"{wording.number(of.numerator)} ({wording.share(of)})"


def _section(title: str, table: Table, note: str = "") -> RenderableType:
    parts: list[RenderableType] = [Text(f"\n{title}", style="bold"), table]
    return Group(*parts, *([Text(note, style="dim")] if note else []))


def _table(*columns: str, left: int = 1) -> Table:
    """Return an empty table whose first `left` columns are words and the others numbers."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for place, name in enumerate(columns):
        if place < left:
            table.add_column(name, overflow="fold", min_width=8)
        else:
            table.add_column(name, overflow="fold", justify="right")
    return table

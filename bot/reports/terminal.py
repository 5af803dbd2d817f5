"""Reports on the terminal: a headline, the drawn mountain, and tables; plain words, readable at 80 columns.

The terminal shows the main things. Long lists are cut, with a word on where the rest is: `--json` and `--html` have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.text import Text

from bot.reports import tables, unheard
from bot.reports.contents import NetworkReport, PathwayReport, Report
from bot.reports.terminal_mountain import DrawnMountain
from bot.reports.wording import NOT_KNOWN, english, steps
from scoring.measures.findings import Findings, TwoOrMore
from scoring.measures.groups import UNKNOWN, GroupFigures
from scoring.measures.months import MonthFigures
from scoring.measures.network import GraphFigures
from scoring.measures.programmes import ProgrammeFigures
from scoring.measures.ties import TieFigures
from scoring.signals import Kind
from scoring.statistics import Ratio

_VALUES_SHOWN = 8
"""How many values of a group the terminal lists."""

_COHORTS_SHOWN = 4
"""How many of a programme's cohorts, the latest, the terminal lists."""

_MONTHS_SHOWN = 8
"""How many rows of months, the latest, the terminal lists."""

_SHARE = ("people", "share", "95% interval")
_REST = "in --json and --html"


def report(of: Report) -> RenderableType:
    """Show the table of findings in its two parts."""
    found = of.findings
    return Group(
        _headline(english().title(of), english().scope(of), _summary(found)),
        *([Text(english().say("unheard.at_first"), style="yellow")] if found.gaps else []),
        Text("\nThe Mountain (people who engaged in each band, share of engaged members)", style="bold"),
        DrawnMountain(found.bands),
        Text("Came up: rose to this band in this time. Stand here: their band at its end.", style="dim"),
        *_programmes("Programmes", found.programmes, "engaged members"),
        *_groups(found.groups, "engaged members"),
        *_two_or_more(found.two_or_more),
        *_months(found.months),
        *_unheard(found),
        *_ties({kind: one for kind, one in found.ties.items() if one.events}),
        *_steps(of),
    )


def pathways(of: PathwayReport) -> RenderableType:
    """Show the way from one role to another, cohort by cohort."""
    later = of.pathway.later
    back = f"{english().number(later.numerator)} of them ({english().share(later)}) came back later as {of.to_role}"
    summary = f"{english().people(of.pathway.people)} were there as {of.from_role}; {back}."
    table = tables.table("cohort", "began", "people", "in the next", "any later", "any role")
    for one in of.pathway.cohorts:
        cells = (_count_and_share(ratio) for ratio in (one.next, one.later, one.any_role_later))
        shown = cells if one.known else ("not yet known", "", "")
        table.add_row(one.cohort, english().day(one.first_day), english().number(one.people), *shown)
    title = f"{of.programme}: from {of.from_role} to {of.to_role}"
    who = f"Cohort by cohort: who came back as {of.to_role}, and in any role at all"
    parts = [tables.section(who, table)] if of.pathway.cohorts else []
    return Group(_headline(title, of.community or english().say("no_community"), summary), *parts)


def network(of: NetworkReport) -> RenderableType:
    """Show the ties of each kind and the graph they make together."""
    table = tables.table("figure", "")
    for name, figure in _graph(of.graph):
        table.add_row(name, figure)
    drawn = tables.section("The network they make, a tie in either direction being one", table)
    return Group(_headline("Network", of.community or english().say("no_community"), ""), *_ties(of.ties), drawn)


def _headline(title: str, scope: str, summary: str) -> RenderableType:
    lines = [Text(title, style="bold"), Text(scope, style="dim")]
    return Group(*lines, *([Text(summary)] if summary else []))


def _summary(found: Findings) -> str:
    kinds = english().kinds(found.by_kind)
    total = f"in {english().number(found.engagements)} engagements"
    which = kinds[0] if len(kinds) == 1 else ", ".join(kinds)
    said = f"in {which}" if len(kinds) == 1 else f"{total}: {which}" if kinds else total
    return f"{_engaged(found)}, {said}."


def _programmes(title: str, rows: Sequence[ProgrammeFigures], whole: str) -> list[RenderableType]:
    """Show each programme with its latest cohorts."""
    table = tables.table("programme", "cohort", *_SHARE, left=2)
    earlier = 0
    for _, parts in groupby(rows, key=lambda row: row.programme):
        first, *cohorts = parts
        latest = cohorts[-_COHORTS_SHOWN:]
        earlier += len(cohorts) - len(latest)
        # A programme with one cohort would be told twice.
        for one in latest if len(cohorts) == 1 and cohorts[0].members == first.members else [first, *latest]:
            table.add_row(one.programme, one.cohort or "any", *_cells(one.members))
    note = f"{english().number(earlier)} earlier cohorts {_REST}" if earlier else ""
    return [tables.section(f"{title} (share of {whole})", table, note)] if rows else []


def _groups(rows: Sequence[GroupFigures], whole: str) -> list[RenderableType]:
    known = [(name, list(values)) for name, values in groupby(rows, key=lambda row: row.group)]
    return [_group(name, values, whole) for name, values in known if any(one.value != UNKNOWN for one in values)]


def _group(name: str, rows: list[GroupFigures], whole: str) -> RenderableType:
    table = tables.table(name, *_SHARE)
    shown, hidden = [row for row in rows if not row.suppressed], [row for row in rows if row.suppressed]
    listed = shown if len(shown) <= _VALUES_SHOWN else [*shown[: _VALUES_SHOWN - 1], shown[-1]]
    for one in listed:
        table.add_row(one.value, *_cells(one.members))
    more = len(shown) - len(listed)
    notes = (f"{english().number(more)} more {_REST}" if more else "", english().withheld(hidden))
    return tables.section(f"By {name} (share of {whole})", table, "; ".join(note for note in notes if note))


def _two_or_more(part: TwoOrMore) -> list[RenderableType]:
    """Show who is in several programmes: of these, whole programmes only."""
    if not part.members.numerator:
        return []
    title = Text("\nIn two or more programmes, at a band in focus", style="bold")
    many = f"{english().people(part.members.numerator)}, {english().share(part.members)} of the engaged"
    groups = _groups(part.groups, "these members")
    if len(part.combinations) == 1:
        return [title, Text(f"{many}, all of them in {' + '.join(part.combinations[0].programmes)}"), *groups]
    table = tables.table("exactly these", *_SHARE)
    for one in part.combinations:
        table.add_row(" + ".join(one.programmes), *_cells(one.members))
    together = tables.section("Which programmes together (share of these members)", table)
    programmes = [one for one in part.programmes if one.cohort is None]
    return [title, Text(many), *_programmes("Their programmes", programmes, "these members"), together, *groups]


def _months(months: Sequence[MonthFigures]) -> list[RenderableType]:
    table = tables.table("month", "writers", "engaged", "new", "stayed", "came back", "fell silent")
    rows = list(_months_and_pauses(months))
    for name, counts in rows[-_MONTHS_SHOWN:]:
        table.add_row(name, *(english().number(count) for count in counts))
    note = f"earlier ones {_REST}" if len(rows) > _MONTHS_SHOWN else ""
    return [tables.section("Months (UTC; the last one may not be over)", table, note)] if months else []


def _unheard(found: Findings) -> list[RenderableType]:
    told = "\n".join(unheard.lines(english(), found, _REST))
    return [tables.section(english().say("unheard.title"), Text(told))] if found.gaps else []


def _months_and_pauses(months: Sequence[MonthFigures]) -> Iterable[tuple[str, tuple[int, ...]]]:
    """Yield the months' rows; months on end in which nobody engaged, and all was heard, are one row."""
    for active, run in groupby(months, key=lambda one: one.engaged + one.writers > 0 or bool(one.missing)):
        several = list(run)
        if active or len(several) == 1:
            yield from ((unheard.month(english(), one), _counts(one)) for one in several)
        else:
            sums = (sum(counts) for counts in zip(*map(_counts, several), strict=True))
            yield f"{len(several)} quiet months", tuple(sums)


def _counts(one: MonthFigures) -> tuple[int, ...]:
    return one.writers, one.engaged, one.new, one.retained, one.returned, one.lost


def _ties(by_kind: dict[Kind, TieFigures]) -> list[RenderableType]:
    table = tables.table("by", "times", "to oneself", "pairs (one way)", "returned")
    for kind, one in by_kind.items():
        counts = (english().number(count) for count in (one.events, one.self_events, one.pairs))
        table.add_row(kind.label, *counts, english().per_cent(one.reciprocity))
    return [tables.section("Who turned to whom", table)] if by_kind else []


def _steps(of: Report) -> list[RenderableType]:
    table = tables.table("step", "what it invites to", "members", left=2)
    for one, (title, members) in zip(of.findings.steps, steps(of), strict=True):
        table.add_row(one.step, title, english().number(members))
    note = "Who is ready for one now: cairn member list --step STEP"
    return [tables.section("Steps reached in this period", table, note)] if of.findings.steps else []


def _cells(of: Ratio | None) -> tuple[str, str, str]:
    """Return people, share and interval of a ratio."""
    count = NOT_KNOWN if of is None else english().number(of.numerator)
    return count, english().share(of), english().interval(of)


def _count_and_share(of: Ratio | None) -> str:
    return NOT_KNOWN if of is None else f"{english().number(of.numerator)} ({english().share(of)})"


def _engaged(found: Findings) -> str:
    """Say how many of the known members engaged."""
    return f"{english().number(found.engaged)} of {english().number(found.known)} known members engaged"


def _graph(of: GraphFigures) -> list[tuple[str, str]]:
    """Return the figures of a graph, each with what it means."""
    number = english().number
    return [
        ("members with a tie", number(of.nodes)),
        ("pairs of members tied", number(of.edges)),
        ("of all possible pairs (density)", english().per_cent(of.density, 2)),
        ("ties per member, on average", NOT_KNOWN if of.mean_degree is None else f"{of.mean_degree:.2f}"),
        ("separate parts", number(of.components)),
        ("members in the largest part", number(of.largest_component)),
    ]

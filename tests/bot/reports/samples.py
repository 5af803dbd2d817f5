"""Reports on small made-up communities, for all the ways in which they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from html.parser import HTMLParser

from bot.reports.contents import NetworkReport, PathwayReport, Report
from scoring.columns import Group
from scoring.measures import ties
from scoring.measures.findings import findings
from scoring.measures.gaps import Stretch, Unheard, stretches
from scoring.measures.history import Period
from scoring.measures.network import graph
from scoring.measures.pathways import pathway
from scoring.signals import DAY_MS, Kind
from tests.scoring.measures.builders import MOUNTAIN, Act, columns, group, history, took_part

ROWS = [
    *(took_part(member, "Open Leaders", "round 5", day=17_600) for member in range(1, 21)),
    *(took_part(member, "Global Sprint", "2018", day=17_660) for member in range(15, 31)),
    *(took_part(member, "Open Leaders", "round 6", "mentor", day=17_800) for member in range(1, 8)),
    *(Act(member, Kind.REPLY, 17_610 + member, other=member + 1) for member in range(1, 30)),
    Act(40, Kind.REACTION, 17_700, other=1),
]
COUNTRIES = group("country", {**dict.fromkeys(range(1, 13), "Kenya"), **dict.fromkeys(range(13, 16), "Peru")})


def report(
    rows: Iterable[Act] = ROWS,
    groups: tuple[Group, ...] = (COUNTRIES,),
    community: str | None = "Sample",
    gaps: tuple[Stretch, ...] = (),
) -> Report:
    """Return a report on all days of some rows, of which some times were not heard."""
    of = replace(history(rows, groups), gaps=gaps)
    period = Period(int(of.acts.day.min()), int(of.acts.day.max())) if len(of.acts) else None
    found = findings(of, period or Period(0, 0))
    return Report(community, period, period.last if period else None, MOUNTAIN, found)


def report_with_gaps() -> Report:
    """Return the report on the sample with a day of which history shows nothing, and one of which it was read."""
    kinds = (Kind.REPLY, Kind.REACTION, Kind.PARTICIPATION, Kind.LEAVE)
    rows = [
        Unheard("Garden", 17_650 * DAY_MS, 17_650 * DAY_MS + 2 * 3_600_000, made_good=True),
        Unheard("<b>Forum</b>", 17_712 * DAY_MS + 60_000, 17_714 * DAY_MS, made_good=False),
    ]
    return report(gaps=stretches(rows, kinds))


def empty_report() -> Report:
    """Return the report on an empty database."""
    return report((), (), None)


def pathway_report() -> PathwayReport:
    """Return the way from participant to mentor."""
    found = pathway(columns(ROWS), "Open Leaders", "participant", "mentor")
    return PathwayReport("Sample", "Open Leaders", "participant", "mentor", found)


def network_report() -> NetworkReport:
    """Return the network of all ties."""
    acts = columns(ROWS)
    return NetworkReport("Sample", ties.by_kind(acts), graph(ties.ties(acts)))


class Reader(HTMLParser):
    """Reads a page: its tags, its attributes, its text, and whether every element that opens is closed."""

    _VOID = frozenset({"meta", "br", "link", "img", "input", "hr"})

    def __init__(self, page: str) -> None:
        """Read the whole page at once."""
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    @property
    def text(self) -> str:
        """All text, with single spaces."""
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and what it carries."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in self._VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that closes itself, as in SVG."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element, which must be of this name."""
        if self.open.pop() != tag:
            raise AssertionError(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        """Note text that people read."""
        if self.open[-1:] != ["style"]:
            self.words.append(data)

"""Reports as JSON documents: plain dictionaries in the shapes that docs/command-line.md promises.

A ratio is `{"numerator", "denominator", "value", "low", "high"}`, its interval Wilson's of 95 %; the last three are
null where the denominator is 0. Days are `YYYY-MM-DD`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot.reports.contents import NetworkReport, PathwayReport, Report
from scoring.measures.bands import BandFigures
from scoring.measures.findings import TwoOrMore
from scoring.measures.gaps import Stretch
from scoring.measures.groups import GroupFigures
from scoring.measures.months import MonthFigures
from scoring.measures.pathways import CohortPath
from scoring.measures.programmes import ProgrammeFigures
from scoring.measures.ties import TieFigures
from scoring.points import TALLY_POINT
from scoring.signals import Kind, date_of
from scoring.statistics import Ratio

Document = dict[str, Any]


def report(of: Report) -> Document:
    """Return the document of `cairn report --json`."""
    found = of.findings
    return {
        "community": of.community,
        "from": _day(of.period.first if of.period else None),
        "to": _day(of.period.last if of.period else None),
        "as_of": _day(of.as_of),
        "rules": {"version": of.mountain.version},
        "members": {"known": found.known, "engaged": found.engaged},
        "engagements": found.engagements,
        "by_kind": {kind.label: count for kind, count in found.by_kind.items()},
        "bands": [_band(one) for one in found.bands],
        "programmes": _programmes(found.programmes),
        "groups": _groups(found.groups),
        "two_or_more": _two_or_more(found.two_or_more),
        "months": [_month(one) for one in found.months],
        "ties": _ties(found.ties),
        "crossings": [{"step": one.step, "members": one.members} for one in found.steps],
        "gaps": [_gap(one) for one in found.gaps],
    }


def pathways(of: PathwayReport) -> Document:
    """Return the document of `cairn pathways --json`."""
    return {
        "community": of.community,
        "programme": of.programme,
        "from": of.from_role,
        "to": of.to_role,
        "cohorts": [_cohort(one) for one in of.pathway.cohorts],
        "overall": {"people": of.pathway.people, "later": ratio(of.pathway.later)},
    }


def network(of: NetworkReport) -> Document:
    """Return the document of `cairn network --json`."""
    return {"community": of.community, "ties": _ties(of.ties), "graph": asdict(of.graph)}


def ratio(one: Ratio | None) -> Document | None:
    """Return a ratio as it stands in every document; None where the figure is withheld or not yet known."""
    if one is None:
        return None
    low, high = one.interval or (None, None)
    return {"numerator": one.numerator, "denominator": one.denominator, "value": one.value, "low": low, "high": high}


def labels(kinds: Iterable[Kind]) -> list[str]:
    """Return kinds by their names in every document."""
    return [one.label for one in kinds]


def points(tally_points: int) -> float:
    """Return points in display units, to three decimals; `tally_points` are hundred-thousandths."""
    return round(tally_points / TALLY_POINT, 3)


def _day(number: int | None) -> str | None:
    return None if number is None else date_of(number).isoformat()


def _month(one: MonthFigures) -> Document:
    found = asdict(one)
    del found["missing"]
    return {**found, "incomplete": labels(one.missing)}


def _gap(one: Stretch) -> Document:
    """Return a time of which something is missing; its ends are moments in UTC."""
    ends = (dt.datetime.fromtimestamp(at // 1000, dt.UTC) for at in (one.since, one.until))
    since, until = (end.strftime("%Y-%m-%dT%H:%M:%SZ") for end in ends)
    return {"space": one.space, "from": since, "to": until, "open": one.open, "missing": labels(one.missing)}


def _band(one: BandFigures) -> Document:
    return {
        "band": one.band,
        "members": ratio(one.members),
        "points": points(one.points),
        "entered": one.entered,
        "standing": one.standing,
    }


def _programmes(rows: Sequence[ProgrammeFigures]) -> list[Document]:
    return [{"programme": one.programme, "cohort": one.cohort, "members": ratio(one.members)} for one in rows]


def _groups(rows: Sequence[GroupFigures]) -> list[Document]:
    return [
        {"group": one.group, "value": one.value, "members": ratio(one.members), "suppressed": one.suppressed}
        for one in rows
    ]


def _two_or_more(part: TwoOrMore) -> Document:
    return {
        "members": ratio(part.members),
        "programmes": _programmes(part.programmes),
        "groups": _groups(part.groups),
        "combinations": [
            {"programmes": list(one.programmes), "members": ratio(one.members)} for one in part.combinations
        ],
    }


def _ties(by_kind: Mapping[Kind, TieFigures]) -> Document:
    return {
        kind.label: {
            "events": one.events,
            "self": one.self_events,
            "pairs": one.pairs,
            "reciprocity": one.reciprocity,
        }
        for kind, one in by_kind.items()
    }


def _cohort(one: CohortPath) -> Document:
    return {
        "cohort": one.cohort,
        "first_day": _day(one.first_day),
        "people": one.people,
        "next": ratio(one.next),
        "later": ratio(one.later),
        "any_role_later": ratio(one.any_role_later),
        "status": "known" if one.known else "not yet known",
    }

"""What a report is about, ready to be shown: the one thing that documents, terminal and page all take."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.measures.findings import Findings
from scoring.measures.history import Period
from scoring.measures.network import GraphFigures
from scoring.measures.pathways import Pathway
from scoring.measures.ties import TieFigures
from scoring.mountain import Mountain
from scoring.signals import Kind


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of a period. `community`, `period` and `as_of` (a day number) are None on an empty database.

    `programme` is set where the report is about the members of one programme only.
    """

    community: str | None
    period: Period | None
    as_of: int | None
    mountain: Mountain
    findings: Findings
    programme: str | None = None


@dataclass(frozen=True, slots=True)
class PathwayReport:
    """The way from one role to another through the cohorts of a programme."""

    community: str | None
    programme: str
    from_role: str
    to_role: str
    pathway: Pathway


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """The ties of each kind asked for, and the graph of all of them."""

    community: str | None
    ties: dict[Kind, TieFigures]
    graph: GraphFigures

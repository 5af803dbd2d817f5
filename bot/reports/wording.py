"""Numbers, shares and days as people read them; plain ASCII, because some terminals know nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.reports.contents import Report
from scoring.measures.findings import Findings
from scoring.measures.groups import GroupFigures
from scoring.measures.network import GraphFigures
from scoring.signals import Kind, date_of
from scoring.statistics import Ratio

NOT_KNOWN = "-"
NO_COMMUNITY = "No community yet"

_PLURALS = {
    Kind.MESSAGE: "messages",
    Kind.REPLY: "replies",
    Kind.MENTION: "mentions",
    Kind.REACTION: "reactions",
    Kind.THREAD: "threads",
    Kind.JOIN: "joins",
    Kind.LEAVE: "leaves",
    Kind.STAY: "stays",
    Kind.RSVP: "RSVPs",
    Kind.ATTENDANCE: "attendances",
    Kind.POLL_VOTE: "poll votes",
    Kind.SURVEY_ANSWER: "survey answers",
    Kind.THANKS: "thanks",
    Kind.ROLE: "roles",
    Kind.PARTICIPATION: "participations",
    Kind.LOGGED: "notes by moderators",
    Kind.MODERATION: "acts of moderation",
}
"""How several of a kind are called."""


def number(of: float) -> str:
    """Write a number with thousands set apart, whole where it is whole."""
    return f"{of:,.3f}".rstrip("0").rstrip(".") if of % 1 else f"{of:,.0f}"


def people(count: int) -> str:
    """Write a number of people."""
    return f"{number(count)} {'person' if count == 1 else 'people'}"


def per_cent(value: float | None) -> str:
    """Write a share of something in per cent, to one decimal."""
    return NOT_KNOWN if value is None else f"{value * 100:.1f}%"


def share(of: Ratio | None) -> str:
    """Write a ratio in per cent, to one decimal."""
    return per_cent(of.value if of else None)


def interval(of: Ratio | None) -> str:
    """Write the interval in which the share would lie, 95 times in 100."""
    if of is None or of.interval is None:
        return NOT_KNOWN
    low, high = of.interval
    return f"{low * 100:.1f} to {high * 100:.1f}%"


def day(number_of_day: int) -> str:
    """Write a day number as a date."""
    return date_of(number_of_day).isoformat()


def title(of: Report) -> str:
    """Write what the report is about."""
    name = of.community or NO_COMMUNITY
    return f"{name}: members of {of.programme}" if of.programme else name


def scope(of: Report) -> str:
    """Write which days the report covers, and under which rules."""
    rules = f"rules {of.mountain.version}"
    if of.period is None or of.as_of is None:
        return rules
    return f"{day(of.period.first)} to {day(of.period.last)}, as of {day(of.as_of)}, {rules}"


def withheld(rows: Sequence[GroupFigures]) -> str:
    """Say how many values of a group are not shown, and why; nothing where all are."""
    if not rows:
        return ""
    return f"{number(len(rows))} {'value' if len(rows) == 1 else 'values'} not shown, to protect fewer than five people"


def engaged(found: Findings) -> str:
    """Say how many of the known members engaged."""
    return f"{number(found.engaged)} of {number(found.known)} known members engaged"


def kind(of: Kind, count: int) -> str:
    """Write what so many of a kind are called."""
    return of.label.replace("_", " ") if count == 1 else _PLURALS[of]


def kinds(counts: Mapping[Kind, int]) -> list[str]:
    """Write how many engagements there were of each kind."""
    return [f"{number(count)} {kind(one, count)}" for one, count in counts.items()]


def steps(of: Report) -> list[tuple[str, int]]:
    """Return what each step is called and how many members reached it."""
    titles = {step.name: step.title for step in of.mountain.steps}
    return [(titles.get(one.step) or one.step, one.members) for one in of.findings.steps]


def graph(of: GraphFigures) -> list[tuple[str, str]]:
    """Return the figures of a graph, each with what it means."""
    return [
        ("members with a tie", number(of.nodes)),
        ("pairs of members tied", number(of.edges)),
        ("of all possible pairs (density)", NOT_KNOWN if of.density is None else f"{of.density * 100:.2f}%"),
        ("ties per member, on average", NOT_KNOWN if of.mean_degree is None else f"{of.mean_degree:.2f}"),
        ("separate parts", number(of.components)),
        ("members in the largest part", number(of.largest_component)),
    ]

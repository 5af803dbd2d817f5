"""What a report says of the times in which not everything was heard; plain ASCII, as all of `wording`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bot.reports.wording import kind, number
from scoring.measures.findings import Findings
from scoring.measures.gaps import Stretch
from scoring.measures.months import MonthFigures
from scoring.signals import Kind

MARK = "*"
"""Stands behind what is incomplete."""

TITLE = "Not heard"
AT_FIRST = "Not everything was heard in this time: these figures are incomplete (see Not heard)."
CARE = (
    "A month with a * is incomplete: fewer in it does not mean that less happened. Who stayed, came back or fell "
    "silent in the month after is counted from what was heard."
)
_SHOWN = 5
"""How many times, the latest, are told of one by one."""

_CALLED = {
    Kind.REACTION: "reactions to earlier messages",
    Kind.THANKS: "thanks for earlier messages",
    Kind.PARTICIPATION: "talks on stages",
}
"""What can be missing of these: history shows what is about messages of the time itself, and files what they hold."""


def month(of: MonthFigures) -> str:
    """Write a month's name, marked where it is incomplete."""
    return f"{of.month} {MARK}" if of.missing else of.month


def lines(found: Findings, rest: str) -> list[str]:
    """Tell of the latest times one by one; `rest` says where the others are. Nothing where all was heard."""
    told = [f"{one.space}, {when(one)} UTC: {lost(one)}." for one in found.gaps[-_SHOWN:]]
    more = len(found.gaps) - len(told)
    told += [f"{number(more)} earlier {'time' if more == 1 else 'times'} {rest}."] if more else []
    return [*told, CARE] if any(one.missing for one in found.months) else told


def when(of: Stretch) -> str:
    """Write from when to when (UTC); the day once where both are the same."""
    since, until = (dt.datetime.fromtimestamp(at / 1000, dt.UTC) for at in (of.since, of.until))
    same = since.date() == until.date()
    return f"{since:%Y-%m-%d %H:%M} to {until:{'%H:%M' if same else '%Y-%m-%d %H:%M'}}"


def lost(of: Stretch) -> str:
    """Say what is missing of a time."""
    if of.open:
        return "all may be missing that is still to be read from history, or stands where Cairn may not read it"
    return f"messages were read from history; something may be missing of {listed(of.missing)}"


def listed(kinds: Sequence[Kind]) -> str:
    """Write kinds of which something is missing."""
    names = [_CALLED.get(one) or kind(one, 2) for one in kinds]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

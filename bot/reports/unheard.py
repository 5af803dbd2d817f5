"""What a report says of the times in which not everything was heard."""

from __future__ import annotations

from bot.reports.wording import Wording
from scoring.measures.findings import Findings
from scoring.measures.gaps import Stretch
from scoring.measures.months import MonthFigures

MARK = "*"
"""Stands behind what is incomplete."""
_SHOWN = 5
"""How many times, the latest, are told of one by one."""


def month(words: Wording, of: MonthFigures) -> str:
    """Write a month's name, marked where it is incomplete."""
    name = words.month(of.month)
    return f"{name} {MARK}" if of.missing else name


def lines(words: Wording, found: Findings, rest: str) -> list[str]:
    """Tell of the latest times one by one; `rest` says where the others are. Nothing where all was heard."""
    told = [_line(words, one) for one in found.gaps[-_SHOWN:]]
    more = len(found.gaps) - len(told)
    told += [words.say("unheard.more", n=more, count=words.number(more), rest=rest)] if more else []
    return [*told, words.say("unheard.care")] if any(one.missing for one in found.months) else told


def _line(words: Wording, of: Stretch) -> str:
    """Say when, where and what is missing."""
    if of.open:
        return words.say("unheard.open", space=of.space, when=words.when(of))
    return words.say("unheard.lost", space=of.space, when=words.when(of), kinds=words.missing(of.missing))

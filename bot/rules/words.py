"""Parts of the Mountain in words: numbers, what a day gives, what must hold. Shared by explanations."""

from __future__ import annotations

import re
from itertools import pairwise

from scoring.mountain import POINT, TIMES_ONE, Band, Conditions, Credit, EngagementType, Multiplier, Step
from scoring.signals import date_of

_SPELLED_OUT = 3
_ORDINALS = ("first", "second", "third")


def points(thousandths: int) -> str:
    """Return points as people write them: `1 point`, `0.5 points`."""
    return f"{_number(thousandths, POINT)} point{'' if thousandths == POINT else 's'}"


def a_day(one: EngagementType) -> str:
    """Return what a day of a type gives."""
    table = one.curve
    gains = [after - before for before, after in pairwise(table)]
    if not any(gains):
        return "counted, without points"
    if len(gains) == 1:
        return f"{points(gains[0])}, once a day"
    if len(set(gains)) == 1 or (len(set(gains[:-1])) == 1 and gains[-1] < gains[0]):
        return f"{points(gains[0])} each, at most {points(table[-1])} a day"
    first = [f"{_number(gain, POINT)} for the {_ORDINALS[n]}" for n, gain in enumerate(gains[:_SPELLED_OUT])]
    if len(gains) > _SPELLED_OUT:
        first.append("then less each time" if gains == sorted(gains, reverse=True) else "and so on")
    return f"{', '.join(first)}; at most {points(table[-1])} a day"


def counting(one: EngagementType) -> str:
    """Return what must differ for two of one day to count twice, or nothing."""
    if one.per_amount:
        return f"one for each {_duration(one.per_amount * 60)}"
    if one.different_people:
        return "one for each different person"
    return f"one in each {_duration(one.slot)}" if one.slot and len(one.curve) > 2 else ""


def conditions(one: EngagementType) -> str:
    """Return what an engagement must be to count as this type."""
    when: Conditions = one.when
    parts = [_either(tuple(kind.label.replace("_", " ") for kind in when.kinds))]
    asked = (("as", when.roles), ("in", when.places), ("of", when.programmes), ("in cohort", when.cohorts))
    parts += [f"{word} {_either(patterns)}" for word, patterns in asked if patterns]
    if when.completed is not None:
        parts.append("completed" if when.completed else "not completed")
    if when.to_others:
        parts.append("to others")
    if one.credit is Credit.RECEIVER:
        parts.append("counted for who receives it")
    return ", ".join(parts)


def entry(band: Band) -> str:
    """Return from when a member is in a band."""
    return f"from {points(band.entry)} in this band"


def multiplier(one: Multiplier) -> str:
    """Return whom a multiplier concerns, how much and when."""
    whom = f"members of {one.programme}" if one.programme else f"{one.group}: {_either(one.values)}"
    since = f", from {date_of(one.first)}" if one.first is not None else ""
    until = f", to {date_of(one.last)}" if one.last is not None else ""
    return f"{one.name}: {_number(one.times, TIMES_ONE)} times the points for {whom}{since}{until}"


def threshold(step: Step, band: str) -> str:
    """Return when a step is offered."""
    days = f", earned on {step.days} different days" if step.days > 1 else ""
    role = f"; not for who has had the role {step.without_role}" if step.without_role else ""
    return f"{points(step.points)} in {band}{days}{role}"


def _number(units: int, one: int) -> str:
    return f"{units / one:,.3f}".rstrip("0").rstrip(".")


def _duration(seconds: int) -> str:
    for word, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds % length == 0:
            count = seconds // length
            return f"{count} {word}s" if count > 1 else word
    return f"{seconds} seconds" if seconds > 1 else "second"


def _either(texts: tuple[str, ...]) -> str:
    """Return patterns as a list in words; a character set of one (`[[]`) is just that character."""
    shown = [re.sub(r"\[([*?\[])\]", r"\1", text) for text in texts]
    return " or ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))

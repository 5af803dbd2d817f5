"""From the rules file's shape to the Mountain that scores: names become positions, numbers whole units."""

from __future__ import annotations

from decimal import Decimal

from bot.rules.shapes import EngagementShape, MultiplierShape, RulesShape, StepShape, WhenShape
from scoring.mountain import (
    POINT,
    TIMES_ONE,
    Band,
    Conditions,
    EngagementType,
    Mountain,
    Multiplier,
    Step,
)
from scoring.signals import KINDS, day_number

MOST_ENTRIES = 1000
"""The longest curve: more of one type in a day never give more."""


def compiled(rules: RulesShape, version: str) -> Mountain:
    """Return the Mountain of valid rules."""
    names = [band.name for band in rules.bands]
    return Mountain(
        name=rules.name,
        version=version,
        bands=tuple(Band(b.name, b.touch, _points(b.entry), b.gives, b.gets, b.focus) for b in rules.bands),
        types=tuple(_type(one, names) for one in rules.engagements),
        multipliers=tuple(_multiplier(one) for one in rules.multipliers),
        steps=tuple(_step(one, names) for one in rules.steps),
        window=int(rules.window),
        multiplier_cap=int(rules.multiplier_cap * TIMES_ONE),
        groups=rules.groups,
        sensitive=rules.sensitive,
    )


def conditions(when: WhenShape) -> Conditions:
    """Return the conditions of a type."""
    return Conditions(
        kinds=tuple(dict.fromkeys(KINDS[label] for label in when.kind)),
        places=when.place,
        programmes=when.programme,
        cohorts=when.cohort,
        roles=when.role,
        completed=when.completed,
        to_others=when.to_others,
    )


def curve(one: EngagementShape) -> tuple[int, ...]:
    """Return the day's total after none, one, two ... in thousandths; the last is the day's most.

    What each next one gives is rounded down to whole thousandths, so that the table is exact. A type with neither a cap
    nor a falling share counts once a day.
    """
    if one.curve is not None:
        return (0, *(_points(total) for total in one.curve))
    gain = _points(one.points or Decimal(0))
    share = 100 if one.each_next is None else int(one.each_next * 100)
    endless = one.daily_cap is None and share == 100
    cap = _points(one.daily_cap) if one.daily_cap is not None else gain if endless else gain * MOST_ENTRIES
    table = [0, min(gain, cap)]
    while len(table) <= MOST_ENTRIES and table[-1] < cap and (gain := gain * share // 100):
        table.append(min(table[-1] + gain, cap))
    return tuple(table)


def _points(number: Decimal) -> int:
    return int(number * POINT)


def _type(one: EngagementShape, bands: list[str]) -> EngagementType:
    return EngagementType(
        name=one.name,
        title=one.title or one.name,
        band=bands.index(one.band),
        when=conditions(one.when),
        curve=curve(one),
        slot=one.cooldown or 0,
        different_people=one.different_people,
        per_amount=one.per or 0,
        credit=one.credit,
    )


def _multiplier(one: MultiplierShape) -> Multiplier:
    return Multiplier(
        name=one.name,
        times=int(one.times * TIMES_ONE),
        group=one.group or "",
        values=one.values,
        programme=one.programme or "",
        first=day_number(one.first) if one.first else None,
        last=day_number(one.last) if one.last else None,
    )


def _step(one: StepShape, bands: list[str]) -> Step:
    band = bands.index(one.band)
    return Step(
        name=one.name,
        title=one.title or one.name,
        band=band,
        points=_points(one.points),
        days=int(one.days),
        without_role=one.without_role or "",
        leads_to=one.leads_to if one.leads_to is not None else bands[band + 1],
        host=one.host or "",
        offer=one.offer,
    )

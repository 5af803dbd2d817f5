"""From the rules file's shape to the Mountain that scores: names become positions, numbers whole units."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from bot.language import LANGUAGES
from bot.rules.fields import Told
from bot.rules.shapes import BandShape, EngagementShape, MultiplierShape, RulesShape, StepShape, WhenShape
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


_MAIN = next(iter(LANGUAGES))
"""The language of the command line and of reports; what a language lacks is said in it."""


def compiled(rules: RulesShape, version: str) -> Mountain:
    """Return the Mountain of valid rules, with itself in every language that the file has texts for."""
    spoken = {tag for text in _texts(rules) if isinstance(text, dict) for tag in text}
    others = tuple((tag, _said(rules, version, tag)) for tag in LANGUAGES if tag in spoken and tag != _MAIN)
    return _said(rules, version, _MAIN, others)


def _said(rules: RulesShape, version: str, tag: str, others: tuple[tuple[str, Mountain], ...] = ()) -> Mountain:
    names = [band.name for band in rules.bands]
    return Mountain(
        name=_in(rules.name, tag),
        version=version,
        bands=tuple(_band(one, tag) for one in rules.bands),
        types=tuple(_type(one, names, tag) for one in rules.engagements),
        multipliers=tuple(_multiplier(one, tag) for one in rules.multipliers),
        steps=tuple(_step(one, names, tag) for one in rules.steps),
        window=int(rules.window),
        multiplier_cap=int(rules.multiplier_cap * TIMES_ONE),
        groups=rules.groups,
        sensitive=rules.sensitive,
        others=others,
    )


def _texts(rules: RulesShape) -> Iterator[Any]:
    """Yield all values in which a text by language may stand."""
    yield rules.name
    for one in (*rules.bands, *rules.engagements, *rules.multipliers, *rules.steps):
        yield from (getattr(one, name) for name in type(one).model_fields)


def _in(text: Told | None, tag: str) -> str:
    """Return a text in a language, else in the main one, else in the first there is; empty where there is none."""
    if not isinstance(text, dict):
        return text or ""
    return text.get(tag) or text.get(_MAIN) or next(iter(text.values()))


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


def _band(one: BandShape, tag: str) -> Band:
    gives, gets, title = (_in(text, tag) for text in (one.gives, one.gets, one.title))
    return Band(one.name, one.touch, _points(one.entry), gives, gets, one.focus, title)


def _type(one: EngagementShape, bands: list[str], tag: str) -> EngagementType:
    return EngagementType(
        name=one.name,
        title=_in(one.title, tag) or one.name,
        band=bands.index(one.band),
        when=conditions(one.when),
        curve=curve(one),
        slot=one.cooldown or 0,
        different_people=one.different_people,
        per_amount=one.per or 0,
        credit=one.credit,
    )


def _multiplier(one: MultiplierShape, tag: str) -> Multiplier:
    return Multiplier(
        name=one.name,
        times=int(one.times * TIMES_ONE),
        group=one.group or "",
        values=one.values,
        programme=one.programme or "",
        first=day_number(one.first) if one.first else None,
        last=day_number(one.last) if one.last else None,
        title=_in(one.title, tag),
    )


def _step(one: StepShape, bands: list[str], tag: str) -> Step:
    band = bands.index(one.band)
    return Step(
        name=one.name,
        title=_in(one.title, tag) or one.name,
        band=band,
        points=_points(one.points),
        days=int(one.days),
        without_role=one.without_role or "",
        leads_to=one.leads_to if one.leads_to is not None else bands[band + 1],
        host=_in(one.host, tag),
        offer=_in(one.offer, tag),
    )

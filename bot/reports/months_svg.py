"""The months drawn as SVG: a bar for each, made of who was new, who stayed and who came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.reports.templates import environment
from bot.reports.wording import Wording
from scoring.measures.months import MonthFigures

_WIDTH, _HEIGHT = 680.0, 120.0
_SWATCH, _LETTER = 42.0, 7.4
"""The room that a part of a bar takes in the legend: its square with what is around it, and each letter."""


@dataclass(frozen=True, slots=True)
class _Bar:
    """One month: where its bar stands, the heights of its three parts from the ground up, and whether all was heard."""

    x: float
    parts: tuple[tuple[str, float, float], ...]
    whole: bool


def months_svg(months: Sequence[MonthFigures], words: Wording) -> str:
    """Draw the months, hatched where not everything was heard; returns a whole `<svg>`, or nothing without any."""
    if not months:
        return ""
    highest = max(one.engaged for one in months)
    step = _WIDTH / len(months)
    every = -(-len(months) // 8)
    bars = [_bar(one, n * step, max(highest, 1)) for n, one in enumerate(months)]
    return (
        environment()
        .get_template("months.svg.j2")
        .render(
            bars=bars,
            labels=[(bar.x, words.month(one.month)) for one, bar in list(zip(months, bars, strict=True))[::every]],
            highest=words.number(highest),
            width=round(min(step * 0.8, 40.0), 2),
            hatched=any(one.missing for one in months),
            title=words.say("months.picture"),
            about=_about(months, highest, words),
            legend=_legend(words),
        )
    )


def _about(months: Sequence[MonthFigures], highest: int, words: Wording) -> str:
    """Say in words what the picture shows, for who cannot see it."""
    ends = {"first": words.month(months[0].month), "last": words.month(months[-1].month)}
    told = [words.say("months.bars", n=highest, count=words.number(highest), **ends)]
    incomplete = [words.month(one.month) for one in months if one.missing]
    told += [words.say("months.incomplete", months=", ".join(incomplete))] if incomplete else []
    return " ".join([*told, words.say("months.below")])


def _legend(words: Wording) -> list[tuple[str, float, str]]:
    """Return the parts of a bar, where each stands in the legend, and what it is called."""
    found, x = [], 0.0
    for part, key in (("new", "column.new"), ("back", "column.returned"), ("stayed", "months.stayed")):
        called = words.say(key)
        found.append((part, x, called))
        x += round(_SWATCH + _LETTER * len(called), 1)
    return found


def _bar(one: MonthFigures, x: float, highest: int) -> _Bar:
    parts, ground = [], _HEIGHT
    for name, count in (("stayed", one.retained), ("back", one.returned), ("new", one.new)):
        height = _HEIGHT * count / highest
        ground -= height
        parts.append((name, round(ground, 2), round(height, 2)))
    return _Bar(round(x, 2), tuple(parts), not one.missing)

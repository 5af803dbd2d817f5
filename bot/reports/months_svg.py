"""The months drawn as SVG: a bar for each, made of who was new, who stayed and who came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.reports.templates import environment
from scoring.measures.months import MonthFigures

_WIDTH, _HEIGHT = 680.0, 120.0


@dataclass(frozen=True, slots=True)
class _Bar:
    """One month: where its bar stands, the heights of its three parts from the ground up, and whether all was heard."""

    month: str
    x: float
    parts: tuple[tuple[str, float, float], ...]
    labelled: bool
    whole: bool


def months_svg(months: Sequence[MonthFigures]) -> str:
    """Draw the months, hatched where not everything was heard; returns a whole `<svg>`, or nothing without any."""
    if not months:
        return ""
    highest = max(one.engaged for one in months)
    step = _WIDTH / len(months)
    every = -(-len(months) // 8)
    bars = [_bar(one, n * step, max(highest, 1), labelled=n % every == 0) for n, one in enumerate(months)]
    return (
        environment()
        .get_template("months.svg.j2")
        .render(
            bars=bars,
            highest=highest,
            width=round(min(step * 0.8, 40.0), 2),
            months=months,
            incomplete=[one.month for one in months if one.missing],
        )
    )


def _bar(one: MonthFigures, x: float, highest: int, *, labelled: bool) -> _Bar:
    parts, ground = [], _HEIGHT
    for name, count in (("stayed", one.retained), ("back", one.returned), ("new", one.new)):
        height = _HEIGHT * count / highest
        ground -= height
        parts.append((name, round(ground, 2), round(height, 2)))
    return _Bar(one.month, round(x, 2), tuple(parts), labelled, not one.missing)

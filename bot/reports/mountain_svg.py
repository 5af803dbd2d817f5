"""The Mountain drawn as SVG: a tier per band, a trail through all of them, and the figures beside.

It has a title and a description for who cannot see it, no script and no font of its own, and follows the reader's light
or dark theme.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.reports.templates import environment
from bot.reports.wording import Wording
from scoring.measures.bands import BandFigures
from scoring.mountain import Mountain

_TOP, _BASE = 66.0, 420.0
_PEAK = 212.0
_REACH = 192.0
_SUMMIT = 9.0
"""Half the widths of the mountain's foot and of its top, which carries the cairn."""

_BESIDE = 264.0
"""The room for a band's name."""

_PALETTE = ("#f4f7fa", "#a9a3a8", "#c0a45c", "#6ea565", "#3b7a57")
"""Snow, rock, heath, meadow, forest."""

_EDGE = (0.0, 5.0, -3.0, 6.0, 0.0, 7.0, -4.0, 3.0, 6.0, -2.0, 5.0, -5.0, 3.0, 0.0)
"""How far the slopes swerve on their way down; fixed, so that one report always gives one picture."""

_SEAM = (5.0, -4.0, 8.0, 1.0, -7.0, 4.0, -2.0, 9.0, -5.0, 2.0, -8.0)
"""How far the line between two tiers goes up and down."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Tier:
    """What the template draws for one band; `above` is the outline of the mountain from this tier's foot upwards."""

    name: str
    size: float
    focus: bool
    tagged: bool
    told: str
    people: str
    share: str
    bar: float
    colour: str
    above: str
    middle: float
    edge: float


def mountain_svg(mountain: Mountain, bands: Sequence[BandFigures], words: Wording) -> str:
    """Draw the bands of a report (given from the lowest to the highest); returns a whole `<svg>` element."""
    height = (_BASE - _TOP) / max(len(bands), 1)
    tiers = [_tier((n, len(bands)), band, mountain, words) for n, band in enumerate(reversed(bands))]
    return (
        environment()
        .get_template("mountain.svg.j2")
        .render(
            title=mountain.name,
            about=" ".join([words.say("mountain.about"), *(tier.told for tier in tiers)]),
            in_focus=words.say("mountain.focus"),
            tiers=tiers,
            silhouette=_points(_silhouette()),
            shadow=_points(_shadow()),
            trail=_trail([_waymark(n, tier.middle) for n, tier in enumerate(tiers)]),
            waymarks=[_waymark(n, tier.middle) for n, tier in enumerate(tiers)],
            peak=(_PEAK, _TOP),
            text=min(height / 70, 1.0),
        )
    )


def _tier(place: tuple[int, int], band: BandFigures, mountain: Mountain, words: Wording) -> _Tier:
    """Put together what is drawn for a band; `place` is its tier's number from the top, and how many there are."""
    number, tiers = place
    height = (_BASE - _TOP) / tiers
    foot = _TOP + height * (number + 1)
    middle = foot - height / 2
    name, people, share = mountain.called(band.band), words.people(band.members.numerator), words.share(band.members)
    focus = any(one.focus for one in mountain.bands if one.name == band.band)
    told = "mountain.tier_in_focus" if focus else "mountain.tier"
    return _Tier(
        name=name,
        size=min(22.0, round(_BESIDE / (0.62 * max(len(name), 1)), 1)),
        focus=focus,
        tagged=focus and len(name) <= 14,
        told=words.say(told, band=name, people=people, share=share),
        people=people,
        share=share,
        bar=round(250 * (band.members.value or 0.0), 1),
        colour=_PALETTE[round(number * (len(_PALETTE) - 1) / max(tiers - 1, 1))],
        above=_points([(0, 0), *_ragged(foot, last=number == tiers - 1), (2 * _PEAK, 0)]),
        middle=round(middle, 1),
        edge=round(_PEAK + _half_width(middle) + 6, 1),
    )


def _half_width(y: float) -> float:
    return _SUMMIT + (_REACH - _SUMMIT) * (y - _TOP) / (_BASE - _TOP)


def _silhouette() -> list[Point]:
    """Return the outline of the mountain, from the foot on the left over the summit to the foot on the right."""
    steps = len(_EDGE) - 1
    heights = [_TOP + (_BASE - _TOP) * n / steps for n in range(steps + 1)]
    left = [(_PEAK - _half_width(y) + swerve, y) for y, swerve in zip(heights, _EDGE, strict=True)]
    right = [(_PEAK + _half_width(y) + swerve, y) for y, swerve in zip(heights, reversed(_EDGE), strict=True)]
    return [*reversed(left), *right]


def _shadow() -> list[Point]:
    """Return the side that lies in shadow, along a ridge that winds down from the summit."""
    swerves = (0, 10, -4, 16, 2, 24, 8, 30)
    ridge = [(_PEAK + swerve, _TOP + (_BASE - _TOP) * n / 7) for n, swerve in enumerate(swerves)]
    return [*ridge, (2 * _PEAK, _BASE), (2 * _PEAK, _TOP)]


def _ragged(y: float, *, last: bool) -> list[Point]:
    """Return the line along which one tier meets the next: ragged, as a snow line is."""
    if last:
        return [(0, _BASE), (2 * _PEAK, _BASE)]
    return [(n * 2 * _PEAK / 24, y + _SEAM[n % len(_SEAM)]) for n in range(25)]


def _waymark(number: int, y: float) -> Point:
    """Return where the trail passes a tier: to the left and to the right in turn."""
    side = -1 if number % 2 else 1
    return round(_PEAK + side * 0.4 * _half_width(y), 1), y


def _trail(waymarks: Sequence[Point]) -> str:
    """Return the path from the foot of the mountain over all waymarks to the summit."""
    foot = (_PEAK - 0.25 * _REACH, _BASE)
    stops = [foot, *reversed(waymarks), (_PEAK, _TOP + 2)]
    path = f"M{stops[0][0]:.1f} {stops[0][1]:.1f}"
    for (x1, y1), (x2, y2) in zip(stops, stops[1:], strict=False):
        bend = (y1 - y2) * 0.5
        path += f"C{x1:.1f} {y1 - bend:.1f} {x2:.1f} {y2 + bend:.1f} {x2:.1f} {y2:.1f}"
    return path


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)

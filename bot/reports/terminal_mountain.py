"""The Mountain drawn in characters, with what is known of each band beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from bot.reports import documents
from bot.reports.wording import english
from scoring.measures.bands import BandFigures

_SNOW_TO_MEADOW = ("#dfe7ee", "#b9a67c", "#8fae6b", "#5b9a5f", "#3f7d4e")
_LINES = 2
_GAP = 3


@dataclass(frozen=True, slots=True)
class _Ink:
    """The characters of a slope; `shades` tell the tiers apart where there is no colour."""

    summit: str
    left: str
    right: str
    shades: str


_SOLID = _Ink("\u25b2", "\u25e2", "\u25e3", "\u2588" * 5)
_SHADED = _Ink("\u25b2", "\u25e2", "\u25e3", "\u2588\u2593\u2592\u2591\u00b7")
_ASCII = _Ink("^", "/", "\\", "#%+:.")


class DrawnMountain:
    """A rich renderable: one tier per band, the highest on top; where there is no room, the words alone."""

    def __init__(self, bands: Sequence[BandFigures]) -> None:
        """Draw these bands, given from the lowest to the highest."""
        width = max((len(band.band) for band in bands), default=0)
        self._tiers = [(_tone(n, len(bands)), _words(band, width)) for n, band in enumerate(reversed(bands))]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines, in characters that the terminal knows."""
        base = 2 * _LINES * len(self._tiers) + 1
        beside = max((line.cell_len for _, words in self._tiers for line in words), default=0)
        if options.max_width < base + _GAP + beside:
            for _, words in self._tiers:
                yield from words
            return
        ink = _ink(console, options)
        yield Text(ink.summit.rjust(base // 2 + 1), style="bold")
        for tier, (tone, words) in enumerate(self._tiers):
            for line, beside_it in enumerate(words):
                yield _slope(tier * _LINES + line, base, tone, ink).append_text(beside_it)


def _ink(console: Console, options: ConsoleOptions) -> _Ink:
    if options.ascii_only:
        return _ASCII
    return _SHADED if console.no_color or console.color_system is None else _SOLID


def _tone(tier: int, tiers: int) -> int:
    """Return a tier's place in the palette, from snow to meadow whatever the number of tiers."""
    return round(tier * (len(_SNOW_TO_MEADOW) - 1) / max(tiers - 1, 1))


def _slope(line: int, base: int, tone: int, ink: _Ink) -> Text:
    """Return one line of the mountain, counted from the top, as wide as its base."""
    margin = base // 2 - line - 1
    text = Text(" " * margin)
    text.append(ink.left + ink.shades[tone] * (2 * line + 1) + ink.right, _SNOW_TO_MEADOW[tone])
    return text.append(" " * (margin + _GAP))


def _words(band: BandFigures, width: int) -> tuple[Text, Text]:
    """Return the two lines that stand beside a tier."""
    words = english()
    many, share = words.people(band.members.numerator), words.share(band.members)
    head = Text.assemble((band.band.ljust(width), "bold"), f"{many:>15}  {share:>6} ({words.interval(band.members)})")
    came, standing = words.number(band.entered), words.number(band.standing)
    points = words.number(documents.points(band.points))
    return head, Text(f"  {came} came up; {standing} stand here now; {points} points", style="dim")

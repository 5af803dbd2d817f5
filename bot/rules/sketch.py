"""What the interview learns, before it is written down as a rules file."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from scoring.mountain import Touch


@dataclass(slots=True)
class BandSketch:
    """A band as the interview learns of it, bit by bit."""

    name: str
    touch: Touch = Touch.LOW
    entry: int = 1
    gives: str = ""
    gets: str = ""
    focus: bool = False


@dataclass(slots=True)
class RoleSketch:
    """A role, the programmes it is held in (none: wherever) and what it is worth."""

    name: str
    programmes: tuple[str, ...]
    band: str
    points: int = 1


@dataclass(frozen=True, slots=True)
class StepSketch:
    """An invitation from one band to the next."""

    title: str
    band: str
    points: Decimal
    leads_to: str
    without_role: str


@dataclass(slots=True)
class Sketch:
    """Everything the interview learns."""

    name: str = ""
    programmes: tuple[str, ...] = ()
    help_channels: tuple[str, ...] = ()
    bands: list[BandSketch] = field(default_factory=list)
    roles: list[RoleSketch] = field(default_factory=list)
    steps: list[StepSketch] = field(default_factory=list)
    purpose: str = ""
    groups: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    window: Decimal = Decimal(365)

    def band(self, name: str) -> BandSketch:
        """Return the band of that name."""
        return next(band for band in self.bands if band.name == name)

    @property
    def meeting_band(self) -> BandSketch:
        """The lowest band in which people know one another, else the highest band: where taking part counts."""
        return next((band for band in self.bands if band.touch is Touch.HIGH), self.bands[-1])

    @property
    def chat_bands(self) -> list[BandSketch]:
        """The bands in which chat counts: those of low touch, as chat alone makes no close relationship."""
        return [band for band in self.bands if band.touch is Touch.LOW and band is not self.meeting_band]

    @property
    def scored_bands(self) -> set[str]:
        """The names of the bands that something counts for."""
        return {
            self.meeting_band.name,
            *(role.band for role in self.roles),
            *(band.name for band in self.chat_bands[:2]),
        }

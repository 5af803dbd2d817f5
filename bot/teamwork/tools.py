"""What commands of the team are given beside the store: the composition root hands it over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.identity.names import Names
from bot.teamwork.tables import Sheets, Tray
from bot.teamwork.works import Works


@dataclass(frozen=True, slots=True)
class Tools:
    """Long works, tables that wait for their meaning, and what reads them.

    `names` asks the platforms how people are called, `told` hears that something was stored, `changed` that other
    settings hold in a space. A First look waits so many seconds (`patience`) for history that is being read.
    """

    works: Works = field(default_factory=Works)
    tray: Tray = field(default_factory=Tray)
    sheets: Sheets | None = None
    names: Names = field(default_factory=Names)
    told: Callable[[], None] = lambda: None
    changed: Callable[[], None] = lambda: None
    patience: float = 0.0

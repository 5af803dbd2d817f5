"""What has happened in a community between two looks at it, in words that name nobody."""

from __future__ import annotations

from dataclasses import dataclass

from bot.storage.standing import Standing
from scoring.mountain import Mountain

NOTHING = Standing({}, 0, {}, {})


@dataclass(frozen=True, slots=True)
class Place:
    """A community that is looked at: its name, its number, that of its rules and those, and how it stands."""

    name: str
    community: int
    rules: int
    mountain: Mountain
    standing: Standing = NOTHING


def news(before: Standing, now: Standing, mountain: Mountain) -> list[str]:
    """Return what is new, the smallest first."""
    found = []
    if now.writers > before.writers:
        found.append(_several(now.writers - before.writers, "a newcomer's first message", "newcomers' first messages"))
    for number, band in enumerate(mountain.bands):
        more = _from(now, number) - _from(before, number)
        if more > 0:
            found.append(f"{_somebody(more)} came up to {band.name}")
        elif more < 0:
            found.append(f"{_somebody(-more)} grew quiet and left {band.name}")
    for number, step in enumerate(mountain.steps):
        ready = now.steps.get(number, 0) - before.steps.get(number, 0)
        if ready > 0:
            found.append(f"{_somebody(ready)} {'is' if ready == 1 else 'are'} ready: {step.title or step.name}")
    return found


def _from(standing: Standing, number: int) -> int:
    """Return how many are in a band or higher."""
    return sum(n for band, n in standing.bands.items() if band >= number)


def _several(n: int, one: str, many: str) -> str:
    return one if n == 1 else f"{n} {many}"


def _somebody(n: int) -> str:
    return "somebody" if n == 1 else f"{n} people"

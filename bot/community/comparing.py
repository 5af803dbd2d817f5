"""Says in words how one tree of settings differs from another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.ports import Space


def compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Say how a group differs, field by field."""
    before, after = dict(_flat(old)), dict(_flat(new))
    for name in [*after, *(one for one in before if one not in after)]:
        was, now = before.get(name), after.get(name)
        if isinstance(was or now, list):
            yield from _listed(name, was or [], now or [])
        elif was != now and was is not None:
            yield f"{name}: {_shown(was)} becomes {_shown(now) if now is not None else 'the community’s'}"
        elif was != now:
            yield f"{name}: {_shown(now)}"


def _listed(name: str, was: list[Any], now: list[Any]) -> Iterator[str]:
    for one in now:
        if one not in was:
            yield f"{name}: {_quoted(one)} is added"
    for one in was:
        if one not in now:
            yield f"{name}: {_quoted(one)} is taken away"


def _quoted(one: object) -> str:
    """Return an item of a list: a text, or a group of fields as files have it."""
    if not isinstance(one, dict):
        return repr(one)
    told = ((name, ", ".join(value) if isinstance(value, list) else value) for name, value in sorted(one.items()))
    return "{" + ", ".join(f"{name}: {value}" for name, value in told) + "}"


def _flat(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield above + name, value


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def people(n: int) -> str:
    """Return a number of people and their verb."""
    return "1 person is" if n == 1 else f"{n} people are"


def called(space: Space) -> str:
    """Return a space as sentences name it."""
    return f"{space.platform} {space.id}" + (f" ({space.name})" if space.name else "")

"""The Mountain as a person would read it: from the top band down, and every number with what it means."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from bot.rules import words
from scoring.mountain import TIMES_ONE, Band, EngagementType, Mountain, Step

_WIDTH = 100


def explain(mountain: Mountain) -> str:
    """Return the whole Mountain in plain words, wrapped to 100 columns."""
    return "\n".join(line.rstrip() for line in _lines(mountain)) + "\n"


def _lines(mountain: Mountain) -> Iterator[str]:
    yield f"{mountain.name} (rules {mountain.version})"
    yield from _wrapped(
        f"Points are counted per person and per band, over {mountain.window} days. They are not summed up over "
        "bands or people. What somebody does counts as the first of these ways of engaging that fits."
    )
    for number in reversed(range(len(mountain.bands))):
        yield ""
        yield from _band(mountain, number)
    yield ""
    yield from _multipliers(mountain)
    yield ""
    yield from _steps(mountain)
    yield from _groups(mountain)


def _band(mountain: Mountain, number: int) -> Iterator[str]:
    band: Band = mountain.bands[number]
    focus = ", in focus" if band.focus else ""
    yield f"{band.name.upper()}  ({band.touch.value} touch{focus}; {words.entry(band)})"
    for label, text in (("gives", band.gives), ("gets", band.gets)):
        if text:
            yield from _wrapped(f"{label}: {text}", "  ")
    types = [one for one in mountain.types if one.band == number]
    if not types:
        yield "  Nothing that people do counts for this band."
    for one in types:
        yield from _type(one)


def _type(one: EngagementType) -> Iterator[str]:
    counted = words.counting(one)
    yield from _wrapped(f"- {one.title}: {words.a_day(one)}{', ' if counted else ''}{counted}", "  ", "    ")
    yield from _wrapped(f"({words.conditions(one)})", "    ")


def _multipliers(mountain: Mountain) -> Iterator[str]:
    if not mountain.multipliers:
        yield "No multipliers: what people do counts the same for everybody."
        return
    yield f"What counts more (together at most {mountain.multiplier_cap / TIMES_ONE:g} times):"
    for one in mountain.multipliers:
        yield from _wrapped(f"- {words.multiplier(one)}", "  ", "    ")


def _steps(mountain: Mountain) -> Iterator[str]:
    yield "Invitations:" if mountain.steps else "No invitations: people are counted, and nothing is offered."
    for one in mountain.steps:
        yield from _step(one, mountain.bands[one.band].name)


def _step(one: Step, band: str) -> Iterator[str]:
    yield from _wrapped(f"- {one.title}: {words.threshold(one, band)}", "  ", "    ")
    host = f", with {one.host}" if one.host else ""
    yield from _wrapped(f"leads to {one.leads_to}{host}", "    ")
    if one.offer:
        yield from _wrapped(f'"{one.offer}"', "    ", "     ")


def _groups(mountain: Mountain) -> Iterator[str]:
    if mountain.groups:
        yield ""
        marked = [f"{one} (reported, never scored)" if one in mountain.sensitive else one for one in mountain.groups]
        yield from _wrapped(f"Reports may split figures by what members declare: {', '.join(marked)}.")


def _wrapped(text: str, first: str = "", rest: str | None = None) -> list[str]:
    return wrap(text, _WIDTH, initial_indent=first, subsequent_indent=first if rest is None else rest)

"""Which ways of engaging the team can log by hand: those that some signal of its own would count as."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.mountain import EngagementType, Mountain
from scoring.signals import Context, Kind

_KINDS = (Kind.LOGGED, Kind.PARTICIPATION)
_WILD = frozenset("*?[")


def loggable(mountain: Mountain) -> dict[str, tuple[EngagementType, Kind, Context]]:
    """Return the types that can be logged by name, each with the kind and context that make a signal count as it."""
    found = {}
    for one in mountain.types:
        for kind, context in _tries(one):
            if next((other for other in mountain.types if other.when.hold(kind, context)), None) is one:
                found[one.name] = (one, kind, context)
                break
    return found


def _tries(one: EngagementType) -> Iterator[tuple[Kind, Context]]:
    when = one.when
    if when.places or when.to_others or one.different_people or one.per_amount:
        return  # what was done in a channel, or to somebody, the platform itself has told
    context = Context(
        programme=_plain(when.programmes),
        cohort=_plain(when.cohorts),
        role=_plain(when.roles),
        completed=when.completed,
    )
    yield from ((kind, context) for kind in _KINDS if kind in when.kinds)


def _plain(patterns: tuple[str, ...]) -> str:
    """Return the first pattern that is a name; nothing where there is none."""
    return next((one for one in patterns if not _WILD & set(one)), "")

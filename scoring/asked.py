"""What rules ask about acts and people: readers leave out what nobody asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scoring.mountain import Conditions, Credit, Mountain, Multiplier
from scoring.signals import Kind


def programmes_asked(multipliers: Sequence[Multiplier]) -> tuple[str, ...]:
    """Return the programmes whose membership some multiplier asks about."""
    return tuple(one.programme for one in multipliers if one.programme)


def counterparts_asked(mountain: Mountain) -> frozenset[Kind]:
    """Return the kinds for which some engagement type looks at the person on the other side."""
    return frozenset(
        kind
        for one in mountain.types
        if one.when.to_others or one.different_people or one.credit is Credit.RECEIVER
        for kind in one.when.kinds
    )


def details_asked(mountain: Mountain) -> frozenset[Kind]:
    """Return the kinds for which some engagement type looks at the context or the amount."""
    return frozenset(
        kind
        for one in mountain.types
        if one.per_amount or replace(one.when, kinds=(), to_others=False) != Conditions(())
        for kind in one.when.kinds
    )

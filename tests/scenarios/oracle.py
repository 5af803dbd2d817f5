"""Scores worked out one act, one member and one day at a time, slowly and plainly: what the quick ones must equal.

Written from the design's words and from the rules' docstrings, with none of the columns, sorted keys and running sums
of `scoring`. A tally's key is (member, day, engagement type), its value (counted, points in hundred-thousandths).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scoring.mountain import Credit, EngagementType, Mountain, Multiplier, Step
from scoring.signals import DAY_MS, NOWHERE, Context, Kind, date_of

TallyKey = tuple[int, int, int]
TallyTable = Mapping[TallyKey, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Deed:
    """One engagement in plain values; `other` is 0 where nobody is known."""

    member: int
    kind: Kind
    at: int
    other: int = 0
    amount: int = 0
    context: Context = NOWHERE


@dataclass(frozen=True, slots=True)
class About:
    """What is declared of members: values of groups, the members of programmes, first days in roles."""

    groups: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    programmes: Mapping[str, frozenset[int]] = field(default_factory=dict)
    held: Mapping[tuple[int, str], int] = field(default_factory=dict)


NOTHING = About()


def type_of(deed: Deed, mountain: Mountain) -> int | None:
    """Return the first type in file order that the deed matches."""
    for number, one in enumerate(mountain.types):
        to_others = deed.other not in (0, deed.member)
        if one.when.hold(deed.kind, deed.context) and (to_others or not one.when.to_others):
            return number
    return None


def tallies(deeds: Iterable[Deed], mountain: Mountain, about: About = NOTHING) -> dict[TallyKey, tuple[int, int]]:
    """Return what counts per member, day and type."""
    groups: dict[TallyKey, list[tuple[Deed, int]]] = defaultdict(list)
    for deed in deeds:
        number = type_of(deed, mountain)
        if number is None:
            continue
        one = mountain.types[number]
        received = one.credit is Credit.RECEIVER
        member, partner = (deed.other, deed.member) if received else (deed.member, deed.other)
        if (received or one.different_people) and (member == 0 or partner in (0, member)):
            continue
        groups[member, deed.at // DAY_MS, number].append((deed, partner))
    return {key: _day(key, acts, mountain, about) for key, acts in groups.items()}


def _day(key: TallyKey, acts: Sequence[tuple[Deed, int]], mountain: Mountain, about: About) -> tuple[int, int]:
    member, day, number = key
    one = mountain.types[number]
    counted = _counted(acts, one)
    points = one.curve[min(counted, len(one.curve) - 1)]
    return counted, points * _times(member, day, mountain, about)


def _counted(acts: Sequence[tuple[Deed, int]], one: EngagementType) -> int:
    if one.per_amount:
        return sum(deed.amount for deed, _ in acts) // one.per_amount
    if one.different_people:
        return len({partner for _, partner in acts})
    if one.slot:
        return len({deed.at % DAY_MS // 1000 // one.slot for deed, _ in acts})
    return len(acts)


def _times(member: int, day: int, mountain: Mountain, about: About) -> int:
    times = 100
    for one in mountain.multipliers:
        inside = (one.first is None or one.first <= day) and (one.last is None or day <= one.last)
        if inside and _concerns(one, member, about):
            times = times * one.times // 100
    return min(times, mountain.multiplier_cap)


def _concerns(one: Multiplier, member: int, about: About) -> bool:
    if one.programme:
        return member in about.programmes.get(one.programme, ())
    return about.groups.get(one.group, {}).get(member) in one.values


def total(found: TallyTable, mountain: Mountain, who: tuple[int, int], day: int) -> int:
    """Return a (member, band)'s points over the window's whole days up to and including a day."""
    member, band = who
    return sum(
        points
        for (one, when, number), (_, points) in found.items()
        if one == member and mountain.types[number].band == band and day - mountain.window < when <= day
    )


def totals(found: TallyTable, mountain: Mountain, as_of: int) -> dict[tuple[int, int], int]:
    """Return points per member and band, where there are any."""
    pairs = {(member, mountain.types[number].band) for member, _, number in found}
    sums = {pair: total(found, mountain, pair, as_of) for pair in pairs}
    return {pair: points for pair, points in sums.items() if points}


def bands(found: TallyTable, mountain: Mountain, as_of: int) -> list[tuple[int, int, int]]:
    """Return (member, day, band number) for each day on which a member's band became another one."""
    changes = []
    for member in sorted({member for member, _, _ in found}):
        current = 0
        for day in _days(found, as_of):
            before = current
            sums = [total(found, mountain, (member, band), day) for band in range(len(mountain.bands))]
            entries = [band.entry * 100 for band in mountain.bands]
            if date_of(day).day == 1:
                held = [n + 1 for n in range(current) if sums[n] * 10 >= entries[n] * 9]
                if current not in held:
                    current = max(held, default=0)
            current = max(current, *(n + 1 for n, sum_ in enumerate(sums) if sum_ >= entries[n]), 0)
            if current != before:
                changes.append((member, day, current))
    return changes


def crossings(found: TallyTable, mountain: Mountain, as_of: int, about: About = NOTHING) -> list[tuple[int, int, int]]:
    """Return (member, day, step) for each day on which a step's threshold was reached anew."""
    crossed = []
    for member in {member for member, _, _ in found}:
        for number, step in enumerate(mountain.steps):
            reached = False
            for day in _days(found, as_of):
                before, reached = reached, _reached(found, mountain, (member, step), day)
                held = about.held.get((member, step.without_role.casefold()), day + 1) <= day
                if reached and not before and not held:
                    crossed.append((member, day, number))
    return sorted(crossed)


def _reached(found: TallyTable, mountain: Mountain, what: tuple[int, Step], day: int) -> bool:
    member, step = what
    worth = {
        when
        for (one, when, number), (_, points) in found.items()
        if points and one == member and mountain.types[number].band == step.band and day - mountain.window < when <= day
    }
    return total(found, mountain, (member, step.band), day) >= step.points * 100 and len(worth) >= step.days


def _days(found: TallyTable, as_of: int) -> Iterable[int]:
    days = [day for _, day, _ in found if day <= as_of]
    return range(min(days), as_of + 1) if days else ()

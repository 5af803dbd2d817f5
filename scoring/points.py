"""From engagements to tallies: what each member's day of each engagement type gives.

A tally is a function of the set of that day's engagements, never of their order, so late arrivals, duplicates and
retractions end in the same figure. The same function scores one member's afternoon and a community's whole history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from scoring.columns import NOBODY, Acts, Bools, Group, Ints
from scoring.mountain import POINT, TIMES_ONE, Conditions, Credit, Mountain, Multiplier
from scoring.signals import DAY_MS, Kind

TALLY_POINT = POINT * TIMES_ONE
"""One point in the units of a tally: points in thousandths times a multiplier in hundredths."""

_UNMATCHED = -1


@dataclass(frozen=True, slots=True)
class Tallies:
    """What counted per member, day and engagement type: arrays of one length, sorted by member, day and type.

    `type` is an index into the Mountain's types, `counted` how many engagements counted, `points` hundred-thousandths.
    """

    member: Ints
    day: Ints
    type: Ints
    counted: Ints
    points: Ints

    def __len__(self) -> int:
        return len(self.member)

    def where(self, mask: Bools) -> Tallies:
        """Return the tallies for which the mask is true."""
        return Tallies(self.member[mask], self.day[mask], self.type[mask], self.counted[mask], self.points[mask])


@dataclass(frozen=True, slots=True)
class Belonging:
    """What multipliers ask about members: their declared groups by name, and the members of each programme."""

    groups: Mapping[str, Group] = field(default_factory=dict)
    programmes: Mapping[str, Ints] = field(default_factory=dict)


NOTHING_DECLARED = Belonging()


def types(acts: Acts, mountain: Mountain) -> Ints:
    """Return for each act the index of its engagement type, -1 where none matches.

    The first type in file order whose conditions hold is the one.
    """
    pairs = acts.kind * max(len(acts.contexts), 1) + acts.context
    present = np.flatnonzero(np.bincount(pairs)) if len(acts) else pairs
    to_self, to_others = (np.full(len(present) and int(present[-1]) + 1, _UNMATCHED) for _ in range(2))
    for pair in present.tolist():
        kind, context = divmod(pair, len(acts.contexts))
        matches = [n for n, one in enumerate(mountain.types) if one.when.hold(Kind(kind), acts.contexts[context])]
        to_others[pair] = next(iter(matches), _UNMATCHED)
        to_self[pair] = next((n for n in matches if not mountain.types[n].when.to_others), _UNMATCHED)
    if not any(one.when.to_others for one in mountain.types):
        return np.asarray(to_others[pairs])
    other = (acts.counterpart != NOBODY) & (acts.counterpart != acts.member)
    return np.asarray(np.where(other, to_others[pairs], to_self[pairs]))


def tally(acts: Acts, mountain: Mountain, belonging: Belonging = NOTHING_DECLARED) -> Tallies:
    """Count and score whole member-days.

    `acts` must hold every engagement of the member-days it touches (of the author, or of the receiver where a type
    credits the receiver).
    """
    kind_of = types(acts, mountain)
    receiver = np.array([one.credit is Credit.RECEIVER for one in mountain.types] + [False])
    credited = np.where(receiver[kind_of], acts.counterpart, acts.member)
    partner = np.where(receiver[kind_of], acts.member, acts.counterpart)
    different = np.array([one.different_people for one in mountain.types] + [False])
    alone = (partner == NOBODY) | (partner == credited)
    scored = (kind_of != _UNMATCHED) & ~((different | receiver)[kind_of] & alone) & (credited != NOBODY)
    if not scored.any():
        return Tallies(*(np.empty(0, np.int64) for _ in range(5)))
    kept = acts if scored.all() else acts.where(scored)
    counted = _counted(kept, credited[scored], partner[scored], kind_of[scored], mountain)
    points = _points(counted, mountain) * _times(counted, mountain, belonging)
    return Tallies(counted.member, counted.day, counted.type, counted.counted, points)


def _counted(acts: Acts, member: Ints, partner: Ints, kind_of: Ints, mountain: Mountain) -> Tallies:
    """Group by member, day and type, and count in each group what its type says counts (points are left at 0)."""
    unit = _units(acts, partner, kind_of, mountain)
    first_day = int(acts.day.min())
    days, width = int(acts.day.max()) - first_day + 1, len(mountain.types)
    lowest = int(member.min())
    group = ((member - lowest) * days + (acts.day - first_day)) * width + kind_of
    shift = int(unit.max()).bit_length()
    if int(group.max()).bit_length() + shift <= 63:
        packed = (group << shift) | unit
        packed.sort()
        sorted_group = packed >> shift
        fresh_unit = _starts(packed)
    else:
        order = np.lexsort((unit, group))
        sorted_group = group[order]
        fresh_unit = _starts(sorted_group) | _starts(unit[order])
    starts = np.flatnonzero(_starts(sorted_group))
    distinct = np.add.reduceat(fresh_unit, starts, dtype=np.int64)
    keys = sorted_group[starts]
    rest, type_of = np.divmod(keys, width)
    who, when = np.divmod(rest, days)
    counts = _by_amount(distinct, keys, type_of, (group, acts.amount), mountain)
    return Tallies(who + lowest, when + first_day, type_of, counts, np.zeros_like(counts))


def _units(acts: Acts, partner: Ints, kind_of: Ints, mountain: Mountain) -> Ints:
    """Return what must differ for two acts of one group to count twice: the time slot, the person, or the act."""
    slots = np.array([max(one.slot, 1) * 1000 for one in mountain.types])
    unit = (acts.at - acts.day * DAY_MS) // slots[kind_of]
    by_person = np.array([one.different_people for one in mountain.types])[kind_of]
    every = np.array([one.slot == 0 and not one.different_people for one in mountain.types])[kind_of]
    if by_person.any():
        unit = np.where(by_person, partner, unit)
    if every.any():
        unit = np.where(every, np.arange(len(unit)), unit)
    return np.asarray(unit)


def _by_amount(counts: Ints, keys: Ints, type_of: Ints, raw: tuple[Ints, Ints], mountain: Mountain) -> Ints:
    """Replace the counts of types that count an amount (minutes) by whole units of it."""
    per = np.array([one.per_amount for one in mountain.types])
    if not per.any():
        return counts
    group, amount = raw
    measured = np.isin(group % len(mountain.types), np.flatnonzero(per))
    place = np.searchsorted(keys, group[measured])
    sums = np.bincount(place, weights=amount[measured], minlength=len(keys)).astype(np.int64)
    return np.where(per[type_of] > 0, sums // np.maximum(per[type_of], 1), counts)


def _points(counted: Tallies, mountain: Mountain) -> Ints:
    """Look the day's points up in each type's cumulative curve, in thousandths."""
    curves = np.concatenate([np.array(one.curve, np.int64) for one in mountain.types])
    lengths = np.array([len(one.curve) for one in mountain.types])
    offsets = np.cumsum(lengths) - lengths
    at = np.minimum(counted.counted, lengths[counted.type] - 1)
    return np.asarray(curves[offsets[counted.type] + at])


def _times(counted: Tallies, mountain: Mountain, belonging: Belonging) -> Ints:
    """Multiply the multipliers that hold for each member and day, in file order, cut to hundredths and capped."""
    times = np.full(len(counted), TIMES_ONE, np.int64)
    for one in mountain.multipliers:
        holds = np.isin(counted.member, _whom(one, belonging))
        if one.first is not None:
            holds &= counted.day >= one.first
        if one.last is not None:
            holds &= counted.day <= one.last
        times[holds] = times[holds] * one.times // TIMES_ONE
    return np.minimum(times, mountain.multiplier_cap)


def _whom(multiplier: Multiplier, belonging: Belonging) -> Ints:
    """Return the members a multiplier concerns."""
    nobody = np.empty(0, np.int64)
    if multiplier.programme:
        return belonging.programmes.get(multiplier.programme, nobody)
    group = belonging.groups.get(multiplier.group)
    if group is None:
        return nobody
    wanted = [n for n, value in enumerate(group.values) if value in multiplier.values]
    return group.member[np.isin(group.value, wanted)]


def _starts(ordered: Ints) -> Bools:
    """Mark the first of each run of equal values."""
    marks = np.empty(len(ordered), np.bool_)
    marks[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=marks[1:])
    return marks


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

"""From engagements to tallies: what each member's day of each engagement type gives.

A tally is a function of the set of that day's engagements, never of their order, so late arrivals, duplicates and
retractions end in the same figure. The same function scores one member's afternoon and a community's whole history.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from scoring.columns import NOBODY, PART, Acts, Bools, Group, Ints, run_starts, split, starts
from scoring.mountain import POINT, TIMES_ONE, Credit, Mountain, Multiplier
from scoring.signals import DAY_MS, Kind

TALLY_POINT = POINT * TIMES_ONE
"""One point in the units of a tally: points in thousandths times a multiplier in hundredths."""

_UNMATCHED = -1
_NOBODY = np.empty(0, np.int64)


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

    def parts(self) -> Iterator[Tallies]:
        """Yield views of `PART` tallies each."""
        return (self.where(slice(begin, begin + PART)) for begin in range(0, len(self), PART))

    def where(self, mask: Bools | slice) -> Tallies:
        """Return the tallies for which the mask is true, or a slice of them (as views)."""
        return Tallies(self.member[mask], self.day[mask], self.type[mask], self.counted[mask], self.points[mask])


@dataclass(frozen=True, slots=True)
class Belonging:
    """What multipliers ask about members: their declared groups by name, and the members of each programme.

    `begins` are members (sorted) whose earlier acts count for nothing, and the days on which theirs begin to count.
    """

    groups: Mapping[str, Group] = field(default_factory=dict)
    programmes: Mapping[str, Ints] = field(default_factory=dict)
    begins: tuple[Ints, Ints] = (_NOBODY, _NOBODY)

    def counting(self, found: Tallies) -> Tallies:
        """Return the tallies that count: those from the day on from which their members wish it."""
        members, days = self.begins
        if not len(members):
            return found
        place = np.minimum(np.searchsorted(members, found.member), len(members) - 1)
        return found.where((members[place] != found.member) | (found.day >= days[place]))


NOTHING_DECLARED = Belonging()


def types(acts: Acts, mountain: Mountain) -> Ints:
    """Return for each act the index of its engagement type, -1 where none matches.

    The first type in file order whose conditions hold is the one.
    """
    return _TypeOf(acts, mountain)(acts)


class _TypeOf:
    """Which type acts are of, looked up by their kind and context."""

    def __init__(self, acts: Acts, mountain: Mountain) -> None:
        """Try the types' conditions on each pair of kind and context that there is."""
        self._contexts = max(len(acts.contexts), 1)
        counts = sum((self._counts(part) for part in acts.parts()), np.zeros(1, np.int64))
        self._to_others = np.full(len(counts), _UNMATCHED)
        self._to_self = self._to_others.copy()
        self._matters = any(one.when.to_others for one in mountain.types)
        for pair in np.flatnonzero(counts).tolist():
            kind, context = divmod(pair, self._contexts)
            matches = [n for n, one in enumerate(mountain.types) if one.when.hold(Kind(kind), acts.contexts[context])]
            self._to_others[pair] = next(iter(matches), _UNMATCHED)
            self._to_self[pair] = next((n for n in matches if not mountain.types[n].when.to_others), _UNMATCHED)

    def _counts(self, acts: Acts) -> Ints:
        return np.bincount(self._pairs(acts), minlength=(max(Kind) + 1) * self._contexts)

    def _pairs(self, acts: Acts) -> Ints:
        return acts.kind * self._contexts + acts.context

    def __call__(self, acts: Acts) -> Ints:
        pairs = self._pairs(acts)
        if not self._matters:
            return np.asarray(self._to_others[pairs])
        other = (acts.counterpart != NOBODY) & (acts.counterpart != acts.member)
        return np.asarray(np.where(other, self._to_others[pairs], self._to_self[pairs]))


def tally(acts: Acts, mountain: Mountain, belonging: Belonging = NOTHING_DECLARED) -> Tallies:
    """Count and score whole member-days.

    `acts` must hold every engagement of the member-days it touches (of the author, or of the receiver where a type
    credits the receiver).
    """
    groups = _Groups(acts, mountain)
    points = _Points(mountain, belonging)
    columns = [np.empty(len(groups.group), np.int64) for _ in range(5)]
    n = 0
    for part in groups.counted():
        last = n + len(part)
        found = part.member, part.day, part.type, part.counted, points(part)
        for column, values in zip(columns, found, strict=True):
            column[n:last] = values
        n = last
    return belonging.counting(Tallies(*(column[:n] for column in columns)))


def together(found: Tallies, more: Tallies) -> Tallies:
    """Return tallies with others added to them: those of one member, day and type become one, or none at zero."""
    if not len(more):
        return found
    member, day, kind, counted, points = (
        np.concatenate((getattr(found, name), getattr(more, name)))
        for name in ("member", "day", "type", "counted", "points")
    )
    order = np.lexsort((kind, day, member))
    keys = [column[order] for column in (member, day, kind)]
    firsts = np.flatnonzero(np.logical_or.reduce([run_starts(column) for column in keys]))
    sums = [np.add.reduceat(column[order], firsts) for column in (counted, points)]
    added = np.logical_or.reduceat(order >= len(found), firsts)
    left = ~added | (sums[0] != 0) | (sums[1] != 0)
    return Tallies(*(column[firsts] for column in keys), *sums).where(left)


class _Groups:
    """Acts that can give points, in groups: one per member, day and type."""

    def __init__(self, acts: Acts, mountain: Mountain) -> None:
        """Work out each act's `group` and its `unit`: what must differ for two acts of one group to count twice."""
        self._type_of, self._types = _TypeOf(acts, mountain), mountain.types
        # The last row, -1, is that of acts without a type.
        self._receiver = np.array([one.credit is Credit.RECEIVER for one in mountain.types] + [False])
        self._different = np.array([one.different_people for one in mountain.types] + [False])
        self._slot = np.array([max(one.slot, 1) * 1000 for one in mountain.types] + [1])
        self._every = np.array([one.slot == 0 and not one.different_people for one in mountain.types] + [False])
        self._per = np.array([one.per_amount for one in mountain.types])
        self._measures = np.array([one.per_amount > 0 for one in mountain.types] + [False])
        self._amounts: list[tuple[Ints, Ints]] = []
        self._first_day = int(acts.day.min(initial=2**31))
        self._days = int(acts.day.max(initial=0)) - self._first_day + 1
        self._shift, self._packs = self._room(acts)
        self.group = np.empty(len(acts), np.int64)
        self._unit = np.empty(0 if self._packs else len(acts), np.int64)
        self._fill(acts)

    def _room(self, acts: Acts) -> tuple[int, bool]:
        """Return how many bits a unit takes at most, and whether group and unit fit into one number."""
        person = max(int(acts.member.max(initial=0)), int(acts.counterpart.max(initial=0)))
        units = [DAY_MS // (one.slot * 1000) for one in self._types if one.slot]
        units += [person] if self._different.any() else []
        units += [len(acts)] if self._every.any() else []
        shift = max(units, default=0).bit_length()
        groups = (person + 1) * max(self._days, 1) * len(self._types)
        return shift, groups.bit_length() + shift <= 63

    def _fill(self, acts: Acts) -> None:
        n = 0
        for part in acts.parts():
            group, unit = self._sort_out(part, n)
            last = n + len(group)
            if self._packs:
                group <<= self._shift
                group |= unit
            else:
                self._unit[n:last] = unit
            self.group[n:last] = group
            n = last
        self.group, self._unit = self.group[:n], self._unit[:n]
        nothing = [(np.empty(0, np.int64), np.empty(0, np.int64))]
        group, amount = (np.concatenate(column) for column in zip(*(self._amounts or nothing), strict=True))
        order = np.argsort(group)
        self._measured = group[order], amount[order]

    def _sort_out(self, acts: Acts, first: int) -> tuple[Ints, Ints]:
        """Return groups and units of the acts among these that can give points; `first` is the first one's number."""
        kind_of = self._type_of(acts)
        receiver, different = self._receiver[kind_of], self._different[kind_of]
        credited, partner = acts.member, acts.counterpart
        if receiver.any():
            credited, partner = np.where(receiver, partner, credited), np.where(receiver, credited, partner)
        group = (credited * self._days + (acts.day - self._first_day)) * len(self._types) + kind_of
        unit = (acts.at - acts.day * DAY_MS) // self._slot[kind_of]
        scored = (kind_of != _UNMATCHED) & (credited != NOBODY)
        if (different | receiver).any():
            scored &= ~((different | receiver) & ((partner == NOBODY) | (partner == credited)))
            unit = np.where(different, partner, unit)
        every = self._every[kind_of]
        if every.any():
            unit = np.where(every, np.arange(first, first + len(acts)), unit)
        measured = self._measures[kind_of]
        if measured.any():
            measured &= scored
            self._amounts.append((group[measured], acts.amount[measured]))
        return (group, unit) if scored.all() else (group[scored], unit[scored])

    def counted(self) -> Iterator[Tallies]:
        """Count in each group what its type says counts (points are left at 0). To be asked once: it sorts in place."""
        ordered, unit = self.group, self._unit
        if self._packs:
            ordered.sort()  # in place: each new array of this length would cost as much as the work on it
        else:
            order = np.lexsort((unit, ordered))
            ordered, unit = ordered[order], unit[order]
        shift = self._shift if self._packs else 0
        for begin, end in _whole_groups(ordered, shift):
            group = ordered[begin:end] >> shift
            fresh = run_starts(ordered[begin:end])
            if not self._packs:
                fresh |= run_starts(unit[begin:end])
            firsts = starts(group)
            yield self._counted(group[firsts], np.add.reduceat(fresh, firsts, dtype=np.int64))

    def _counted(self, groups: Ints, distinct: Ints) -> Tallies:
        rest, type_of = split(groups, len(self._types))
        who, when = split(rest, self._days)
        when += self._first_day
        return Tallies(who, when, type_of, self._by_amount(distinct, groups, type_of), np.zeros(len(groups), np.int64))

    def _by_amount(self, counts: Ints, groups: Ints, type_of: Ints) -> Ints:
        """Replace the counts of types that count an amount (minutes) by whole units of it."""
        group, amount = self._measured
        begin, end = np.searchsorted(group, groups[0]), np.searchsorted(group, groups[-1], "right")
        if begin == end:
            return counts
        sums = np.zeros(len(groups), np.int64)
        np.add.at(sums, np.searchsorted(groups, group[begin:end]), amount[begin:end])
        return np.where(self._per[type_of] > 0, sums // np.maximum(self._per[type_of], 1), counts)


def _whole_groups(ordered: Ints, shift: int) -> Iterator[tuple[int, int]]:
    """Cut sorted numbers, groups above `shift` bits of something else, in parts that take no group apart."""
    begin, below = 0, (1 << shift) - 1
    while begin < len(ordered):
        last = ordered[min(begin + PART, len(ordered)) - 1] | below
        end = int(np.searchsorted(ordered, last, "right"))
        yield begin, end
        begin = end


class _Points:
    """What counts give, in hundred-thousandths: each type's cumulative curve, times the multipliers that hold."""

    def __init__(self, mountain: Mountain, belonging: Belonging) -> None:
        """Lay the curves end to end, and sort whom each multiplier concerns."""
        self._curves = np.concatenate([np.array(one.curve, np.int64) for one in mountain.types])
        self._last = np.array([len(one.curve) for one in mountain.types]) - 1
        self._offsets = np.cumsum(self._last + 1) - self._last - 1
        concerned = [(one, np.unique(whom(one, belonging))) for one in mountain.multipliers]
        self._multipliers = [(one, members) for one, members in concerned if len(members)]
        self._cap = mountain.multiplier_cap

    def __call__(self, counted: Tallies) -> Ints:
        at = self._offsets[counted.type] + np.minimum(counted.counted, self._last[counted.type])
        return np.asarray(self._curves[at] * self._times(counted))

    def _times(self, counted: Tallies) -> Ints:
        """Multiply the multipliers that hold for each member and day, in file order, cut to hundredths and capped."""
        times = np.full(len(counted), TIMES_ONE, np.int64)
        for one, members in self._multipliers:
            holds = members[np.minimum(np.searchsorted(members, counted.member), len(members) - 1)] == counted.member
            if one.first is not None:
                holds &= counted.day >= one.first
            if one.last is not None:
                holds &= counted.day <= one.last
            times[holds] = times[holds] * one.times // TIMES_ONE
        return np.minimum(times, self._cap)


def whom(multiplier: Multiplier, belonging: Belonging) -> Ints:
    """Return the members a multiplier concerns."""
    nobody = np.empty(0, np.int64)
    if multiplier.programme:
        return belonging.programmes.get(multiplier.programme, nobody)
    group = belonging.groups.get(multiplier.group)
    if group is None:
        return nobody
    wanted = [n for n, value in enumerate(group.values) if value in multiplier.values]
    return group.member[np.isin(group.value, wanted)]

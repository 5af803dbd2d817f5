"""Which question comes next: skip rules as a graph, what is wrong with it, and how far somebody is on their way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

END = -1
"""Where a survey ends."""


@dataclass(frozen=True, slots=True)
class Jump:
    """A skip rule: where to go after an answer with any of these codes, or (`declined`) after "prefer not to say".

    With neither it holds for every answer.
    """

    to: int
    codes: frozenset[int] = frozenset()
    declined: bool = False

    @property
    def always(self) -> bool:
        """Whether it holds whatever is answered."""
        return not self.codes and not self.declined

    def holds(self, answer: Answer) -> bool:
        """Whether it holds for an answer."""
        return self.always or (self.declined if answer is None else not self.codes.isdisjoint(answer))


Answer = frozenset[int] | None
"""The codes that were chosen (none for what has no codes), or None for "prefer not to say"."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A question on the way: the codes it can be answered with, if several at once, and its skip rules in order."""

    codes: frozenset[int] = frozenset()
    several: bool = False
    jumps: tuple[Jump, ...] = ()


class Wrong(StrEnum):
    """What can be wrong with the skip rules of a survey."""

    NOWHERE = "leads to no question"
    CYCLE = "leads in a circle"
    UNREACHED = "is never reached"
    NEVER = "never holds"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault at a question; `rule` is the place of the skip rule, `circle` the questions of a circle in order."""

    wrong: Wrong
    question: int
    rule: int | None = None
    circle: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How many questions are behind somebody, and how many their way can still have at least and at most."""

    done: int
    fewest_left: int
    most_left: int


def next_stop(stops: Sequence[Stop], at: int, answer: Answer) -> int:
    """Return which question comes after `at` was answered: the first rule that holds says so, else the next one."""
    for jump in stops[at].jumps:
        if jump.holds(answer):
            return jump.to
    return _following(stops, at)


def route(stops: Sequence[Stop], given: Mapping[int, Answer]) -> list[int]:
    """Return the questions somebody comes to with what they have answered: the last is open, unless all are answered.

    Answers to other questions (from before an edit) do not lie on it: they count as never reached.
    """
    found: list[int] = []
    at = 0 if stops else END
    while at != END:
        found.append(at)
        if at not in given or len(found) > len(stops):
            break
        at = next_stop(stops, at, given[at])
    return found


def progress(stops: Sequence[Stop], given: Mapping[int, Answer]) -> Progress:
    """Return how far somebody is. The rules must be sound (`faults` finds nothing)."""
    way = route(stops, given)
    done = sum(one in given for one in way)
    if done == len(way):
        return Progress(done, 0, 0)
    fewest, most = _lengths(stops)
    return Progress(done, fewest[way[-1]], most[way[-1]])


def faults(stops: Sequence[Stop]) -> list[Fault]:
    """Return all that is wrong with the skip rules of a survey."""
    found = list(_rules(stops))
    if any(one.wrong is Wrong.NOWHERE for one in found):
        return found
    leads = [exits(stops, at) for at in range(len(stops))]
    circle = _circle(leads)
    if circle:
        found.append(Fault(Wrong.CYCLE, circle[0], circle=circle))
    reached = _reached(leads)
    found += [Fault(Wrong.UNREACHED, at) for at in range(len(stops)) if at not in reached]
    return found


def exits(stops: Sequence[Stop], at: int) -> list[int]:
    """Return where a question can lead to, over all answers it can get."""
    stop = stops[at]
    found = [next_stop(stops, at, None)]
    left = set(stop.codes)
    for jump in stop.jumps:
        if jump.always:
            return [*found, jump.to]
        if jump.codes & left:
            found.append(jump.to)
            left -= jump.codes
    if left or stop.several or not stop.codes:
        found.append(_following(stops, at))  # of several choices, all that a rule names can be left out
    return found


def _following(stops: Sequence[Stop], at: int) -> int:
    return at + 1 if at + 1 < len(stops) else END


def _rules(stops: Sequence[Stop]) -> Iterator[Fault]:
    for at, stop in enumerate(stops):
        taken: set[int] = set()
        declined = ended = False
        for n, jump in enumerate(stop.jumps):
            if jump.to != END and not 0 <= jump.to < len(stops):
                yield Fault(Wrong.NOWHERE, at, n)
            new = bool((jump.codes & stop.codes) - taken) or (jump.declined and not declined) or jump.always
            if ended or not new:
                yield Fault(Wrong.NEVER, at, n)
            taken |= jump.codes
            declined = declined or jump.declined
            ended = ended or jump.always


def _circle(leads: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Return the questions of a circle, from the first of them in the survey's order; none where there is no circle.

    Walks with a stack of its own: a survey of thousands of questions must not overflow anything.
    """
    finished: set[int] = set()
    for start in range(len(leads)):
        way: list[tuple[int, Iterator[int]]] = [] if start in finished else [(start, iter(leads[start]))]
        on_way = {at for at, _ in way}
        while way:
            at, left = way[-1]
            to = next(left, None)
            if to is None:
                way.pop()
                on_way.discard(at)
                finished.add(at)
            elif to in on_way:
                circle = [one for one, _ in way][[one for one, _ in way].index(to) :]
                first = circle.index(min(circle))
                return tuple(circle[first:] + circle[:first])
            elif to != END and to not in finished:
                way.append((to, iter(leads[to])))
                on_way.add(to)
    return ()


def _reached(leads: Sequence[Sequence[int]]) -> set[int]:
    found: set[int] = set()
    waiting = [0] if leads else []
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting += [to for to in leads[at] if to != END]
    return found


def _lengths(stops: Sequence[Stop]) -> tuple[list[int], list[int]]:
    """Return for each question how many are left from there at least and at most, itself among them."""
    leads = [exits(stops, at) for at in range(len(stops))]
    fewest, most = [0] * len(stops), [0] * len(stops)
    for at in backwards(stops):
        ahead = [to for to in leads[at] if to != END]
        fewest[at] = 1 + (0 if END in leads[at] else min((fewest[to] for to in ahead), default=0))
        most[at] = 1 + max((most[to] for to in ahead), default=0)
    return fewest, most


def backwards(stops: Sequence[Stop]) -> list[int]:
    """Return the questions so that each comes after all that it leads to; the rules must be sound."""
    leads = [exits(stops, at) for at in range(len(stops))]
    found: list[int] = []
    seen: set[int] = set()
    for start in range(len(leads)):
        waiting = [(start, False)]
        while waiting:
            at, done = waiting.pop()
            if done:
                found.append(at)
            elif at not in seen:
                seen.add(at)
                waiting.append((at, True))
                waiting += [(to, False) for to in leads[at] if to != END and to not in seen]
    return found

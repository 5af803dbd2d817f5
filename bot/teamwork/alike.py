"""Which accounts of different members are called the same, so that they may be one person's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.identity.declared import same
from bot.storage.suggesting import Found
from scoring.signals import Account

SHORTEST = 3
"""Shorter names are shared too easily."""
_CROWD = 4
"""What more accounts than this are called, or declare, says nothing."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two accounts that may be one person's; `declared` where one of them named the other."""

    one: Found
    other: Found
    declared: bool

    @property
    def numbers(self) -> tuple[int, int]:
        """The accounts' numbers, the smaller one first."""
        return self.one.id, self.other.id


def pairs(
    found: Sequence[Found],
    opened: Callable[[bytes], Account],
    said: Sequence[tuple[int, str, str]],
    never: Collection[tuple[int, int]],
) -> list[Pair]:
    """Return the pairs to suggest: those that somebody declared first; `said` is account, scheme and handle elsewhere.

    What is declared is compared with accounts of that scheme, and with what others declare.
    """
    by_name: dict[str, list[Found]] = defaultdict(list)
    by_scheme: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for one in found:
        who = opened(one.sealed)
        by_name[who.id.casefold()].append(one)
        scheme = who.realm.casefold() or who.platform
        by_scheme[scheme, same(scheme, who.id)].append(one)
    number = {one.id: one for one in found}
    told = [(number[who], (scheme.casefold(), same(scheme, handle))) for who, scheme, handle in said if who in number]
    for one, key in told:
        by_scheme[key].append(one)
    suggested: dict[tuple[int, int], Pair] = {}
    for one, key in told:
        for other in by_scheme[key] if len(by_scheme[key]) <= _CROWD else ():
            _add(suggested, one, other, declared=True)
    for name, group in by_name.items():
        if len(name) >= SHORTEST and 1 < len(group) <= _CROWD:
            for one, other in combinations(group, 2):
                _add(suggested, one, other, declared=False)
    return [pair for key, pair in suggested.items() if key not in never]


def _add(suggested: dict[tuple[int, int], Pair], one: Found, other: Found, *, declared: bool) -> None:
    if one.member == other.member:
        return
    first, second = sorted((one, other), key=lambda each: each.id)
    suggested.setdefault((first.id, second.id), Pair(first, second, declared))

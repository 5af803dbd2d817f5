"""Which accounts of different members may be one person's: by what people declared, or by what they are called.

Nothing here joins anybody: what is found is suggested to a person of the team, who looks at both sides and decides.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from operator import attrgetter

from bot.identity.declared import Elsewhere, same
from bot.identity.names import Called
from bot.storage.suggesting import Found
from scoring.signals import Account

IMPORTED = "imported"
SHORTEST = 3
"""Shorter names are shared too easily."""
ALIKE = 88
"""From so many per cent on two names are similar: of ten letters one may be another."""
_SHORTEST_SIMILAR = 4
_CROWD = 4
"""What more accounts than this are called, or declare, says nothing."""
_MOST_NAMES = 20_000
_AT_ONCE = 500
"""Names compared with all others in one go: what is found of them lies in memory."""


class Why(StrEnum):
    """Why two accounts are suggested, the best reason first."""

    BOTH = "both"
    """Each of them said, where they are signed in, that the same account elsewhere is theirs."""
    DECLARED = "declared"
    """One of them named the other, or an import says so."""
    SAME = "alike"
    """Both have the same id on their platforms, as a name that people choose."""
    NAMES = "names"
    """They are called similarly on two platforms."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two accounts that may be one person's, why, and how similar what they are called is, in per cent."""

    one: Found
    other: Found
    why: Why
    score: int = 0

    @property
    def numbers(self) -> tuple[int, int]:
        """The accounts' numbers, the smaller one first."""
        return self.one.id, self.other.id


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of accounts: what is `said` of handles elsewhere, pairs never to join, how people are called."""

    opened: Callable[[bytes], Account]
    said: Sequence[Elsewhere] = ()
    never: Collection[tuple[int, int]] = ()
    called: Called = field(default_factory=dict)


def pairs(found: Sequence[Found], known: Known) -> list[Pair]:
    """Return the pairs to suggest, those with the best reason first."""
    who = {one.id: known.opened(one.sealed) for one in found}
    suggested: dict[tuple[int, int], Pair] = {}
    for pair in (*_declared(found, who, known.said), *_same_id(found, who), *_similar(found, who, known.called)):
        if pair.one.member != pair.other.member and pair.numbers not in known.never:
            best = suggested.get(pair.numbers)
            if best is None or _rank(pair) < _rank(best):
                suggested[pair.numbers] = pair
    return sorted(suggested.values(), key=_rank)


def _rank(pair: Pair) -> tuple[int, int]:
    return _ORDER[pair.why], -pair.score


_ORDER = {why: n for n, why in enumerate(Why)}


def _pair(one: Found, other: Found, why: Why, score: int = 0) -> Pair:
    first, second = sorted((one, other), key=attrgetter("id"))
    return Pair(first, second, why, score)


def _declared(found: Sequence[Found], who: Mapping[int, Account], said: Iterable[Elsewhere]) -> Iterator[Pair]:
    """Yield who declares the same account elsewhere, and who declares an account that takes part itself."""
    number = {one.id: one for one in found}
    told: dict[tuple[str, str], dict[int, bool]] = defaultdict(dict)
    for one in said:
        if one.account in number:
            mine = told[one.scheme.casefold(), same(one.scheme, one.handle)]
            mine[one.account] = mine.get(one.account, False) or one.own
    there: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for account in found if told else ():
        scheme = (who[account.id].realm or who[account.id].platform).casefold()
        there[scheme, same(scheme, who[account.id].id)].append(account)
    for key, own in told.items():
        named = [other for other in there[key] if other.id not in own]
        if len(own) + len(named) > _CROWD:
            continue
        for first, second in combinations(sorted(own), 2):
            yield _pair(number[first], number[second], Why.BOTH if own[first] and own[second] else Why.DECLARED)
        yield from (_pair(number[first], other, Why.DECLARED) for other in named for first in own)


def _same_id(found: Sequence[Found], who: Mapping[int, Account]) -> Iterator[Pair]:
    by_name: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        by_name[who[one.id].id.casefold()].append(one)
    for name, group in by_name.items():
        if len(name) >= SHORTEST and len(group) <= _CROWD:
            yield from (_pair(one, other, Why.SAME) for one, other in combinations(group, 2))


def _similar(found: Sequence[Found], who: Mapping[int, Account], called: Called) -> Iterator[Pair]:
    """Yield accounts of two platforms or workspaces that are called similarly; in one, people of a name are several.

    People who left themselves out are not looked at.
    """
    named = [(one, name) for one in found if not one.out for name in _names(who[one.id], called)][:_MOST_NAMES]
    if not called or len(named) < 2:
        return
    hits = dict[tuple[int, int], int]()
    alike: dict[int, set[int]] = defaultdict(set)
    for first, second, score in _scores([name for _, name in named]):
        one, other = named[first][0], named[second][0]
        if who[one.id][:2] == who[other.id][:2]:
            continue
        key = min(one.id, other.id), max(one.id, other.id)
        hits[key] = max(hits.get(key, 0), score)
        for mine, theirs in (key, key[::-1]):
            alike[mine].add(theirs)
    number = {one.id: one for one, _ in named}
    for (first, second), score in hits.items():
        if max(len(alike[first]), len(alike[second])) < _CROWD:
            yield _pair(number[first], number[second], Why.NAMES, score)


def _names(who: Account, called: Called) -> set[str]:
    """Return what an account is called, as it is compared; those that were imported are called by their id."""
    names = called.get(who, () if who.platform != IMPORTED else (who.id,))
    return {name for name in map(compared, names) if len(name) >= _SHORTEST_SIMILAR}


def compared(name: str) -> str:
    """Return a name as it is compared: in small letters without marks and signs, its parts in alphabetical order."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return " ".join(sorted("".join(one if one.isalnum() else " " for one in letters).split()))


def _scores(names: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Yield which names are similar, by their places in the list, and how much, in per cent."""
    # Not at the top: only this needs them, and few who start Cairn ever look at suggestions.
    import numpy as np
    from rapidfuzz import fuzz, process

    for at in range(0, len(names), _AT_ONCE):
        rows = names[at : at + _AT_ONCE]
        found = process.cdist(rows, names[at:], scorer=fuzz.ratio, score_cutoff=ALIKE, dtype=np.uint8)
        for row, column in np.argwhere(found):
            if row < column:
                yield at + int(row), at + int(column), int(found[row, column])

"""Who is behind a group of signals: known, new, asked first, or left out altogether.

Policy is read in the very transaction that stores, and by the query that finds the accounts: what a person or the
operator decides holds from the next commit on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.hearing.space_settings import NONE
from bot.keys import Keys
from bot.ports import Consent, Listed, Receipt
from bot.storage import accounts, marks
from bot.storage.accounts import Known, Memory, Newcomers
from bot.storage.families import concerned
from scoring.signals import Account, Kind, Signal

LEFT_OUT = "left out"
"""Why a signal was dropped that names somebody of whom nothing is to be stored."""
_NAMED = [itemgetter(Signal._fields.index(name)) for name in ("account", "key_person", "target")]

Group = tuple[list[list[Signal]], list[Receipt]]
"""The signals of each caller that are worth storing, and the callers' receipts."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where signals come from and what may be kept of them.

    `source` is the import's number, 0 for live; `kinds` those worth storing; `seen_at` when names were captured (ms).
    """

    community: int
    space: int | None
    kinds: frozenset[Kind]
    newcomers: Newcomers
    seen_at: int
    by_programme: bool = False
    """Whether membership of a programme changes scores, so that joining one concerns all of a member's days."""
    probe: bool = False
    """Whether this is Cairn trying itself: the time is put down, and nothing else may be given."""
    asks: bool = False
    """Whether the policy of the moment decides although this is an import: history that the bot reads."""
    places_out: Listed = NONE
    """Channels of which nothing is to be stored, where whoever hands signals in does not know of them."""


@dataclass(frozen=True, slots=True)
class People:
    """Whom the signals of a group name, by the `id` of the very objects they hold: hashing each would cost too much.

    `known` is None where nothing may be kept; `waits` says that this is so before a person's own yes.
    """

    known: Mapping[int, Known | None]
    handle: Mapping[int, str]
    waits: bool
    number: dict[int, int | None] = field(default_factory=dict)
    """The accounts' numbers, None where nothing is known; `author` the same, with None for machines, too."""
    author: dict[int, int | None] = field(default_factory=dict)
    member_of: dict[int, int] = field(default_factory=dict)
    """The members of the known accounts, by the accounts' numbers."""

    def __post_init__(self) -> None:
        """Work out once what is asked for each signal."""
        for name, one in self.known.items():
            if one is None:
                self.number[name] = self.author[name] = None
            else:
                number, member, bot = one
                self.number[name] = number
                self.author[name] = None if bot else number
                self.member_of[number] = member


async def admit(connection: AsyncConnection, keys: Keys, origin: Origin, group: Group, memory: Memory) -> People:
    """Find or make everyone the signals name, and note who turns out to be a machine.

    Signals that name somebody who is left out are taken from the group before anything comes of them.
    """
    objects = _named(group[0])
    handles = {number: keys.handle(one) for number, one in objects.items()}
    if not objects:
        return People({id(None): None}, handles, origin.newcomers.wait)
    found = await accounts.look_up(connection, origin.community, set(handles.values()), origin.space, memory)
    newcomers = _newcomers(origin, found.consent if _asks(origin) else None)
    refused = found.left_out
    if not newcomers.wait:  # else nothing is kept of unknown people anyway
        unknown = set(handles.values()) - found.known.keys() - refused
        refused |= await accounts.forgotten(connection, origin.community, keys, unknown)
    if refused:
        _leave_out(group, {number for number, handle in handles.items() if handle in refused})
        objects = _named(group[0])
    named: dict[str, Account] = {}
    for number, one in objects.items():
        if one.bot or handles[number] not in named:
            named[handles[number]] = one
    if newcomers.wait:
        known = await accounts.with_page(connection, found.known)
    else:
        known = found.known | await accounts.make(connection, origin.community, found.known, named, (keys, newcomers))
    known |= await _unmasked(connection, origin, known, named)
    return People({id(None): None} | {one: known.get(handles[one]) for one in handles}, handles, newcomers.wait)


def _named(wanted: Iterable[Iterable[Signal]]) -> dict[int, Account]:
    signals = [signal for several in wanted for signal in several]
    objects: dict[int, Account] = {}
    for who in _NAMED:
        ones = list(map(who, signals))
        objects.update(zip(map(id, ones), ones, strict=True))
    objects.pop(id(None), None)
    return objects


def _asks(origin: Origin) -> bool:
    """Whether the space's policy of the moment decides: it does for live signals. An import's was decided before."""
    return origin.asks or not origin.newcomers.source


def _newcomers(origin: Origin, consent: str | None) -> Newcomers:
    """Return how newcomers begin: as the space has it at this very moment, else as the origin says."""
    if consent is None:
        return origin.newcomers
    return Newcomers(origin.newcomers.source, page=consent == Consent.NOTICE, wait=consent == Consent.STRICT)


def _leave_out(group: Group, refused: Collection[int]) -> None:
    """Drop the signals that name people who are left out.

    That something of theirs is gone is kept where it names nobody: it may be stored from before.
    """
    for n, (signals, receipt) in enumerate(zip(*group, strict=True)):
        kept = []
        for signal in signals:
            by_them = id(signal.account) in refused
            if id(signal.key_person) in refused or id(signal.target) in refused or (by_them and not signal.retracted):
                receipt.dropped[LEFT_OUT] += 1
            else:
                kept.append(signal._replace(account=None) if by_them else signal)
        group[0][n] = kept


async def _unmasked(
    connection: AsyncConnection, origin: Origin, known: Mapping[str, Known], named: Mapping[str, Account]
) -> dict[str, Known]:
    """Return those who turn out to be machines only now, and have their days looked at again."""
    unmasked = {handle: known[handle] for handle, one in named.items() if one.bot and handle in known}
    unmasked = {handle: one for handle, one in unmasked.items() if not one.bot}
    if unmasked:
        machines = {one.id for one in unmasked.values()}
        await accounts.mark_bots(connection, machines)
        days = await concerned(connection, origin.community, machines)
        await marks.dirty_accounts(connection, origin.community, days)
    return {handle: one._replace(bot=True) for handle, one in unmasked.items()}

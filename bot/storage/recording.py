"""One intake transaction: accounts, consent, contexts, engagements and dirty marks for a group of signals."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.keys import Keys
from bot.ports import Receipt
from bot.storage import contexts, marks
from bot.storage.accounts import Memory
from bot.storage.admitting import Origin, People, admit
from bot.storage.bulk import each, put, rows_of, take_turns
from bot.storage.contexts import Witness
from bot.storage.engagements import Key, Outcome, store
from bot.storage.families import hang_together
from bot.storage.schema import setting
from bot.storage.setting import PROBE
from scoring.claims import Claim, join
from scoring.signals import DAY_MS, Kind, Signal

__all__ = ["Origin", "record"]

_Entry = tuple[Key, Kind]
_CONTEXT = itemgetter(Signal._fields.index("context"))
_NAMING = (Kind.MENTION, Kind.THANKS)
_new = tuple.__new__
_LAST_MOMENT = 253_402_300_800_000
"""The end of 9999 (the first is that of 1970): a day that no calendar has would stop settling."""
_TOO_MUCH = 2**31
PLACE_LEFT_OUT = "channel left out"
"""Why a signal was dropped that comes from a channel of which nothing is to be stored."""


async def record(
    connection: AsyncConnection,
    keys: Keys,
    origin: Origin,
    calls: Sequence[Sequence[Signal]],
    memory: Memory | None = None,
) -> list[Receipt]:
    """Store the signals of several callers with one origin; returns a receipt for each caller.

    Whoever stores again and again keeps a `memory` of people for it (and lets it forget where a transaction fails).
    """
    await take_turns(connection, origin.community)
    receipts = [Receipt() for _ in calls]
    wanted = [_in_use(signals, origin, receipt) for signals, receipt in zip(calls, receipts, strict=True)]
    if origin.places_out.entries:
        wanted = [_in_places(signals, origin, receipt) for signals, receipt in zip(wanted, receipts, strict=True)]
    people = await admit(connection, keys, origin, (wanted, receipts), memory or Memory())
    numbers = await _contexts(connection, origin, wanted)
    drafts = _Drafts(origin, people, numbers)
    entries = [drafts.add(signals, receipt) for signals, receipt in zip(wanted, receipts, strict=True)]
    if drafts.claims:
        outcome = await store(connection, origin.community, drafts.claims)
        await hang_together(connection, origin.community, drafts.claims, outcome)
        await marks.dirty_accounts(connection, origin.community, outcome.touched, people.member_of)
        await _programmes(connection, origin, drafts.claims, outcome)
        for receipt, entry in zip(receipts, entries, strict=True):
            _sign(receipt, entry, outcome)
    if origin.probe:
        await put(connection, setting, ("name", "value"), [(PROBE, str(origin.seen_at))])
    if origin.newcomers.source:
        await _progress(connection, origin.newcomers.source, sum(map(len, calls)), receipts)
    return receipts


def _in_use(signals: Sequence[Signal], origin: Origin, receipt: Receipt) -> list[Signal]:
    """Return the signals that can and may be stored; nearly all of them are passed by the first condition."""
    kinds = origin.kinds
    return [
        one
        for one in signals
        if (one[0] in kinds and one[11] == 0 and 0 <= one[3] < _LAST_MOMENT and "\0" not in one[1])
        or _passes(one, origin, receipt)
    ]


def _passes(signal: Signal, origin: Origin, receipt: Receipt) -> bool:
    if "\0" in signal.key:
        raise ValueError("no database finds a key with a zero byte again")
    if not 0 <= signal.amount < _TOO_MUCH:
        raise ValueError("an amount is a number of minutes")
    if not 0 <= signal.at < _LAST_MOMENT:
        receipt.dropped["impossible time"] += 1
        return False
    if signal.kind in origin.kinds or signal.retracted:
        return True
    receipt.dropped["kind not in use"] += 1
    return False


def _in_places(signals: Sequence[Signal], origin: Origin, receipt: Receipt) -> list[Signal]:
    """Return the signals from channels of which something may be stored, and what says that something is gone."""
    out = origin.places_out
    there = {id(one): one for one in map(_CONTEXT, signals)}
    shut = {number for number, one in there.items() if out.has(one.place, one.name) or out.has(one.parent)}
    kept = [one for one in signals if id(one.context) not in shut or one.retracted]
    if len(kept) < len(signals):
        receipt.dropped[PLACE_LEFT_OUT] += len(signals) - len(kept)
    return kept


async def _contexts(
    connection: AsyncConnection, origin: Origin, wanted: Sequence[Sequence[Signal]]
) -> Mapping[int, int]:
    """Return the numbers of the signals' contexts, by the `id` of the context objects."""
    settings = [one for signals in wanted for one in map(_CONTEXT, signals)]
    objects = dict(zip(map(id, settings), settings, strict=True))
    if not objects:
        return {}
    witness = Witness(origin.community, origin.space, origin.newcomers.source)
    numbers = await contexts.find_or_make(connection, witness, dict.fromkeys(objects.values(), origin.seen_at))
    return {number: numbers[one] for number, one in objects.items()}


class _Drafts:
    """Turns signals into claims, one per key, joining those that speak of one object."""

    def __init__(self, origin: Origin, people: People, contexts: Mapping[int, int]) -> None:
        self.claims: dict[Key, Claim] = {}
        self._source = origin.newcomers.source
        self._waits = people.waits
        self._known = people.known
        self._number = people.number
        self._author = people.author
        self._handle = people.handle
        self._contexts = contexts

    def add(self, signals: Iterable[Signal], receipt: Receipt) -> list[_Entry]:
        """Add a caller's signals; returns its keys and kinds, each key once."""
        entries: list[_Entry] = []
        # One loop without calls: a history makes it run millions of times.
        number, author, waits, claims = self._number, self._author, self._waits, self.claims
        for signal in signals:
            (kind, name, key_day, at, who, version, context, person, parent, parent_day, target, amount, captured,
             estimated, retracted) = signal  # fmt: skip
            account = author[id(who)]
            # What nearly all signals are is told here, and the rest by a call.
            doubtful = account is None or waits or (target is None and kind in _NAMING)
            if doubtful and (refused := self._refused(signal)):
                receipt.dropped[refused] += 1
                continue
            key = key_day, name if person is None else f"{name}/{self._handle[id(person)]}"
            claim = _new(
                Claim,
                (at // DAY_MS, at, account, kind, self._contexts[id(context)], number[id(target)],
                 parent_day if parent else None, parent or None, amount, estimated, retracted, version, captured,
                 self._source),
            )  # fmt: skip
            there = claims.setdefault(key, claim)
            if there is claim:
                entries.append((key, kind))
            else:
                receipt.again[kind] += 1
                claims[key] = join(there, claim)
        return entries

    def _refused(self, signal: Signal) -> str:
        """Return why a signal is not stored; nothing where it is.

        That a machine's message is gone is stored (naming nobody), because of the people's acts that hang on it.
        """
        if self._waits:
            named = (signal.account, signal.key_person, signal.target)
            if any(one is not None and self._known[id(one)] is None for one in named):
                return "no consent yet"
        if signal.retracted:
            return ""
        author = self._known[id(signal.account)]
        if author is None:
            return "no author"
        if author.bot:
            return "bot"
        return "names nobody" if signal.target is None and signal.kind in _NAMING else ""


def _sign(receipt: Receipt, entries: Collection[_Entry], outcome: Outcome) -> None:
    """Fill a caller's receipt from what became of its keys."""
    if not (outcome.known or outcome.changed or outcome.retracted or outcome.again):  # everything is new
        receipt.new += len(entries)
        return
    for key, kind in entries:
        receipt.new += key in outcome.new
        receipt.known += key in outcome.known
        receipt.changed += key in outcome.changed
        receipt.retracted += key in outcome.retracted
        if key in outcome.again:
            receipt.again[kind] += 1


async def _programmes(connection: AsyncConnection, origin: Origin, claims: dict[Key, Claim], outcome: Outcome) -> None:
    """Where joining a programme multiplies points, look at all days of those who joined or left one."""
    if not origin.by_programme:
        return
    words = [claims[key] for key in outcome.new]
    words += [word for key in outcome.changed | outcome.retracted for word in outcome.renewed[key]]
    people = {one.account for one in words if one.kind == Kind.PARTICIPATION and one.account is not None}
    if people:
        await marks.dirty_whole_accounts(connection, origin.community, people)


async def _progress(connection: AsyncConnection, source: int, done: int, receipts: Iterable[Receipt]) -> None:
    """Write an import's running totals in the very transaction that stored its signals."""
    rows = await rows_of(connection, "SELECT result FROM import_run WHERE id = :source", source=source)
    totals = json.loads(rows[0][0])
    for receipt in receipts:
        for name in ("new", "known", "changed", "retracted"):
            totals[name] = totals.get(name, 0) + getattr(receipt, name)
        for name, counter in (("again", receipt.again), ("dropped", receipt.dropped)):
            into = totals.setdefault(name, {})
            for key, n in counter.items():
                label = key.label if isinstance(key, Kind) else key
                into[label] = into.get(label, 0) + n
    change = {"done": done, "result": json.dumps(totals), "source": source}
    await each(connection, "UPDATE import_run SET done = done + :done, result = :result WHERE id = :source", [change])

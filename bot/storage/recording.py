"""One intake transaction: accounts, consent, contexts, engagements and dirty marks for a group of signals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.keys import Keys
from bot.ports import Receipt
from bot.storage import accounts, contexts, marks
from bot.storage.accounts import Known, Newcomers
from bot.storage.engagements import Key, Outcome, store
from bot.storage.families import hang_together
from scoring.claims import Claim, join
from scoring.signals import Account, Context, Kind, Signal


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


_Entry = tuple[Key, Kind]


async def record(
    connection: AsyncConnection, keys: Keys, origin: Origin, calls: Sequence[Sequence[Signal]]
) -> list[Receipt]:
    """Store the signals of several callers with one origin; returns a receipt for each caller."""
    receipts = [Receipt() for _ in calls]
    wanted = [
        [signal for signal in signals if _in_use(signal, origin, receipt)]
        for signals, receipt in zip(calls, receipts, strict=True)
    ]
    known = await _people(connection, keys, origin, (signal for signals in wanted for signal in signals))
    settings = {signal.context: origin.seen_at for signals in wanted for signal in signals}
    numbers = await contexts.find_or_make(connection, origin.community, origin.space, settings) if settings else {}
    drafts = _Drafts(keys, origin.newcomers.source, known, numbers)
    entries = [drafts.add(signals, receipt) for signals, receipt in zip(wanted, receipts, strict=True)]
    if drafts.claims:
        outcome = await store(connection, origin.community, drafts.claims)
        await hang_together(connection, origin.community, drafts.claims, outcome)
        await marks.dirty_accounts(connection, origin.community, outcome.touched)
        await _programmes(connection, origin, drafts.claims, outcome)
        for receipt, entry in zip(receipts, entries, strict=True):
            _sign(receipt, entry, outcome)
    if origin.newcomers.source:
        await _progress(connection, origin.newcomers.source, sum(map(len, calls)), receipts)
    return receipts


def _in_use(signal: Signal, origin: Origin, receipt: Receipt) -> bool:
    if signal.kind in origin.kinds or signal.retracted:
        return True
    receipt.dropped["kind not in use"] += 1
    return False


async def _people(
    connection: AsyncConnection, keys: Keys, origin: Origin, signals: Iterable[Signal]
) -> dict[str, Known]:
    """Find or make everyone the signals name, and note who turns out to be a machine."""
    named: dict[str, Account] = {}
    for signal in signals:
        for one in (signal.account, signal.key_person, signal.target):
            if one is not None:
                named.setdefault(keys.handle(one), one)
    known = await accounts.find_or_make(connection, origin.community, named, keys, origin.newcomers) if named else {}
    unmasked = {one.id: one.member for handle, one in known.items() if named[handle].bot and not one.bot}
    if unmasked:
        await accounts.mark_bots(connection, unmasked)
        await marks.dirty_members(connection, origin.community, set(unmasked.values()))
    return known


class _Drafts:
    """Turns signals into claims, one per key, joining those that speak of one object."""

    def __init__(self, keys: Keys, source: int, known: dict[str, Known], numbers: dict[Context, int]) -> None:
        self.claims: dict[Key, Claim] = {}
        self._keys = keys
        self._source = source
        self._known = known
        self._numbers = numbers

    def add(self, signals: Iterable[Signal], receipt: Receipt) -> list[_Entry]:
        """Add a caller's signals; returns its keys and kinds, each key once."""
        entries: list[_Entry] = []
        for signal in signals:
            account = self._number(signal.account)
            if account is None and signal.account is not None:
                receipt.dropped["bot" if signal.account.bot else "no consent yet"] += 1
                continue
            person = f"/{self._keys.handle(signal.key_person)}" if signal.key_person else ""
            key = (signal.key_day, signal.key + person)
            claim = self._claim(signal, account)
            if key in self.claims:
                receipt.again[signal.kind] += 1
                self.claims[key] = join(self.claims[key], claim)
            else:
                self.claims[key] = claim
                entries.append((key, signal.kind))
        return entries

    def _number(self, one: Account | None) -> int | None:
        known = self._known.get(self._keys.handle(one)) if one is not None else None
        return known.id if known is not None and not (known.bot or (one is not None and one.bot)) else None

    def _claim(self, signal: Signal, account: int | None) -> Claim:
        return Claim(
            signal.at // 86_400_000,
            signal.at,
            account,
            signal.kind,
            self._numbers[signal.context],
            self._number(signal.target),
            signal.parent_day if signal.parent else None,
            signal.parent or None,
            signal.amount,
            signal.estimated,
            signal.retracted,
            signal.version,
            signal.captured,
            self._source,
        )


def _sign(receipt: Receipt, entries: Iterable[_Entry], outcome: Outcome) -> None:
    """Fill a caller's receipt from what became of its keys."""
    for key, kind in entries:
        receipt.new += key in outcome.new
        receipt.known += key in outcome.known
        receipt.changed += key in outcome.changed
        receipt.retracted += key in outcome.retracted
        if key in outcome.again:
            receipt.again[kind] += 1


async def _programmes(connection: AsyncConnection, origin: Origin, claims: dict[Key, Claim], outcome: Outcome) -> None:
    """Where joining a programme multiplies points, look at all days of those who joined or left one."""
    moved = outcome.new | outcome.changed | outcome.retracted
    people = {claim.account for key, claim in claims.items() if claim.kind == Kind.PARTICIPATION and key in moved} - {
        None
    }
    if origin.by_programme and people:
        await marks.dirty_whole_accounts(connection, origin.community, {one for one in people if one is not None})


async def _progress(connection: AsyncConnection, source: int, done: int, receipts: Iterable[Receipt]) -> None:
    """Write an import's running totals in the very transaction that stored its signals."""
    row = await connection.execute(text("SELECT result FROM import_run WHERE id = :source"), {"source": source})
    totals = json.loads(row.scalar_one())
    for receipt in receipts:
        for name in ("new", "known", "changed", "retracted"):
            totals[name] = totals.get(name, 0) + getattr(receipt, name)
        for name, counter in (("again", receipt.again), ("dropped", receipt.dropped)):
            into = totals.setdefault(name, {})
            for key, n in counter.items():
                label = key.label if isinstance(key, Kind) else key
                into[label] = into.get(label, 0) + n
    await connection.execute(
        text("UPDATE import_run SET done = done + :done, result = :result WHERE id = :source"),
        {"done": done, "result": json.dumps(totals), "source": source},
    )

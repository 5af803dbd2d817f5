"""Acts that are kept as numbers only: how many of a kind there were in a place on a day, and how many people wrote.

Who wrote in a month is known only while that month is being read, by pseudonyms that stand nowhere else and differ from
month to month. Then their number is stored and the pseudonyms are deleted; on SQLite what deleting leaves in the file
is overwritten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.keys import Keys
from bot.storage import accounts
from bot.storage.accounts import Found, Memory
from bot.storage.admitting import LEFT_OUT, Origin
from bot.storage.bulk import each, insert_new, is_sqlite
from bot.storage.engagements import Key, existing
from bot.storage.schema import writer
from scoring.signals import DAY_MS, WRITTEN, Account, Kind, Signal, date_of, day_number

WRITERS = "writers"
"""The kind of count that says how many people wrote in a month; its day is the month's first."""
COUNTED = "counted without names"
"""Why an act was not stored that is a number now."""
_NAMING = (Kind.MENTION, Kind.THANKS)


@dataclass(frozen=True, slots=True)
class Sorted:
    """Old acts: those that are in the store already, those that are to be counted, and why others are neither."""

    stored: list[Signal]
    to_count: list[Signal]
    dropped: Counter[str]


async def sort(connection: AsyncConnection, keys: Keys, origin: Origin, signals: Sequence[Signal]) -> Sorted:
    """Tell which acts may be counted. An act that is stored already (an import brought it) is none of them."""
    found = Sorted([], [], Counter())
    if not signals:
        return found
    people = await _people(connection, keys, origin, signals)
    allowed: dict[Key, Signal] = {}
    for signal in signals:
        refused = _refused(signal, origin, people, keys)
        if refused:
            found.dropped[refused] += 1
        else:
            allowed[_key(signal, keys)] = signal
    there = await existing(connection, origin.community, list(allowed))
    for key, signal in allowed.items():
        if key not in there:
            found.to_count.append(signal)
            found.dropped[COUNTED] += 1
        elif there[key].claim.account is not None:
            found.stored.append(signal)
    return found


async def count(connection: AsyncConnection, origin: Origin, signals: Iterable[Signal]) -> None:
    """Add acts to the counts of their days. What was done in a thread counts for the channel it hangs below."""
    numbers: Counter[tuple[str, int, str]] = Counter(
        (one.kind.label, one.at // DAY_MS, one.context.parent or one.context.place) for one in signals
    )
    await _add(connection, origin, numbers)


async def wrote(connection: AsyncConnection, keys: Keys, origin: Origin, signals: Sequence[Signal]) -> None:
    """Put down who wrote in a month, as long as it is being read; machines and who is left out are not among them."""
    written = [one for one in signals if one.kind in WRITTEN and not one.retracted]
    if not written:
        return
    people = await _people(connection, keys, origin, written)
    rows = {
        (origin.space, month, keys.passing(one.account, f"{origin.space} {month}"))
        for one in written
        if one.account is not None and not _refused(one, origin, people, keys)
        for month in (_month(one.at // DAY_MS),)
    }
    await insert_new(connection, writer, ("space", "month", "pseudonym"), sorted(rows))


async def close(connection: AsyncConnection, origin: Origin, since: int, before: int) -> None:
    """Store how many people wrote in each month that has days from `since` up to, without, `before`; forget who.

    A month that is read in several goes has the sum of their numbers.
    """
    here = writer.c.space == origin.space
    rows = await connection.execute(select(writer.c.month, func.count()).where(here).group_by(writer.c.month))
    numbers = Counter({(WRITERS, month, ""): n for month, n in rows if max(month, since) < before})
    await _add(connection, origin, numbers)
    await forget(connection, origin.space or 0)


async def remembers(connection: AsyncConnection, space: int) -> bool:
    """Whether it is put down of anybody that they wrote."""
    there = select(writer.c.month).where(writer.c.space == space).limit(1)
    return (await connection.execute(there)).first() is not None


async def forget(connection: AsyncConnection, space: int) -> None:
    """Forget who wrote in a space, and let SQLite overwrite what it deletes."""
    if is_sqlite(connection):
        await connection.execute(text("PRAGMA secure_delete = ON"))
    await connection.execute(delete(writer).where(writer.c.space == space))
    if is_sqlite(connection):
        await connection.execute(text("PRAGMA secure_delete = OFF"))


async def _people(connection: AsyncConnection, keys: Keys, origin: Origin, signals: Iterable[Signal]) -> Found:
    named = {keys.handle(one) for signal in signals for one in _named(signal)}
    found = await accounts.look_up(connection, origin.community, named, origin.space, Memory())
    unknown = named - found.known.keys() - found.left_out
    forgotten = await accounts.forgotten(connection, origin.community, keys, unknown)
    return found._replace(left_out=found.left_out | forgotten)


def _named(signal: Signal) -> list[Account]:
    return [one for one in (signal.account, signal.key_person, signal.target) if one is not None]


def _refused(signal: Signal, origin: Origin, people: Found, keys: Keys) -> str:
    """Return why an act does not count, as `recording` has it; nothing where it does."""
    if signal.kind not in origin.kinds:
        return "kind not in use"
    if signal.account is None or signal.retracted:
        return "no author"
    known = people.known.get(keys.handle(signal.account))
    if signal.account.bot or (known is not None and known.bot):
        return "bot"
    if any(keys.handle(one) in people.left_out for one in _named(signal)):
        return LEFT_OUT
    return "names nobody" if signal.target is None and signal.kind in _NAMING else ""


def _key(signal: Signal, keys: Keys) -> Key:
    person = signal.key_person
    return signal.key_day, signal.key if person is None else f"{signal.key}/{keys.handle(person)}"


def _month(day: int) -> int:
    """Return the first day of a day's month."""
    return day_number(date_of(day).replace(day=1))


async def _add(connection: AsyncConnection, origin: Origin, numbers: Mapping[tuple[str, int, str], int]) -> None:
    rows: Collection[dict[str, object]] = [
        {
            "community": origin.community, "key": f"h:{origin.space}/{kind}/{day}/{place}", "kind": kind, "day": day,
            "place": place, "n": n, "source": origin.newcomers.source,
        }
        for (kind, day, place), n in sorted(numbers.items())
    ]  # fmt: skip
    sql = (
        'INSERT INTO "count" (community, key, kind, day, place, n, source) '
        "VALUES (:community, :key, :kind, :day, :place, :n, :source) "
        'ON CONFLICT (community, key, source) DO UPDATE SET n = "count".n + excluded.n'
    )
    await each(connection, sql, list(rows))

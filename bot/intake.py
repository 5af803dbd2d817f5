"""Signals in: everyone who calls within a few milliseconds shares one commit, and is told after it.

Nothing is scored here. A full queue makes callers wait instead of losing anything; a failure of the storage reaches
every caller whose signals were not stored; a signal that cannot be stored by itself is set aside with the reason and
never takes its neighbours down.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import CairnError, MachineError
from bot.hearing.unread import Unreadable
from bot.keys import Keys
from bot.ports import Inbox, Receipt
from bot.storage import unread
from bot.storage.accounts import Memory
from bot.storage.communities import COULD_NOT_BE_STORED, set_aside
from bot.storage.engine import Database
from bot.storage.recording import Origin, record
from scoring.signals import Signal

_POISON = (ArithmeticError, AttributeError, DBAPIError, LookupError, TypeError, ValueError)
"""What a signal's content can be at fault for; all else is the machine's."""
GATHER_SECONDS = 0.004
ENOUGH = 16
"""Signals that are worth a transaction of their own: with so many, nobody waits for more."""
BATCH = 2_000
"""Signals in one transaction, at most (one caller's group is never split below its own size up to this)."""
FEW = 50
"""Signals that are tried one by one where they cannot be stored together."""
ROOM = 256
"""Calls that may wait to be stored before callers are held back."""


@dataclass(slots=True)
class _Call:
    origin: Origin
    signals: Sequence[Signal]
    done: asyncio.Future[Receipt]


class Intake:
    """The one way in. Use as `async with Intake(database, keys) as intake`; leaving drains the queue."""

    def __init__(self, database: Database, keys: Keys, *, batch: int = BATCH, room: int = ROOM) -> None:
        """Take the database to store in and the keys for pseudonyms."""
        self._database = database
        self.keys = keys
        self._memory = Memory()
        self._batch = batch
        self._places = room
        self._queue: asyncio.Queue[_Call] = asyncio.Queue()
        self._room = asyncio.Semaphore(room)
        self._leaving = asyncio.Lock()
        self._emptied = 0
        self._file: tuple[int, int] | None = None
        self._worker: asyncio.Task[None] | None = None
        self._open = False

    async def __aenter__(self) -> Intake:
        """Begin to take signals in."""
        self._open = True
        self._file = _identity(self._database.path)
        self._worker = asyncio.create_task(self._work())
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Take no more, store what is waiting, and end. May be called again, also where a call was broken off."""
        self._open = False
        async with self._leaving:
            while self._emptied < self._places:  # whoever came before stands before us in this line
                await self._room.acquire()
                self._emptied += 1
            if self._worker is not None:
                self._worker.cancel()
                await asyncio.wait([self._worker])

    def inbox(self, origin: Origin) -> Inbox:
        """Return an inbox for signals of one origin."""
        return _Inbox(self, origin)

    async def record(self, origin: Origin, signals: Sequence[Signal]) -> Receipt:
        """Store signals; returns after the commit. Waits while there is no room.

        Raises MachineError where the storage failed or the intake is closed; nothing is lost then that the caller
        gives again.
        """
        receipt = Receipt()
        for start in range(0, len(signals), self._batch):
            if not self._open or self._worker is None or self._worker.done():
                raise MachineError("Cairn is stopping and takes no more signals in")
            done: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
            await self._room.acquire()
            self._queue.put_nowait(_Call(origin, signals[start : start + self._batch], done))
            _add(receipt, await done)
        return receipt

    async def _work(self) -> None:
        while True:
            calls = await self._gather(await self._queue.get())
            try:
                await self._commit(calls)
            except Exception as error:  # noqa: BLE001 - the loop outlives whatever happens, and nobody is left waiting
                failure = MachineError(f"signals could not be stored ({type(error).__name__}); give them again later")
                for call in calls:
                    _tell(call, failure)
            finally:
                for _ in calls:
                    self._room.release()

    async def _gather(self, first: _Call) -> list[_Call]:
        """Collect what arrives within a few milliseconds, up to one batch."""
        calls, size = [first], len(first.signals)
        until = asyncio.get_running_loop().time() + GATHER_SECONDS
        while size < self._batch:
            if self._queue.empty():
                wait = until - asyncio.get_running_loop().time()
                if wait <= 0 or size >= ENOUGH:
                    break
                await asyncio.sleep(wait)
                if self._queue.empty():
                    break
            call = self._queue.get_nowait()
            calls.append(call)
            size += len(call.signals)
        return calls

    async def _commit(self, calls: list[_Call]) -> None:
        """Store a group; where it fails, find out whose fault it is, caller by caller."""
        try:
            receipts = await self._store(calls)
        except CairnError as error:
            for call in calls:
                _tell(call, error)
        except _POISON as error:
            await self._retry(calls, error)
        else:
            for call, receipt in zip(calls, receipts, strict=True):
                _tell(call, receipt)

    async def _store(self, calls: list[_Call]) -> list[Receipt]:
        receipts: dict[int, Receipt] = {}
        try:
            async with self._database.write() as connection:
                for origin, places in _by_origin(calls).items():
                    signals = [calls[n].signals for n in places]
                    told = await record(connection, self.keys, origin, signals, self._memory)
                    receipts |= zip(places, told, strict=True)
        except BaseException:
            self._memory.forget()
            raise
        if self._file is not None and _identity(self._database.path) != self._file:
            # SQLite goes on writing to a file that has been removed or replaced; nobody would ever read it again.
            raise MachineError(f"{self._database.shown}: the database file was taken away; start Cairn again")
        return [receipts[n] for n in range(len(calls))]

    async def _retry(self, calls: list[_Call], error: Exception) -> None:
        if len(calls) > 1:
            for call in calls:
                await self._commit([call])
            return
        call = calls[0]
        if len(call.signals) > 1:
            await self._parts(call)
            return
        receipt = Receipt()
        receipt.dropped[COULD_NOT_BE_STORED] += 1
        try:
            async with self._database.write() as connection:
                await _set_aside(connection, call.origin, call.signals[0], type(error).__name__)
        except CairnError as failure:
            _tell(call, failure)
            return
        _tell(call, receipt)

    async def _parts(self, call: _Call) -> None:
        """Store a call's signals in parts, down to the one at fault: whatever their number, it is tried four times."""
        size = len(call.signals)
        step = 1 if size <= FEW else ceil(sqrt(size))
        receipt = Receipt()
        for part in (call.signals[start : start + step] for start in range(0, size, step)):
            done: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
            await self._commit([_Call(call.origin, part, done)])
            try:
                _add(receipt, done.result())
            except CairnError as error:
                _tell(call, error)
                return
        _tell(call, receipt)


def _by_origin(calls: Sequence[_Call]) -> dict[Origin, list[int]]:
    """Return which calls are of which origin: what storing costs goes with the origins, however they come mixed."""
    found: dict[Origin, list[int]] = {}
    for n, call in enumerate(calls):
        found.setdefault(call.origin, []).append(n)
    return found


async def _set_aside(connection: AsyncConnection, origin: Origin, signal: Signal, reason: str) -> None:
    """Put down that a signal cannot be stored: for its space where it was heard live, else with its import."""
    if origin.space and not origin.newcomers.source:
        found = Unreadable(signal.kind.label, reason, signal.at)
        await unread.add(connection, (origin.community, origin.space), [found])
    else:
        await set_aside(connection, origin.community, origin.newcomers.source, (signal.kind, reason))


class _Inbox:
    def __init__(self, intake: Intake, origin: Origin) -> None:
        self._intake = intake
        self._origin = origin

    async def record(self, signals: Sequence[Signal]) -> Receipt:
        return await self._intake.record(self._origin, signals)


def _identity(path: Path | None) -> tuple[int, int] | None:
    """Return what tells a file from any other one; nothing where there is none."""
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None
    return None if found is None else (found.st_dev, found.st_ino)


def _tell(call: _Call, answer: Receipt | CairnError) -> None:
    if call.done.done():  # the caller was cancelled meanwhile; its signals are stored all the same
        return
    if isinstance(answer, CairnError):
        call.done.set_exception(answer)
    else:
        call.done.set_result(answer)


def _add(into: Receipt, more: Receipt) -> None:
    into.new += more.new
    into.known += more.known
    into.changed += more.changed
    into.retracted += more.retracted
    into.again += more.again
    into.dropped += more.dropped

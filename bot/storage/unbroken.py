"""Transactions that a cancelled task cannot leave half begun or half ended.

A driver goes on with what it has been told when the task that told it is cancelled. What the task then finds of the
connection is out of date: a BEGIN that is still on its way would stay open in the pool, and block every other writer.
So opening and ending run in tasks of their own; where nobody waits for them any more, they are brought to their end.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

_LEAVE_SECONDS = 5.0


class Unbroken:
    """The transactions of one engine. `close` waits for those that nobody waits for, before the engine is let go."""

    def __init__(self) -> None:
        self._left: set[asyncio.Future[None]] = set()

    @asynccontextmanager
    async def transaction(self, connection: AsyncConnection, *, writes: bool) -> AsyncIterator[AsyncConnection]:
        """Open a connection for a transaction; one that writes is committed, any other is rolled back."""
        await self._surely(_open(connection, writes), lambda: _break_off(connection))
        try:
            yield connection
        except BaseException:
            await self._surely(_break_off(connection))
            raise
        await self._surely(_end(connection, writes))

    def roll_back(self, driver: Any) -> None:  # noqa: ANN401 - aiosqlite's connection
        """Roll back what SQLAlchemy gives up in the middle of a statement.

        It closes the driver's connection then; but SQLite goes on holding its locks as long as anything, a traceback
        for example, still knows the statement.
        """
        self._keep(asyncio.ensure_future(_rolled_back(driver)))

    async def close(self) -> None:
        """Wait for what is still being ended, but not for a server that does not answer."""
        if self._left:
            await asyncio.wait(self._left, timeout=_LEAVE_SECONDS)

    async def _surely(
        self, work: Coroutine[object, object, None], otherwise: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Do something to its end; `otherwise` undoes it where whoever asked for it is cancelled meanwhile."""
        task = asyncio.ensure_future(work)
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            self._keep(asyncio.create_task(_finish(task, otherwise)))
            raise

    def _keep(self, task: asyncio.Future[None]) -> None:
        self._left.add(task)
        task.add_done_callback(self._left.discard)


async def _finish(task: asyncio.Future[None], otherwise: Callable[[], Awaitable[None]] | None) -> None:
    await asyncio.wait([task])
    if not task.cancelled() and task.exception() is None and otherwise is not None:
        await otherwise()


async def _rolled_back(driver: Any) -> None:  # noqa: ANN401 - aiosqlite's connection
    with suppress(sqlite3.Error, ValueError):  # it is closed already
        await driver.rollback()


async def _open(connection: AsyncConnection, writes: bool) -> None:
    await connection.start()
    try:
        if writes:
            await connection.begin()
    except BaseException:
        await connection.close()
        raise


async def _end(connection: AsyncConnection, commit: bool) -> None:
    try:
        if commit:
            await connection.commit()
    finally:
        await connection.close()


async def _break_off(connection: AsyncConnection) -> None:
    """Roll back, once the driver has done what it was told last."""
    try:
        if connection.dialect.name == "sqlite":
            with suppress(SQLAlchemyError):  # it was given up
                raw = await connection.get_raw_connection()
                # The driver's thread takes one order after the other: what was begun before this is rolled back, too.
                await raw.driver_connection.rollback()  # type: ignore[union-attr]
    finally:
        await connection.close()

"""Waiting with a time limit, which costs nothing where nothing has to be waited for; and doing something meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Generator
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar, cast

_T = TypeVar("_T")


@asynccontextmanager
async def beside(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Let something run beside the block."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def within(reading: Coroutine[Any, Any, _T], seconds: float | None) -> _T:
    """Return what a coroutine returns; raises TimeoutError where that takes longer (None: however long it takes).

    Setting a time limit takes about as long as reading a message that is there already, so it is done only where the
    coroutine cannot go on at once.
    """
    try:
        waits = reading.send(None)
    except StopIteration as done:
        return cast("_T", done.value)
    async with asyncio.timeout(seconds):
        return await _Begun(reading, waits)


class _Begun(Generator[object, None, _T], Generic[_T]):
    """A coroutine that has been begun; `waits` is what it waits for, which the event loop has not been told yet."""

    def __init__(self, reading: Coroutine[Any, Any, _T], waits: object) -> None:
        self._reading = reading
        self._waits: list[object] = [waits]

    def __await__(self) -> Generator[object, None, _T]:
        return self

    def send(self, value: None) -> object:
        return self._waits.pop() if self._waits else self._reading.send(value)

    def throw(self, *error: Any) -> object:  # noqa: ANN401 - a generator's signature
        return self._reading.throw(*error)

    def close(self) -> None:
        self._reading.close()

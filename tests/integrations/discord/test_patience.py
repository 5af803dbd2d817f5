"""A time limit that is only set where something has to be waited for."""

from __future__ import annotations

import asyncio

import pytest

from integrations.discord.gateway.patience import within


async def test_what_is_there_is_returned_without_waiting() -> None:
    async def there() -> int:
        return 7

    assert await within(there(), 0.0) == 7


async def test_what_comes_in_time_is_returned() -> None:
    coming: asyncio.Queue[int] = asyncio.Queue()

    async def two() -> int:
        return await coming.get() + await coming.get()

    reading = asyncio.create_task(within(two(), 60.0))
    for number in (3, 4):
        await asyncio.sleep(0)
        coming.put_nowait(number)
    assert await reading == 7


async def test_what_comes_too_late_is_a_timeout_and_is_ended() -> None:
    ended = []

    async def never() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    with pytest.raises(TimeoutError):
        await within(never(), 0.01)
    assert ended == [True]


async def test_without_a_limit_it_waits_until_it_is_cancelled() -> None:
    reading = asyncio.create_task(within(asyncio.Event().wait(), None))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_errors_reach_whoever_waits_before_and_after_waiting() -> None:
    async def fails(waits: bool) -> None:
        if waits:
            await asyncio.sleep(0)
        raise ConnectionError("gone")

    for waits in (False, True):
        with pytest.raises(ConnectionError, match="gone"):
            await within(fails(waits), 60.0)

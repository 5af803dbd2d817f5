"""Heavy reckoning beside the loop that listens: in a thread with a loop and connections of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.storage.engine import Database

_Found = TypeVar("_Found")


async def aside(database: Database, work: Callable[[Database], Awaitable[_Found]]) -> _Found:
    """Return what a work finds that only reads; it gets the same database through connections of its own."""
    return await asyncio.to_thread(_alone, database.url, work)


def _alone(url: str, work: Callable[[Database], Awaitable[_Found]]) -> _Found:
    async def run() -> _Found:
        own = Database(url)
        try:
            return await work(own)
        finally:
            await own.close()

    with asyncio.Runner() as runner:
        return runner.run(run())

"""Stories told to the intake of one community, in a database that may wait or fail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import text

from bot.keys import Keys
from bot.ports import Receipt
from bot.storage.engine import Database
from scoring.signals import Kind, Signal
from tests.scenarios.words import FIRST, FIRST_DAY, LIVE, START, account
from tests.scenarios.world import Town, World, world

KEYS = Keys(b"k" * 32, [Fernet.generate_key().decode()])


def message(number: int, *, key: str = "", version: int = 1, who: str = "ann") -> Signal:
    """Return a message of its own."""
    return Signal(Kind.MESSAGE, f"m:{number}{key}", FIRST_DAY, START + number, account(who), version)


def run(url: str, make: Callable[[str], Database], story: Callable[[Town, Any], Awaitable[None]]) -> None:
    """Tell a story in a community in a database of some make."""
    with world(url, KEYS) as place:
        database = make(url)
        special = World(database, KEYS, place.runner)
        town = special.found("town", sources=[FIRST, LIVE])

        async def told() -> None:
            try:
                await story(town, database)
            finally:
                await database.close()

        place.run(told())


async def count(url: str, table: str = "engagement") -> int:
    """Return how many rows anybody else sees."""
    other = Database(url)
    try:
        async with other.read() as connection:
            return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())
    finally:
        await other.close()


async def settled(*calls: Coroutine[Any, Any, Receipt]) -> list[Receipt | BaseException]:
    """Return what each caller hears."""
    return await asyncio.gather(*calls, return_exceptions=True)

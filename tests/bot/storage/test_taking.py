"""Marks are taken in whole batches, oldest first, each once."""

from __future__ import annotations

from bot.storage import tallies
from bot.storage.bulk import insert_new
from bot.storage.schema import dirty, stale
from tests.scenarios.world import Town

MANY = 1_000


async def _marked(town: Town) -> None:
    days = [(town.id, 19_000 + n % 7, n) for n in range(MANY)]
    async with town.world.database.write() as connection:
        await insert_new(connection, dirty, ("community", "day", "member"), days)
        await insert_new(connection, stale, ("community", "member"), [(town.id, n) for n in range(MANY)])


async def _taken(town: Town) -> tuple[list[tuple[int, int]], list[int]]:
    async with town.world.database.write() as connection:
        return await tallies.take_dirty(connection, town.id, 300), await tallies.take_stale(connection, town.id, 300)


def test_batches_are_whole_and_hold_each_mark_once(town: Town) -> None:
    town.world.run(_marked(town))
    batches = [town.world.run(_taken(town)) for _ in range(5)]
    for place in (0, 1):
        assert [len(batch[place]) for batch in batches] == [300, 300, 300, 100, 0]
        assert len({mark for batch in batches for mark in batch[place]}) == MANY
    days = [day for batch in batches for day in sorted({day for day, _ in batch[0]})]
    assert days == sorted(days)

"""Looks into the store while Cairn runs, and has it shown how communities stand and what is new."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cli.stage.clock import Clock
from bot.cli.stage.news import Place
from bot.cli.stage.picture import Lines, Picture
from bot.rules import parse_rules
from bot.storage import communities, standing
from bot.storage.engine import Database

_LOOK_SECONDS = 0.25


class Watching:
    """Looks again and again; what is shown is what is stored and settled, nothing else."""

    def __init__(self, database: Database, clock: Clock, shown: Picture | Lines) -> None:
        """Take the store to look into, the clock of the story, and where to show it."""
        self._database = database
        self._clock = clock
        self._shown = shown
        self._places: Sequence[Place] = ()

    async def keep(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look(last=False)
            await asyncio.sleep(_LOOK_SECONDS)

    async def look(self, *, last: bool) -> None:
        """Look once; `last` says that nothing will change any more."""
        moment = self._clock.moment
        async with self._database.read() as connection:
            places = self._places or await _places(connection)
            self._places = [
                replace(one, standing=await standing.of(connection, one.community, one.rules)) for one in places
            ]
        self._shown.show(moment, self._places, last=last)


async def _places(connection: AsyncConnection) -> list[Place]:
    """Return all communities there are, the first one first."""
    found = []
    for one in sorted(await communities.everyone(connection), key=lambda one: one.id):
        rules = await communities.active_rules(connection, one.id)
        found.append(Place(one.name, one.id, rules.id, parse_rules(rules.text, rules.name)))
    return found

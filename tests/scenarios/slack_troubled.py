"""A Cairn on a made-up Slack whose store may be away, and which may be broken off; by a clock that is set forward."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from enum import Enum

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import MachineError
from bot.storage.engine import Database
from integrations.sandbox.slack.limits import Limits
from integrations.sandbox.slack.server import Settings
from integrations.slack.access import Access
from tests.scenarios.discord_rig import Clock
from tests.scenarios.slack_rig import SlackRig, rig_of

SOON = 0.02
"""Seconds that stand for what Cairn waits for otherwise."""


ANSWER, LATE = 30.0, 0.5
"""Seconds after which Slack gives up waiting, of its own time; and how many real ones stand for them."""


class Gone(Enum):
    """What cannot be done with the store."""

    NOTHING = "nothing"
    WRITING = "writing"
    EVERYTHING = "everything"


class Leaving(Database):
    """A database that may be away; a rig says whether it is."""

    def __init__(self, url: str, rig: Troubled) -> None:
        super().__init__(url)
        self._rig = rig

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that only reads, if there is a database."""
        if self._rig.gone is Gone.EVERYTHING:
            raise MachineError("the database server does not answer")
        async with super().read() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that writes, if that can be done."""
        if self._rig.gone is not Gone.NOTHING:
            raise MachineError("the disk is full")
        async with super().write() as connection:
            yield connection


@dataclass
class Troubled(SlackRig):
    """As `SlackRig`; `gone` is what its store does not do."""

    gone: Gone = Gone.NOTHING
    clock: Clock = field(default_factory=Clock)

    def database(self) -> Database:
        return Leaving(self.url, self)

    def access(self) -> Access:
        return replace(super().access(), pause=_soon)

    async def passes(self, seconds: float) -> None:
        """Let time pass: what Slack has to tell again by then is told, and answered."""
        courier = self.server.courier
        self._skip(seconds)
        while courier.under_way:
            try:
                await self.server.delivered(LATE)
            except TimeoutError:
                self._skip(ANSWER)

    def _skip(self, seconds: float) -> None:
        self.clock.skip(seconds)
        self.server.courier.alarms.ring()

    async def comes_again(self) -> None:
        """Let everything come again that was not acknowledged; nothing may be given up."""
        courier = self.server.courier
        await self.passes(0)
        while courier.waiting:
            await self.passes(301)
        assert courier.lost == []

    async def break_off(self) -> None:
        """Cancel Cairn wherever it stands."""
        assert self._life is not None
        self._life.cancel()
        await asyncio.gather(self._life, return_exceptions=True)
        self._life = None


async def _soon(_: float) -> None:
    await asyncio.sleep(SOON)


@asynccontextmanager
async def troubled(url: str, *, http: bool = False, delayed: bool = False) -> AsyncIterator[Troubled]:
    """Yield such a rig; `delayed` says that Slack tells again what was not taken for a day, once an hour."""
    clock = Clock()
    settings = Settings(clock=clock, timer=lambda: clock() / 1000, limits=Limits(lifted=True, answer=ANSWER))
    async with rig_of(Troubled, url, settings, http=http, start=False) as rig:
        rig.clock = clock
        rig.server.app.delayed_events = delayed
        await rig.start()
        yield rig

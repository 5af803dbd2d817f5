"""A whole Cairn as a process of its own on a sandbox Discord behind a faulty network: it can be killed, too."""

from __future__ import annotations

import io
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

from bot.maintenance import keys_for
from bot.storage import migrate
from bot.storage.engine import Database
from integrations.sandbox.discord.server import Sandbox, Settings
from integrations.sandbox.proxy import Proxy
from tests.faults.doomed import KILLED
from tests.faults.lives import Life, Lives
from tests.faults.shared_clock import shared_clock
from tests.scenarios.discord_rig import LIFTED, Rig, settle_down, until
from tests.scenarios.discord_truth import Missed

HEARTBEAT = 0.6


class Breaks(Protocol):
    """What can be made of no use to store things in, and of use again; `process` is who stores, if one does."""

    async def breaks(self, process: int) -> None:
        """Let nothing be stored."""
        ...

    async def mends(self, process: int | None) -> None:
        """Let all be as it was."""
        ...


@dataclass
class Afar(Rig):
    """A rig whose Cairn is a process of its own.

    `store` is what it stores in. `broken` are events that cannot be read, of the servers that are left `aside`: nobody
    knows what is right for those.
    """

    folder: Path = Path()
    store: Breaks | None = None
    level: str = "debug"
    aside: frozenset[str] = frozenset()
    broken: Sequence[tuple[str, bytes]] = ()
    alive: Life | None = None
    _lives: AsyncExitStack = field(default_factory=AsyncExitStack)

    @cached_property
    def lives(self) -> Lives:
        """The processes so far."""
        gateway = self.server.announce_gateway(self.proxy.port)
        more = {"CAIRN_DISCORD_GATEWAY_URL": gateway, "CAIRN_LOG_LEVEL": self.level}
        return Lives(self, self.folder, more, runs=("tests.faults.hurried", str(self.folder / "clock")))

    @property
    def life(self) -> Life:
        """The present process."""
        assert self.alive is not None
        return self.alive

    async def start(self, *doom: object) -> None:
        """Start a process; with `doom` it ends by itself."""
        self.alive = await self._lives.enter_async_context(self.lives.life(*doom))

    async def stop(self) -> None:
        """Stop in order, by SIGTERM."""
        if self.alive is not None:
            with suppress(ProcessLookupError):
                self.life.process.send_signal(signal.SIGTERM)
            assert await self.life.ended() == 0, self.life.told
            await self._is_gone()

    async def kill(self) -> None:
        """End the process without any warning."""
        await self.life.kill()
        await self._is_gone()

    async def dies(self) -> None:
        """Wait until the process ends by its doom."""
        assert await self.life.ended() == KILLED, self.life.told
        await self._is_gone()

    def asks_to_stop(self) -> None:
        """Ask it to stop, and do not wait for that."""
        self.life.process.send_signal(signal.SIGTERM)

    async def breaks(self) -> None:
        """Let nothing be stored."""
        assert self.store is not None
        await self.store.breaks(self.life.process.pid)

    async def mends(self) -> None:
        """Let things be stored again."""
        assert self.store is not None
        await self.store.mends(None if self.alive is None else self.life.process.pid)

    async def _is_gone(self) -> None:
        self.alive = None
        await until(lambda: not self.hears())

    def lost_since(self, first: int) -> None:
        """Note that what happened since a place of the ledger was heard or not, by who has ended now."""
        self.missed.append(Missed(first, self.place, anew=True))

    def hears(self) -> bool:
        """Whether each shard has a session that the process knows of.

        One that is cut off before it has heard that its session began cannot go on with it, and begins another.
        """
        sessions = self.server.gateway.sessions.values()
        return super().hears() and all(one.taken_up for one in sessions if one.wire in self.server.gateway.wires)

    async def refused(self) -> None:
        """Wait until the process has found that nobody lets it in."""
        await until(lambda: "Failed to connect for shard" in self.life.told or self._ended())

    async def heard(self) -> None:
        """Wait until it hears; what is told then is heard after all that was told before."""
        await until(lambda: self._ended() or self.hears(), self.patience)

    def _ended(self) -> bool:
        assert self.alive is None or self.life.process.returncode in (None, KILLED), self.life.told
        return False

    async def stores(self) -> None:
        """Wait until all that was told is stored."""
        await self.heard()
        names = (one.name for one in self.server.world.guilds.values())
        await self.stores_in(*(name for name in names if name not in self.aside))

    def compares(self, who: str) -> bool:
        """Whether what somebody does is compared with the ledger: people of servers that are left aside are not."""
        return not self.aside or (
            who.isdigit() and int(who) in self.server.world.users and int(who) not in self._beside
        )

    @cached_property
    def _beside(self) -> frozenset[int]:
        guilds = [one for one in self.server.world.guilds.values() if one.name in self.aside]
        return frozenset(number for one in guilds for number in one.members)

    async def keeps_quiet(self, *canaries: str, backups: bool = False) -> None:
        """Check that no secret and nothing that anybody wrote is in the database or in what a process has told (I6)."""
        self.log = io.StringIO("".join(one.read_text(errors="replace") for one in self.lives.told))
        await super().keeps_quiet(*canaries, backups=backups)

    async def close(self) -> None:
        """End what still lives."""
        await self._lives.aclose()


@asynccontextmanager
async def afar(url: str, folder: Path, guilds: tuple[str, ...], shards: int = 1) -> AsyncIterator[Afar]:
    """Set a sandbox with some servers up, and a database in which they are listened to; no process runs yet."""
    clock = shared_clock(folder / "clock")
    async with AsyncExitStack() as stack:
        stack.callback(clock.close)
        server = await stack.enter_async_context(Sandbox(Settings(clock=clock, limits=LIFTED, heartbeat=HEARTBEAT)))
        server.gateway.suggested_shards = shards
        proxy = await stack.enter_async_context(Proxy(server.port))
        database = Database(url)
        stack.push_async_callback(database.close)
        await migrate.upgrade(database)
        keys = await keys_for(database, folder / "keys")
        await settle_down(url, [server.guild(name) for name in guilds], keys)
        made = Afar(url, server, proxy, clock, io.StringIO(), keys, folder=folder)
        stack.push_async_callback(made.close)
        yield made

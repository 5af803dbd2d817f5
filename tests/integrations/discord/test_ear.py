"""How far a server has been heard moves only while nothing can be missing."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field

import orjson
import pytest

from bot.ports import Account, Desk, Installations, Kind, Level, Meter, Notes, Receipt, Signal, Space, SpaceSettings
from integrations.discord.listening.ear import Ear
from integrations.discord.listening.server import Event, Server
from integrations.discord.payloads.ids import Payload, UnknownPlaceError
from integrations.discord.payloads.people import People
from tests.integrations.discord.payloads import EVERY_KIND, GENERAL, GUILD, HIDDEN, NOW, server, snowflake, unreaction

KEPT, OTHER = snowflake(NOW - 60_000, 1), snowflake(NOW - 60_000, 2)
WHOLE = {"id": GUILD, "name": "Garden", "roles": [], "channels": [], "threads": []}


@dataclass
class FakeDesk:
    """A desk that stores nothing."""

    space: Space
    settings: SpaceSettings = field(default_factory=SpaceSettings)
    kinds: frozenset[Kind] = frozenset()
    stored: frozenset[str] = frozenset({f"d:{KEPT}", f"d:{KEPT}/r/🙏"})
    recorded: list[Signal] = field(default_factory=list)

    async def returned(self) -> None:
        """Cairn is there again."""

    async def shut(self, places: Collection[str]) -> None:
        """Channels of a category do not count."""

    async def known(self, keys: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
        return {one for one in keys if one[1] in self.stored}

    async def record(self, signals: list[Signal]) -> Receipt:
        self.recorded += signals
        return Receipt()


@dataclass
class FakeHost:
    """A host that takes every server in."""

    every_kind: bool = False

    @property
    def notes(self) -> Notes:
        raise NotImplementedError

    @property
    def installations(self) -> Installations:
        raise NotImplementedError

    async def desk(self, space: Space, *, invited: bool = False) -> Desk | None:
        await asyncio.sleep(0)
        return FakeDesk(space, kinds=EVERY_KIND if self.every_kind else frozenset())  # type: ignore[return-value]

    async def spaces_of(self, account: Account) -> list[Space]:
        raise NotImplementedError

    def count(self, what: Meter, n: int = 1) -> None:
        raise AssertionError(what)

    def level(self, what: Level, value: float) -> None:
        raise NotImplementedError


@dataclass
class SlowAsks:
    """Takes its time when a server has told of itself."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    arrivals: list[int] = field(default_factory=list)

    async def fetch(self, server: Server, unknown: UnknownPlaceError) -> Event | None:
        raise NotImplementedError

    async def answers(self, server: Server, d: Payload) -> list[int] | None:
        raise NotImplementedError

    async def arrived(self, server: Server, at: int) -> None:
        self.arrivals.append(at)
        self.begun.set()
        await self.gate.wait()

    def planned(self, server: Server, d: Payload) -> None:
        raise NotImplementedError

    def listed(self, server: Server) -> None:
        raise NotImplementedError

    def watching(self, server: Server) -> None:
        raise NotImplementedError


async def test_session_lost_while_the_server_arrives_leaves_it_unheard() -> None:
    asks = SlowAsks()
    ear = Ear(FakeHost(), People(), asks)
    ear.hear("GUILD_CREATE", WHOLE, 1_000)
    await asyncio.wait_for(asks.begun.wait(), 5)
    (server,) = ear.servers.values()

    server.lose()
    asks.gate.set()
    await ear.quiet()
    await asyncio.sleep(0)
    server.note(9_000)
    assert (server.live, server.heard) == (False, 0)

    ear.hear("GUILD_CREATE", WHOLE, 10_000)
    while len(asks.arrivals) < 2 or not server.live:  # noqa: ASYNC110 - its worker tells nobody
        await asyncio.sleep(0)
    server.note(11_000)
    assert server.heard == 11_000
    await ear.close()


async def test_quiet_is_not_told_before_what_came_with_a_new_server_is_done() -> None:
    asks = SlowAsks()
    ear = Ear(FakeHost(), People(), asks)
    ear.hear("GUILD_CREATE", WHOLE, 1_000)
    quiet = asyncio.create_task(ear.quiet())
    await asyncio.wait_for(asks.begun.wait(), 5)
    assert not quiet.done()

    asks.gate.set()
    await asyncio.wait_for(quiet, 5)
    (server,) = ear.servers.values()
    assert (server.live, server.heard) == (True, 1_000)
    await ear.close()


async def test_server_whose_name_is_nested_without_end_is_heard_all_the_same() -> None:
    asks = SlowAsks()
    asks.gate.set()
    ear = Ear(FakeHost(), People(), asks)
    ear.hear("GUILD_CREATE", WHOLE | {"name": orjson.loads(b"[" * 1_000 + b"]" * 1_000)}, 1_000)
    await asyncio.wait_for(ear.quiet(), 5)
    assert [one.desk.space.name for one in ear.servers.values()] == [""]
    await ear.close()


@pytest.mark.parametrize("what", ["MESSAGE_DELETE", "MESSAGE_REACTION_REMOVE", "MESSAGE_REACTION_REMOVE_ALL"])
@pytest.mark.parametrize(("place", "told"), [(GENERAL, [KEPT, OTHER]), (HIDDEN, [KEPT])])
async def test_what_is_taken_back_where_nothing_counts_is_told_of_what_is_stored_only(
    what: str, place: str, told: list[str]
) -> None:
    asks = SlowAsks()
    asks.gate.set()
    ear = Ear(FakeHost(every_kind=True), People(), asks)
    ear.hear("GUILD_CREATE", server(), NOW)
    for number in (KEPT, OTHER):
        event = {**unreaction(number, channel_id=place), "id": number}
        ear.hear(what, event, NOW)
    await asyncio.wait_for(ear.quiet(), 5)
    (there,) = ear.servers.values()
    gone = [one for one in there.desk.recorded if one.retracted]  # type: ignore[attr-defined]
    assert [one.key.removeprefix("d:").partition("/")[0] for one in gone] == told
    await ear.close()

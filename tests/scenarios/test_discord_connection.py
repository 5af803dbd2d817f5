"""The connection to a made-up Discord: what is known of how far it has been heard, and what is left behind of it."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

import pytest
from discord.gateway import KeepAliveHandler

from bot.operating.running import Backoff, Supervisor, Task
from bot.ports import Desk, Host, Kind, Receipt, Signal, Space
from integrations.discord.history.mending import OVERLAP_MS
from integrations.sandbox.faults import Fault
from tests.scenarios.discord_rig import settle_down
from tests.scenarios.listeners import HASTY, MINUTE, Cairn, cairn_on, true, until


@pytest.fixture
async def cairn(database_url: str) -> AsyncIterator[Cairn]:
    async with cairn_on(database_url) as made:
        yield made


async def test_time_heard_stands_still_while_a_login_waits(cairn: Cairn) -> None:
    general, alice = cairn.server.guild("Garden").text("general"), cairn.server.guild("Garden").person("alice")

    async def waits(_: float) -> None:
        cairn.clock.forward(10)
        await alice.says(general, "nobody is logged in")
        await asyncio.sleep(0.3)  # what is put down meanwhile must not say more than was heard
        cairn.clock.forward(10)

    async with cairn.listening(replace(HASTY, pause=waits)):
        await alice.says(general, "hello")
        await cairn.hears({Kind.MESSAGE: 1})
        lost = cairn.clock.now
        await until(lambda: _put_down(cairn, lost))
        cairn.server.gateway.invalidate(resumable=False)
        await cairn.hears({Kind.MESSAGE: 2})
    [(since, until_when)] = await cairn.rows("SELECT since, until FROM gap")
    assert since == lost - OVERLAP_MS
    assert until_when == lost + 20 * MINUTE


async def test_time_heard_stands_still_during_an_outage_of_a_server(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    general, alice = guild.text("general"), guild.person("alice")
    other = cairn.server.guild("Orchard")
    async with cairn.listening() as discord:
        await alice.says(general, "hello")
        await cairn.hears({Kind.MESSAGE: 1})
        lost, heard = cairn.clock.now, discord.sequence
        await until(lambda: _put_down(cairn, lost))
        guild.outage(on=True)
        await until(lambda: true(discord.sequence > heard))
        cairn.clock.forward(10)
        await other.person("bob").says(other.text("general"), "the connection is alive")
        await until(lambda: true(discord.sequence >= heard + 2))
        await asyncio.sleep(0.3)  # what is put down meanwhile must not say more than was heard
        guild.outage(on=False)
        await until(lambda: _any_gap(cairn))
    assert await cairn.rows("SELECT since FROM gap") == [(lost - OVERLAP_MS,)]


async def test_stop_puts_down_all_that_was_heard(cairn: Cairn) -> None:
    """However long ago that was put down: what was missed begins with the stop."""
    general, alice = cairn.server.guild("Garden").text("general"), cairn.server.guild("Garden").person("alice")
    async with cairn.listening(replace(HASTY, note=3600.0)) as discord:
        cairn.clock.forward(60)
        await alice.says(general, "an hour later")
        await cairn.hears({Kind.MESSAGE: 1})
        await discord.quiet()
        last = cairn.clock.now
    cairn.clock.forward(10)
    async with cairn.listening(HASTY):
        await until(lambda: _any_gap(cairn))
    assert await cairn.rows("SELECT since FROM gap") == [(last - OVERLAP_MS,)]


async def _put_down(cairn: Cairn, moment: int) -> bool:
    """Whether it is put down that the first server is heard up to a moment."""
    return (str(moment),) in await cairn.rows("SELECT value FROM note WHERE name = 'heard'")


async def _any_gap(cairn: Cairn) -> bool:
    return bool(await cairn.gaps())


@dataclass(frozen=True, slots=True)
class Breaking:
    """A host whose desks break once, when they are first given something after `armed` was set."""

    host: Host
    armed: asyncio.Event

    async def desk(self, space: Space) -> Desk | None:
        desk = await self.host.desk(space)
        return None if desk is None else BreakingDesk(desk, self.armed)  # type: ignore[return-value]

    def __getattr__(self, name: str) -> object:
        return getattr(self.host, name)


@dataclass(frozen=True, slots=True)
class BreakingDesk:
    desk: Desk
    armed: asyncio.Event

    def __getattr__(self, name: str) -> object:
        return getattr(self.desk, name)

    async def record(self, signals: Sequence[Signal]) -> Receipt:
        if self.armed.is_set():
            self.armed.clear()
            raise RuntimeError("an error that nobody foresaw")
        return await self.desk.record(signals)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A host whose desks store nothing until the gate of their server, by its name, is open."""

    host: Host
    gates: dict[str, asyncio.Event]

    async def desk(self, space: Space) -> Desk | None:
        desk = await self.host.desk(space)
        return None if desk is None else WaitingDesk(desk, self.gates[space.name])  # type: ignore[return-value]

    def __getattr__(self, name: str) -> object:
        return getattr(self.host, name)


@dataclass(frozen=True, slots=True)
class WaitingDesk:
    desk: Desk
    gate: asyncio.Event

    def __getattr__(self, name: str) -> object:
        return getattr(self.desk, name)

    async def record(self, signals: Sequence[Signal]) -> Receipt:
        await self.gate.wait()
        return await self.desk.record(signals)


async def test_what_is_still_stored_at_a_stop_asks_discord_for_nothing_more(cairn: Cairn, database_url: str) -> None:
    garden, orchard = cairn.server.guild("Garden"), cairn.server.guild("Orchard")
    await settle_down(database_url, [garden, orchard])
    alice, bob = garden.person("alice"), orchard.person("bob")
    gates = {"Garden": asyncio.Event(), "Orchard": asyncio.Event()}
    listener, wrong = cairn.discord(), list[object]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: wrong.append(context))
    running = asyncio.create_task(listener.run(Waiting(cairn.host, gates)))  # type: ignore[arg-type]
    await until(lambda: true(listener.connected))
    planned = await alice.plans(garden, "Office hours", cairn.clock.now + 3_600_000, garden.voice("talk"))
    before = listener.sequence
    await bob.says(orchard.text("general"), "this takes longest")
    await alice.says(garden.text("general"), "hello")
    await alice.starts(planned)  # whoever says they come is asked for behind it
    await until(lambda: true(listener.sequence >= before + 3))
    running.cancel()
    await until(lambda: true(not cairn.server.gateway.wires))
    gates["Garden"].set()
    await until(lambda: _stored(cairn, 1))
    await asyncio.sleep(0.2)
    gates["Orchard"].set()
    await asyncio.wait([running])
    gc.collect()
    assert wrong == []
    assert await _stored(cairn, 2)


async def _stored(cairn: Cairn, messages: int) -> bool:
    return (await cairn.stored())[Kind.MESSAGE] == messages


async def test_worker_that_breaks_ends_the_run_which_starts_again_and_reads_what_it_missed(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    general, alice = guild.text("general"), guild.person("alice")
    armed, restarts, discord = asyncio.Event(), list[str](), cairn.discord()
    host = Breaking(cairn.host, armed)
    task = Task("discord", lambda _: discord.run(host), Backoff(0.01, 0.01), at_once=True)  # type: ignore[arg-type]
    supervisor = Supervisor([task], restarts.append)
    supervisor.start()
    try:
        await until(lambda: true(discord.connected))
        await alice.says(general, "hello")
        await cairn.hears({Kind.MESSAGE: 1})
        armed.set()
        cairn.clock.forward(5)
        await alice.says(general, "this breaks it")
        await alice.says(general, "and this waits behind")
        await cairn.hears({Kind.MESSAGE: 3})
        await until(lambda: _all_good(cairn))
    finally:
        await supervisor.stop(10)
    assert restarts == ["discord"]


async def _all_good(cairn: Cairn) -> bool:
    return await cairn.gaps() == [True]


async def test_connection_that_is_cut_before_its_session_leaves_no_thread_behind(cairn: Cairn) -> None:
    general, alice = cairn.server.guild("Garden").text("general"), cairn.server.guild("Garden").person("alice")
    before, cuts = set(heartbeats()), list[float]()

    async def cut(_: float) -> None:
        cairn.clock.forward(10)
        if not cuts:
            cuts.append(cairn.clock.now)
            cairn.server.gateway.drop()
            await asyncio.sleep(0.1)

    async with cairn.listening(replace(HASTY, pause=cut)) as discord:
        await alice.says(general, "hello")
        await cairn.hears({Kind.MESSAGE: 1})
        cairn.server.gateway.invalidate(resumable=False)
        await until(lambda: true(len(cuts) == 1 and discord.connected))
        await alice.says(general, "again")
        await cairn.hears({Kind.MESSAGE: 2})
        await until(lambda: true(len(set(heartbeats()) - before) == 1))
    await until(lambda: true(not set(heartbeats()) - before))


def heartbeats() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if isinstance(one, KeepAliveHandler)]


async def test_answers_that_ask_to_wait_are_counted(cairn: Cairn) -> None:
    alice = cairn.server.guild("Garden").person("alice")
    general = cairn.server.guild("Garden").text("general")
    cairn.server.faults.add(Fault("GET", "*/gateway/bot", "status", 429, seconds=0.1, times=2))
    async with cairn.listening():
        await alice.says(general, "hello")
        await cairn.hears({Kind.MESSAGE: 1})
    assert b'cairn_rate_limited_total{integration="discord"} 2.0' in cairn.metrics.text()

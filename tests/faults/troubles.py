"""What befalls a Cairn that is a process of its own: each trouble is one function over it and the people around it.

Those that only befall its connection are in `tests.scenarios.discord_disturbances`; they hold here as well.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import orjson

from integrations.sandbox.discord.gateway.session import Session
from integrations.sandbox.discord.server import Sandbox
from tests.faults.afar import Afar
from tests.integrations.sandbox.discord.raw import raw
from tests.scenarios.discord_broken import broken
from tests.scenarios.discord_disturbances import anew, busy
from tests.scenarios.discord_people import Crowd
from tests.scenarios.discord_rig import until

Trouble = Callable[[Afar, Sequence[Crowd], random.Random], Awaitable[None]]
QUARRY = "Quarry"
"""The server of which broken events come."""
KINDS = 200
"""Broken events that come together, at least; all differ."""
UNHURRIED = 0.05
"""Seconds between what people do while something takes long."""


async def broken_events(server: Sandbox, people: Crowd) -> list[tuple[str, bytes]]:
    """Let the people of the quarry be busy while somebody else listens; returns what is told of them, broken."""
    async with raw(server) as listener:
        await listener.identify(server.token)
        await listener.hear_until("GUILD_CREATE")
        await people.act(80)
        (session,) = server.gateway.sessions.values()
        frames = [orjson.loads(frame) for frame in session.missed(0)]
    server.gateway.sessions.clear()
    own = str(people.guild.id)
    found = broken([one for one in frames if own in (one["d"].get("guild_id"), one["d"].get("id"))], people.rng)
    assert len(set(found)) >= KINDS
    return found


def listening(one: Afar) -> Session:
    """Return the session that hears of the quarry."""
    number = one.server.guild(QUARRY).id
    return next(found for found in one.server.gateway.sessions.values() if found.serves(number) and found.wire)


async def unreadable(one: Afar, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """Two hundred sorts of broken events come, while people of other servers go on."""
    session = listening(one)
    for n, (name, body) in enumerate(one.broken):
        session.tell(name, body)
        if n % 40 == 0:
            await busy(crowds, 1)
    await one.stores()


async def frozen(one: Afar, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """The other end of the connection has silently gone, and people are busy until that is noticed."""
    await _freezes(one, crowds)
    await one.stores()


async def _freezes(one: Afar, crowds: Sequence[Crowd]) -> None:
    connections = one.server.gateway.counts["connections"]
    one.proxy.freeze()
    await busy(crowds, 8)
    await until(lambda: one.server.gateway.counts["connections"] > connections)


async def nothing_stored(one: Afar, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """The database is gone or the disk is full while people are busy: Cairn says so, and waits."""
    await one.breaks()
    await busy(crowds, 8)
    await one.life.not_ready("storage")
    await busy(crowds, 4)
    await one.mends()
    await one.stores()


async def killed(one: Afar, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """Killed while people are busy; when it comes back, nobody lets it in at first."""
    first = await _begins(one, crowds)
    await busy(crowds, 5, keeping=True)
    await one.kill()
    await _comes_back(one, crowds, first)


async def killed_at_a_commit(one: Afar, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """Ended at a named point of a transaction, of what it then hears or of what it reads again."""
    first = await _begins(one, crowds)
    await one.stop()
    part, point = rng.choice(("signals", "heard", "scores")), rng.choice(("before", "after"))
    await one.start(part, point, rng.randint(1, 5))
    await _busy_until(one.dies(), crowds)
    await _comes_back(one, crowds, first)


async def terminated(one: Afar, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """Asked to stop while people are busy; ten minutes later it starts again."""
    first = await _begins(one, crowds)
    await busy(crowds, 4, keeping=True)
    await _busy_until(one.stop(), crowds)
    one.lost_since(first)
    one.clock.skip(600)
    await _starts(one, crowds)


async def storms(one: Afar, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """Op 9 again and again, and a connection that freezes in between."""
    await anew(one, crowds)
    async with one.deaf():
        for _ in range(2):
            one.server.gateway.invalidate(resumable=False)
            await busy(crowds, 2, only_seen_later=True)
            await until(one.hears)
        one.proxy.freeze()
        one.server.gateway.invalidate(resumable=False)
        await busy(crowds, 2, only_seen_later=True)
    await one.heard()


async def unreadable_while_frozen(one: Afar, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """Broken events wait behind a connection that is dead, and come all at once; some twice."""
    session = listening(one)
    connections = one.server.gateway.counts["connections"]
    one.proxy.freeze()
    for name, body in one.broken:
        session.tell(name, body)
    await busy(crowds, 8)
    await until(lambda: one.server.gateway.counts["connections"] > connections)
    await unreadable(one, crowds, rng)


async def killed_with_nothing_stored(one: Afar, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """Killed while it can store nothing, among broken events; what was heard meanwhile is in nobody's memory."""
    first = await _begins(one, crowds)
    session = listening(one)
    await one.breaks()
    for name, body in one.broken[:50]:
        session.tell(name, body)
    await busy(crowds, 8, keeping=True)
    await one.life.not_ready("storage")
    await one.kill()
    await one.mends()
    await _comes_back(one, crowds, first)


async def everything_at_once(one: Afar, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """Frozen and slow, nothing can be stored, broken events come, its session is lost, it is asked to stop and killed.

    When it comes back nobody lets it in at first, and then its session is lost again and again.
    """
    first = await _begins(one, crowds)
    session = listening(one)
    one.proxy.latency = 0.01
    one.proxy.freeze()
    await one.breaks()
    for name, body in one.broken:
        session.tell(name, body)
    await busy(crowds, 4, keeping=True)
    one.server.gateway.invalidate(resumable=False)
    await busy(crowds, 4, keeping=True)
    one.asks_to_stop()
    await busy(crowds, 2, keeping=True)
    await one.kill()
    one.proxy.latency = 0.0
    await one.mends()
    await _comes_back(one, crowds, first)
    await storms(one, crowds, rng)


async def _busy_until(ends: Coroutine[Any, Any, None], crowds: Sequence[Crowd]) -> None:
    """Let people be busy until something has ended; unhurriedly, since what they do may all have to be read again."""
    ending = asyncio.create_task(ends)
    while not ending.done():
        await busy(crowds, 1, keeping=True)
        await asyncio.sleep(UNHURRIED)
    await ending


async def _begins(one: Afar, crowds: Sequence[Crowd]) -> int:
    """Let everything so far be stored and be old; returns from where on something may be lost."""
    await anew(one, crowds)
    return one.place


async def _comes_back(one: Afar, crowds: Sequence[Crowd], first: int) -> None:
    """Start again after an end that nobody foresaw; nobody lets it in at first."""
    one.lost_since(first)
    await one.proxy.refuse()
    await _starts(one, crowds, one.refused)


async def _starts(one: Afar, crowds: Sequence[Crowd], meanwhile: Callable[[], Awaitable[None]] | None = None) -> None:
    for each in crowds:
        each.begin_anew()
    async with one.deaf(anew=True):
        await busy(crowds, 4, only_seen_later=True)
        await one.start()
        if meanwhile is not None:
            await meanwhile()
            await busy(crowds, 2, only_seen_later=True)
        await one.proxy.accept()
    await one.heard()


SHORT: tuple[Trouble, ...] = (nothing_stored, unreadable_while_frozen, terminated, everything_at_once)
"""Every fault there is, some alone and all of them at once, with few processes: to start one takes longest."""
ALL: tuple[Trouble, ...] = (
    unreadable, frozen, nothing_stored, killed, killed_at_a_commit, terminated, storms, unreadable_while_frozen,
    killed_with_nothing_stored, everything_at_once,
)  # fmt: skip

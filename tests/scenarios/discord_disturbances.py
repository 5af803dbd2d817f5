"""What befalls a connection in a day: each disturbance is one function over a rig and its crowds."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

import orjson

from integrations.sandbox.faults import Fault
from tests.scenarios.discord_people import Crowd
from tests.scenarios.discord_rig import Rig, until

Disturb = Callable[[Rig, Sequence[Crowd], random.Random], Awaitable[None]]
HOSTILE = (
    "@everyone", "<@&1> <!channel>", "'; DROP TABLE engagement; --", "\u202egnp.exe", "a\u0000b", "line\nbreak\r\n",
    "\x1b[31mred", "x" * 100_000, "🧗" * 5_000, "<script>alert(1)</script>", "{{7*7}} ${7*7}", "../../etc/passwd",
    "\ud7ff",
)  # fmt: skip
"""Names that nobody should have."""


async def busy(crowds: Sequence[Crowd], times: int, *, only_seen_later: bool = False, keeping: bool = False) -> None:
    """Let everybody do something."""
    for one in crowds:
        await one.act(times, only_seen_later=only_seen_later, keeping=keeping)


async def anew(rig: Rig, crowds: Sequence[Crowd]) -> None:
    """Let everything so far be stored, and be old."""
    await rig.stores()
    for one in crowds:
        one.begin_anew()


async def dropped(rig: Rig, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """Connections are cut off while people act; the sessions are taken up again."""
    for _ in range(2):
        rig.server.gateway.drop()
        await busy(crowds, 3)
        await rig.heard()


async def reset(rig: Rig, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """The network resets connections, once in the middle of a frame."""
    rig.proxy.reset()
    await busy(crowds, 3)
    await rig.heard()
    rig.proxy.cut_after(rng.randint(1, 900))
    await busy(crowds, 6)
    await rig.heard()
    rig.proxy.cut_after(None)


async def stalled(rig: Rig, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """Nothing comes through for a while, and then all at once; or the connection is given up."""
    rig.proxy.stall()
    await busy(crowds, 5)
    if rng.random() < 0.5:
        rig.proxy.reset()
    rig.proxy.flow()
    await rig.heard()


async def slow(rig: Rig, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """Everything takes its time."""
    rig.proxy.latency = 0.02
    await busy(crowds, 5)
    await rig.heard()
    rig.proxy.latency = 0.0


async def refused(rig: Rig, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """Nobody is let in for a moment; discord.py begins a new session then."""
    await anew(rig, crowds)
    async with rig.deaf():
        await rig.proxy.refuse()
        rig.proxy.reset()
        await busy(crowds, 4, only_seen_later=True)
        await asyncio.sleep(0.05)
        await rig.proxy.accept()
    await rig.heard()


async def asked_to_reconnect(rig: Rig, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """Op 7, and op 9 with a session that goes on."""
    rig.server.gateway.ask_reconnect()
    await busy(crowds, 3)
    await rig.heard()
    rig.server.gateway.invalidate(resumable=True)
    await busy(crowds, 3)
    await rig.heard()


async def lost(rig: Rig, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """Op 9: sessions are gone, and what happens meanwhile has to be read from history."""
    await anew(rig, crowds)
    async with rig.deaf():
        rig.server.gateway.invalidate(resumable=False)
        await busy(crowds, 8, only_seen_later=True)
    await rig.heard()


async def storm(rig: Rig, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """Op 9 again and again."""
    await anew(rig, crowds)
    async with rig.deaf():
        for _ in range(2):
            rig.server.gateway.invalidate(resumable=False)
            await busy(crowds, 2, only_seen_later=True)
            await until(rig.hears)
        rig.server.gateway.invalidate(resumable=False)
    await rig.heard()


async def forgotten(rig: Rig, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """Discord forgets the sessions, and says so to who wants to go on."""
    await anew(rig, crowds)
    async with rig.deaf():
        rig.server.gateway.forget_sessions()
        rig.server.gateway.drop()
        await busy(crowds, 8, only_seen_later=True)
    await rig.heard()


async def history_fails(rig: Rig, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """What was missed has to be read while Discord answers badly."""
    faults = rig.server.faults
    for path in ("/channels/*/messages", "/channels/*/messages/*/reactions/*", "/channels/*/threads/archived/public"):
        faults.inject("GET", path, 503)
        faults.add(Fault("GET", path, kind="reset"))
    faults.inject("GET", "/channels/*/messages", 429, times=2)
    await lost(rig, crowds, rng)
    await until(rig.all_read)
    faults.clear()


async def restarted(rig: Rig, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """Cairn stops in order and starts again ten minutes later."""
    await anew(rig, crowds)

    async def meanwhile() -> None:
        await busy(crowds, 4, only_seen_later=True)
        rig.clock.skip(600)
        await busy(crowds, 4, only_seen_later=True)

    await rig.restart(meanwhile)
    await rig.heard()


async def told_again(rig: Rig, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """Discord tells the last of what it told again, in the same order; and of messages that are long known, or gone."""
    await rig.heard()
    for session in list(rig.server.gateway.sessions.values()):
        frames = [orjson.loads(frame) for frame in session.missed(0)]
        again = [one for one in frames if one["t"] not in ("READY", "RESUMED", "GUILD_CREATE")]
        late = [one for one in again if one["t"] == "MESSAGE_CREATE"]
        for one in (*again[-30:], *rng.sample(late, min(len(late), 10))):
            session.tell(one["t"], orjson.dumps(one["d"]))
    await busy(crowds, 3)
    await rig.heard()


async def hostile_names(rig: Rig, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """People, channels, threads and roles take names that nobody should have."""
    for crowd in crowds:
        name = rng.choice(HOSTILE)
        crowd.somebody().user.name = name
        crowd.texts[2].name = name
        crowd.guild.role(name + str(rng.random()))
        thread = await crowd.somebody().opens_thread(crowd.texts[2], name)
        await crowd.somebody().says(thread, crowd.text())
        await busy(crowds, 3)
    await rig.heard()


async def out_of_service(rig: Rig, crowds: Sequence[Crowd], rng: random.Random) -> None:
    """A server is out of reach for a while; nothing can happen in it."""
    one = rng.choice(crowds)
    await rig.stores()
    one.guild.outage(on=True)
    await busy([other for other in crowds if other is not one], 3)
    await rig.heard()
    one.guild.outage(on=False)
    await busy(crowds, 3)
    await rig.heard()


ALL: tuple[Disturb, ...] = (
    dropped, reset, stalled, slow, refused, asked_to_reconnect, lost, storm, forgotten, history_fails, restarted,
    told_again, hostile_names, out_of_service,
)  # fmt: skip
QUICK: tuple[Disturb, ...] = (
    dropped, reset, stalled, slow, asked_to_reconnect, lost, forgotten, restarted, told_again, hostile_names,
)  # fmt: skip
"""Those that take no waiting."""

"""Events that are not what Discord's reference says are counted and left out, and never take others with them."""

from __future__ import annotations

import random
from typing import Any

import orjson

from integrations.sandbox.discord.gateway.session import Session
from tests.scenarios.discord_broken import broken
from tests.scenarios.discord_people import SECRET, crowd
from tests.scenarios.discord_rig import Rig, rig

KINDS = 200


def told(one: Rig) -> list[dict[str, Any]]:
    frames = [frame for session in one.server.gateway.sessions.values() for frame in session.missed(0)]
    return [found for found in map(orjson.loads, frames) if found["t"] not in ("READY", "RESUMED")]


async def test_broken_events_take_nothing_with_them(database_url: str) -> None:
    rng = random.Random(7)
    async with rig(database_url, ("Garden", "Quarry"), heartbeat=30) as one:
        good, bad = crowd(one, "Garden", 3), crowd(one, "Quarry", 4)
        await one.start()
        await one.heard()
        await bad.act(150)
        quarry = str(bad.guild.id)
        frames = [frame for frame in told(one) if quarry in (frame["d"].get("guild_id"), frame["d"].get("id"))]
        events = broken(frames, rng)
        assert len(set(events)) >= KINDS
        (session,) = one.server.gateway.sessions.values()
        for name, body in events:
            session.tell(name, body)
            if rng.random() < 0.1:
                await good.act(1)
        await one.stores_in("Garden")
        await good.act(20)
        await one.stores_in("Garden")

        assert one.server.gateway.counts["identifies"] == 1
        assert one.server.gateway.sessions == {session.id: session}
        await agrees_in(one, "Garden")
        await one.stop()
        await one.check()
        await one.keeps_quiet(SECRET)


async def agrees_in(one: Rig, name: str) -> None:
    """Check that of one server exactly that is stored which the ledger says."""
    guild = one.server.guild(name).guild
    stored, truth = await one.stored(), one.truth()
    people = {str(number) for number in guild.members}
    right = {fact for fact in truth.must if fact.who in people}
    assert right - set(stored.facts) == set()
    assert {fact for fact in stored.facts if fact.who in people} - right - truth.may == set()
    assert all(n == 1 for n in stored.facts.values())


async def test_frames_that_are_no_json_end_the_connection_and_no_more(sqlite_url: str) -> None:
    async with rig(sqlite_url) as one:
        people = crowd(one, "Garden", 5)
        await one.start()
        await one.heard()
        await people.act(20)
        await one.stores()
        people.begin_anew()
        async with one.deaf(anew=True):
            (session,) = one.server.gateway.sessions.values()
            push(session, b"\x00\xff{" + b"[" * 5_000)
            await people.act(20, only_seen_later=True)
        await one.stores()
        await one.agrees()
        await one.stop()
        await one.check()


def push(session: Session, frame: bytes) -> None:
    assert session.wire is not None
    session.lost = True  # a client that breaks off does not come back to it
    session.wire.push(frame)

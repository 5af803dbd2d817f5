"""Convenings on a made-up Discord: who comes and who was there ends right, whatever happened while Cairn was away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.ports import Kind, MachineError, Signal, Space
from tests.scenarios.listeners import EVERYTHING, HASTY, Cairn, cairn_on, true, until


@pytest.fixture
async def cairn(database_url: str) -> AsyncIterator[Cairn]:
    async with cairn_on(database_url, EVERYTHING) as made:
        yield made


async def test_answers_given_and_taken_back_while_cairn_was_away_are_found_in_the_list(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    alice, bob, carol, host = guild.people(["alice", "bob", "carol", "host"])
    planned = await host.plans(guild, "Office hours", cairn.clock.now + 3_600_000, guild.voice("talk"))
    crowd = guild.people([f"guest{number}" for number in range(230)])
    for one in (alice, bob):
        await one.interested(planned)
    async with cairn.listening():
        await cairn.hears({Kind.RSVP: 2})
        await carol.interested(planned)
        await cairn.hears({Kind.RSVP: 3})
    cairn.clock.forward(5)
    await alice.not_interested(planned)
    await carol.not_interested(planned)
    await carol.interested(planned)
    for one in crowd:
        await one.interested(planned)
    cairn.clock.forward(5)
    async with cairn.listening():
        await cairn.hears({Kind.RSVP: 232})
    cairn.clock.forward(5)
    await bob.not_interested(planned)
    async with cairn.listening():
        await cairn.hears({Kind.RSVP: 231})
        await alice.interested(planned)
        await cairn.hears({Kind.RSVP: 232})


@pytest.mark.parametrize("moment", ["hourly", "at its beginning", "at its end"])
async def test_answer_that_the_gateway_did_not_bring_is_found(cairn: Cairn, moment: str) -> None:
    guild = cairn.server.guild("Garden")
    alice, host = guild.people(["alice", "host"])
    planned = await host.plans(guild, "Office hours", cairn.clock.now + 3_600_000, guild.voice("talk"))
    took_place = {} if moment == "hourly" else {Kind.PARTICIPATION: 1}  # and so the host has organized it
    if moment == "at its end":
        await host.starts(planned)
    async with cairn.listening(replace(HASTY, guests=0.1 if moment == "hourly" else 3600.0)):
        await host.says(guild.text("general"), "hello")
        await cairn.hears({Kind.MESSAGE: 1} | (took_place if moment == "at its end" else {}))
        planned.users[alice.id] = cairn.clock.now  # nobody is told
        if moment == "at its beginning":
            await host.starts(planned)
        elif moment == "at its end":
            await host.ends(planned)
        await cairn.hears({Kind.MESSAGE: 1, Kind.RSVP: 1} | took_place)


async def test_organizer_whom_the_gateway_only_numbers_is_asked_for(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    host, machine = guild.person("host"), guild.bot("planner")
    for who in (host, machine):
        await who.starts(await who.plans(guild, "Office hours", cairn.clock.now, guild.voice("talk")))
    for one in guild.guild.events.values():
        one.shows_creator = False
    async with cairn.listening():
        await host.says(guild.text("general"), "hello")
        await cairn.hears({Kind.MESSAGE: 1, Kind.PARTICIPATION: 1})


async def test_list_that_cannot_be_read_takes_nobody_away(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    alice, host = guild.people(["alice", "host"])
    planned = await host.plans(guild, "Office hours", cairn.clock.now + 3_600_000, guild.voice("talk"))
    await alice.interested(planned)
    async with cairn.listening():
        await cairn.hears({Kind.RSVP: 1})
    fault = cairn.server.faults.inject("GET", "*/scheduled-events/*/users", 403, 50001)
    async with cairn.listening():
        await until(lambda: _struck(fault.hit))
        await host.says(guild.text("general"), "hello")
        await cairn.hears({Kind.RSVP: 1, Kind.MESSAGE: 1})


async def _struck(times: int) -> bool:
    return times > 0


async def test_time_at_a_convening_before_and_after_a_restart_is_added_up(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    alice, bob, host = guild.people(["alice", "bob", "host"])
    talk = guild.voice("talk")
    planned = await host.plans(guild, "Office hours", cairn.clock.now, talk)
    await host.starts(planned)
    async with cairn.listening():
        await alice.joins_voice(talk)
        await bob.joins_voice(talk)
        await cairn.catches_up()
        cairn.clock.forward(6)
        await until(lambda: _minutes(cairn, [6, 6]))
        await bob.leaves_voice(guild)
    cairn.clock.forward(30)
    async with cairn.listening():
        await cairn.catches_up()
        cairn.clock.forward(5)
        await until(lambda: _attended(cairn, 1))
    assert (await cairn.stored())[Kind.ATTENDANCE] == 1


class _Away:
    """A host, and a desk of it, that store nothing of what passes while they are `gone`."""

    def __init__(self, there: Any, away: _Away | None = None) -> None:
        self._there, self._away = there, away or self
        self.gone, self.refused = False, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._there, name)

    async def desk(self, space: Space, **more: bool) -> _Away:
        return _Away(await self._there.desk(space, **more), self)

    async def record(self, signals: list[Signal]) -> Any:
        if self._away.gone:
            self._away.refused += 1
            raise MachineError("the disk is full")
        return await self._there.record(signals)


async def test_who_was_there_is_known_also_where_it_could_not_be_stored_when_it_was_so(cairn: Cairn) -> None:
    away: Any = _Away(cairn.host)
    cairn = replace(cairn, host=away)
    guild = cairn.server.guild("Garden")
    alice, bob, host = guild.people(["alice", "bob", "host"])
    talk = guild.voice("talk")
    await host.starts(await host.plans(guild, "Office hours", cairn.clock.now, talk))
    async with cairn.listening():
        await alice.joins_voice(talk)
        await bob.joins_voice(talk)
        await cairn.catches_up()
        away.gone = True
        cairn.clock.forward(15)
        await until(lambda: true(away.refused > 1))
        away.gone = False
        await until(lambda: _attended(cairn, 2))


async def _minutes(cairn: Cairn, minutes: list[int]) -> bool:
    rows = await cairn.rows(f"SELECT amount FROM engagement WHERE kind = {Kind.ATTENDANCE:d} AND NOT holds")
    return sorted(row[0] for row in rows) == minutes  # type: ignore[type-var]


async def _attended(cairn: Cairn, people: int) -> bool:
    return (await cairn.stored())[Kind.ATTENDANCE] == people


async def test_reactions_taken_away_by_emoji_end_for_each_person(cairn: Cairn) -> None:
    guild = cairn.server.guild("Garden")
    general, (alice, bob, host) = guild.text("general"), guild.people(["alice", "bob", "host"])
    async with cairn.listening():
        said = await host.says(general, "hello")
        for one in (alice, bob):
            await one.reacts(said, "👍")
        await alice.reacts(said, "🎉")
        await host.clears_reactions(said, "👍")
        await bob.reacts(said, "👀")
        await cairn.hears({Kind.MESSAGE: 1, Kind.REACTION: 2})

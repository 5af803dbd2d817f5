"""simcord as one of the two worlds."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import simcord

from integrations.discord.gateway.wire import Client, intents
from tests.integrations.sandbox.discord.two_worlds import START_MS, Reading, World


class SimcordWorld:
    """simcord, in process."""

    def __init__(self, env: simcord.Env, client: Client, reading: Reading) -> None:
        self.client, self.reading, self._env = client, reading, env
        self._guild = env.create_guild("Garden")
        self.guild = self._guild.id
        self._channels = {
            one.id: one
            for one in (self._guild.create_text_channel("general"), self._guild.create_voice_channel("lounge"))
        }
        self.general, self.lounge = self._channels
        self.mentor = self._guild.create_role("mentor").id
        self._users = {name: env.create_user(name) for name in ("alice", "bob", "carol")}
        self._members = {name: self._guild.add_member(self._users[name]) for name in ("alice", "bob")}

    def id_of(self, name: str) -> int:
        return self._users[name].id

    def now(self) -> int:
        return round(self._env.now().timestamp() * 1000)

    async def lets_pass(self, minutes: int) -> None:
        await self._env.advance_time(minutes * 60)

    async def settles(self) -> None:
        await self._env.settle()

    def _channel(self, place: int) -> simcord.ChannelHandle:
        threads = {one.id: one for one in self._channels[self.general].threads}
        return (self._channels | threads)[place]

    def _message(self, number: int) -> Any:
        for place in (*self._channels.values(), *self._channels[self.general].threads):
            for one in place.history():
                if one.id == number:
                    return one
        raise LookupError("no such message")

    async def says(self, who: str, text: str, place: int | None = None, replies_to: int | None = None) -> int:
        await self._env.advance_time(0.001)
        about = None if replies_to is None else self._message(replies_to)
        return (await self._members[who].send(self._channel(place or self.general), text, reply_to=about)).id

    async def edits(self, who: str, message: int) -> None:
        await self._members[who].edit(self._message(message), "changed")

    async def deletes(self, who: str, message: int) -> None:
        await self._members[who].delete(self._message(message))

    async def reacts(self, who: str, message: int, emoji: str, *, on: bool = True) -> None:
        await self._members[who].set_reaction(self._message(message), emoji, reacted=on)

    async def votes(self, who: str, message: int, answer: int, *, on: bool = True) -> None:
        member = self._members[who]
        await (member.vote if on else member.remove_vote)(self._message(message), answer=answer)

    async def is_in_voice(self, who: str, place: int | None) -> None:
        if place is None:
            await self._members[who].leave_voice()
        else:
            await self._members[who].join_voice(self._channels[place])

    async def is_interested(self, who: str, event: int, *, on: bool = True) -> None:
        member = self._members[who]
        await (member.subscribe_event if on else member.unsubscribe_event)(event)

    async def joins(self, who: str) -> None:
        self._members[who] = self._guild.add_member(self._users[who])

    async def leaves(self, who: str) -> None:
        self._guild.remove_member(self._members.pop(who))

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        try:
            yield
        except simcord.RouteNotImplemented as missing:
            pytest.skip(f"simcord does not serve {missing.method} {missing.path}")

    def needs(self, what: str) -> None:
        if what in ("message_author_id",):
            pytest.skip(f"simcord does not tell {what}")


@contextlib.asynccontextmanager
async def simcord_world() -> AsyncIterator[World]:
    reading = Reading()
    now: list[SimcordWorld] = []
    client = Client(reading, intents(members=True), clock=lambda: now[0].now() if now else START_MS)
    async with simcord.run(client, shard_count=1) as env:
        assert client.user is not None
        reading.people.own = str(client.user.id)
        now.append(SimcordWorld(env, client, reading))
        await env.settle()
        yield now[0]

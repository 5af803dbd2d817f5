"""Invented people who chat, meet and thank each other in a server of the made-up Discord."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from functools import partial

from bot.cli.stage.clock import Beat
from integrations.sandbox.discord.model import Message, ScheduledEvent
from integrations.sandbox.discord.people import Person
from integrations.sandbox.discord.permissions import Permission
from integrations.sandbox.discord.server import Sandbox
from scoring.signals import DAY_MS

NAME = "Garden"
PEOPLE = ("Alma", "Bela", "Chidi", "Dunja", "Emeka", "Fenna", "Goran", "Hana", "Ines", "Jonas")
CHANNEL = "general"
THANKS = "🙏"
MODERATOR, MANAGER = "Moderator", "Manager"
"""The roles of the team, which the first two people have."""
_CHEERS = ("👍", "🎉", "🌱")
_HOUR_MS, _MINUTE_MS = 3_600_000, 60_000
_RECENT = 12
_FIRST = 3
"""How many people are there from the beginning; the others come in one by one."""
_ACTS_A_DAY = 1.2
_WRITES, _ANSWERS, _THANKS = 0.4, 0.3, 0.05
"""How often people write, answer and thank; else they cheer."""
_WEEKS = 4
"""How often people meet, in weeks; in between, a poll is asked."""


class Garden:
    """A server with invented people. `seed` makes the same story each time."""

    def __init__(self, server: Sandbox, seed: int = 7) -> None:
        """Furnish a server of a made-up Discord."""
        self._server = server
        self.guild = guild = server.guild(NAME)
        self._random = random.Random(seed)  # noqa: S311 - a story, not a secret
        self._channels = [guild.text(CHANNEL), guild.text("help")]
        self.hall = guild.voice("Garden hall")
        self._host = guild.role("Host")
        self._there = guild.people(PEOPLE[:_FIRST])
        for person, name in zip(self._there, (MANAGER, MODERATOR), strict=False):
            guild.has_role(person, guild.role(name, int(Permission.MANAGE_MESSAGES)))
        self._later = list(PEOPLE[_FIRST:])
        self._recent: deque[Message] = deque(maxlen=_RECENT)

    async def act(self) -> None:
        """Let somebody do something now: mostly write, sometimes answer, cheer or thank."""
        chance = self._random.random()
        person = self._random.choices(self._there, [1 / n for n in range(1, len(self._there) + 1)])[0]
        others = [message for message in self._recent if message.author_id != person.id]
        if chance < _WRITES or not others:
            message = await person.says(self._random.choice(self._channels), "a made-up message")
        elif chance < _WRITES + _ANSWERS:
            answered = self._random.choice(others)
            message = await person.says(self.guild.hub.home(answered), "a made-up answer", answered)
        else:
            emoji = THANKS if chance < _WRITES + _ANSWERS + _THANKS else self._random.choice(_CHEERS)
            await person.reacts(self._random.choice(others), emoji)
            return
        self._recent.append(message)

    async def newcomer(self) -> None:
        """Let somebody new come in and say hello, as long as there is anybody."""
        if not self._later:
            return
        person = self._server.person(self._later.pop(0))
        await person.joins(self.guild)
        self._there.append(person)
        self._recent.append(await person.says(self._channels[0], "hello"))

    def beats(self, first: int, last: int) -> Iterator[Beat]:
        """Yield what happens from one moment to another."""
        for _ in range(round((last - first) / DAY_MS * _ACTS_A_DAY)):
            yield Beat(self._random.randint(first, last), self.act)
        for n in range(1, len(self._later) + 1):
            yield Beat(first + n * (last - first) // (len(self._later) + 2), self.newcomer)
        for week, day in enumerate(range(first // DAY_MS + 5, last // DAY_MS - 1, 7)):
            if week % _WEEKS == 0:
                yield from self._evening(day * DAY_MS + 18 * _HOUR_MS)
            elif week % _WEEKS == 2:  # noqa: PLR2004 - half-way between two evenings
                yield Beat(day * DAY_MS + 12 * _HOUR_MS, self._poll)

    def _evening(self, start: int) -> Iterator[Beat]:
        """Yield an evening of an hour in the hall, announced a day before."""
        evening = Evening(self)
        yield Beat(start - DAY_MS, partial(evening.announce, start))
        yield Beat(start, evening.begin)
        yield Beat(start + 5 * _MINUTE_MS, evening.come)
        yield Beat(start + 50 * _MINUTE_MS, evening.leave)
        yield Beat(start + 60 * _MINUTE_MS, evening.end)

    async def _poll(self) -> None:
        asked = await self._there[0].asks(self._channels[0], "What next?", ["seeds", "tools"])
        for person in self.some(0.5):
            await person.votes(asked, self._random.choice((1, 2)))

    def some(self, share: float) -> list[Person]:
        """Return some of those who are there."""
        return [one for one in self._there if self._random.random() < share]

    async def let_host(self, person: Person) -> None:
        """Give somebody the role of a host."""
        await person.gets_role(self.guild, self._host)


class Evening:
    """One evening on which the people of the garden meet."""

    def __init__(self, garden: Garden) -> None:
        """Take who meets."""
        self._garden = garden
        self._guests: list[Person] = []
        self._plan: ScheduledEvent | None = None

    async def announce(self, start: int) -> None:
        """Announce it, and let some say that they will come."""
        garden = self._garden
        self._guests = garden.some(0.25)
        if self._guests:
            self._plan = await self._guests[0].plans(garden.guild, "Open evening", start, garden.hall)
            for guest in self._guests:
                await guest.interested(self._plan)

    async def begin(self) -> None:
        """Begin."""
        if self._plan is not None:
            await self._guests[0].starts(self._plan)

    async def come(self) -> None:
        """Let those who said yes come in."""
        for guest in self._guests:
            await guest.joins_voice(self._garden.hall)

    async def leave(self) -> None:
        """Let them go, and let the first one host from now on."""
        for guest in self._guests:
            await guest.leaves_voice(self._garden.guild)
        if self._guests:
            await self._garden.let_host(self._guests[0])

    async def end(self) -> None:
        """Be over."""
        if self._plan is not None:
            await self._guests[0].ends(self._plan)

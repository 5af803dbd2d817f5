"""People who write, answer, name one another and react, at random; all of it can still be read from history later."""

from __future__ import annotations

import asyncio
import random

from integrations.sandbox.discord.guilds import GuildHandle
from integrations.sandbox.discord.model import Message

EMOJI = ("👍", "🎉", "🦉", "🧊")
RECENT = 20


class Crowd:
    """Ten people in two channels. What they write holds the word `canary`."""

    def __init__(self, guild: GuildHandle, seed: int = 1) -> None:
        self.people = guild.people(f"person{n}" for n in range(10))
        self.places = [guild.text("general"), guild.text("help")]
        self.random = random.Random(seed)
        self.done = 0
        self._messages: list[Message] = []
        self._reacted: set[tuple[int, int, str]] = set()

    async def acts(self, n: int, pause: float = 0.0) -> None:
        """Do so many things, one after the other."""
        for _ in range(n):
            await self._act()
            self.done += 1
            await asyncio.sleep(pause)

    async def goes_on(self, pause: float = 0.05) -> None:
        """Do one thing after the other until cancelled."""
        while True:
            await self.acts(1, pause)

    async def changes_its_mind(self) -> None:
        """Edit and delete some of what was written; Discord tells of that only to who listens."""
        for message in self.random.sample(self._messages, len(self._messages) // 4):
            author = next(one for one in self.people if one.id == message.author_id)
            await author.edits(message, "canary, again")
        for message in self.random.sample(self._messages, len(self._messages) // 6):
            author = next(one for one in self.people if one.id == message.author_id)
            await author.deletes(message)

    async def _act(self) -> None:
        who, other = self.random.sample(self.people, 2)
        chance = self.random.random()
        if chance < 0.15 and self._messages:
            about = self.random.choice(self._messages[-RECENT:])
            emoji = self.random.choice(EMOJI)
            if (about.id, who.id, emoji) not in self._reacted:
                self._reacted.add((about.id, who.id, emoji))
                await who.reacts(about, emoji)
            return
        answered = self.random.choice(self._messages[-RECENT:]) if chance < 0.5 and self._messages else None
        place = next((one for one in self.places if answered and one.id == answered.channel_id), self.places[0])
        if answered is None:
            place = self.random.choice(self.places)
        named = [other] if chance > 0.9 else []
        said = await who.says(place, f"canary {self.done}", replies_to=answered, mentions=named)
        self._messages.append(said)

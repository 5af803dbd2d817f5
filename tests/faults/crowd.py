"""People who write, answer, name one another and react, at random; all of it can still be read from history later."""

from __future__ import annotations

import asyncio
import random
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from integrations.sandbox.discord.guilds import GuildHandle
from integrations.sandbox.discord.model import Message
from integrations.sandbox.slack.model import Message as SlackMessage
from integrations.sandbox.slack.teams import TeamHandle

EMOJI = ("👍", "🎉", "🦉", "🧊")
NAMED = ("thumbsup", "tada", "owl", "ice_cube::skin-tone-2")
RECENT = 20
_NAMES = [f"person{n}" for n in range(10)]

M = TypeVar("M")


class AnyCrowd(ABC, Generic[M]):
    """Ten people in two channels. What they write holds the word `canary`."""

    people: Sequence[Any]
    places: Sequence[Any]
    emoji: tuple[str, ...] = EMOJI

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.done = 0
        self._messages: list[M] = []
        self._reacted: set[tuple[Any, str, str]] = set()

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
        """Edit and delete some of what was written; platforms tell of that only to who listens."""
        for message in self.random.sample(self._messages, len(self._messages) // 4):
            await self._author(message).edits(message, "canary, again")
        for message in self.random.sample(self._messages, len(self._messages) // 6):
            await self._author(message).deletes(message)
            self._messages.remove(message)

    async def _act(self) -> None:
        who, other = self.random.sample(self.people, 2)
        chance = self.random.random()
        if chance < 0.15 and self._messages:
            about = self.random.choice(self._messages[-RECENT:])
            emoji = self.random.choice(self.emoji)
            if (self._name(about), who.id, emoji) not in self._reacted:
                self._reacted.add((self._name(about), who.id, emoji))
                await who.reacts(about, emoji)
            return
        answered = self.random.choice(self._messages[-RECENT:]) if chance < 0.5 and self._messages else None
        place = self._place(answered) if answered is not None else self.random.choice(self.places)
        named = [other] if chance > 0.9 else []
        self._messages.append(await self._writes(who, place, answered, named))

    def _author(self, message: M) -> Any:
        return next(one for one in self.people if one.id == self._author_id(message))

    def _place(self, message: M) -> Any:
        return next((one for one in self.places if one.id == self._place_id(message)), self.places[0])

    @property
    def _words(self) -> str:
        return f"canary {self.done}"

    @abstractmethod
    async def _writes(self, who: Any, place: Any, answered: M | None, named: list[Any]) -> M:
        """Let somebody write."""

    @abstractmethod
    def _name(self, message: M) -> Any:
        """Return what tells a message from all others."""

    @abstractmethod
    def _author_id(self, message: M) -> Any:
        """Return who wrote it."""

    @abstractmethod
    def _place_id(self, message: M) -> Any:
        """Return where it was written."""


class Crowd(AnyCrowd[Message]):
    """In a Discord server."""

    def __init__(self, guild: GuildHandle, seed: int = 1) -> None:
        super().__init__(seed)
        self.people = guild.people(_NAMES)
        self.places = [guild.text("general"), guild.text("help")]

    async def _writes(self, who: Any, place: Any, answered: Message | None, named: list[Any]) -> Message:
        said: Message = await who.says(place, self._words, replies_to=answered, mentions=named)
        return said

    def _name(self, message: Message) -> Any:
        return message.id

    def _author_id(self, message: Message) -> Any:
        return message.author_id

    def _place_id(self, message: Message) -> Any:
        return message.channel_id


class SlackCrowd(AnyCrowd[SlackMessage]):
    """In a Slack workspace."""

    emoji = NAMED

    def __init__(self, team: TeamHandle, seed: int = 1) -> None:
        super().__init__(seed)
        self.people = team.people(_NAMES)
        self.places = [team.channel(name, members=self.people) for name in ("general", "help")]

    async def takes_back(self) -> None:
        """Take some reactions back; a reaction that was made once is not made again."""
        for message in self.random.sample(self._messages, len(self._messages) // 2):
            for emoji, people in list(message.reactions.items()):
                for one in list(people):
                    await next(person for person in self.people if person.id == one).takes_back(message, emoji)

    async def _writes(self, who: Any, place: Any, answered: SlackMessage | None, named: list[Any]) -> SlackMessage:
        said: SlackMessage = (
            await who.says(place, self._words, named)
            if answered is None
            else await who.replies(answered, self._words, named, broadcast=self.random.random() < 0.2)
        )
        return said

    def _name(self, message: SlackMessage) -> Any:
        return message.channel_id, message.ts

    def _author_id(self, message: SlackMessage) -> Any:
        return message.user

    def _place_id(self, message: SlackMessage) -> Any:
        return message.channel_id

"""What a command is given to work with: the place, the caller and their language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.chat.speech import Block, Paragraph, Reply, Span
from bot.commands.spec import Role
from bot.errors import MachineError
from bot.hearing.space_settings import SpaceSettings
from bot.keys import Keys
from bot.language import Words
from bot.ports import Inbox, Receipt
from bot.storage.accounts import Known, Memory, look_up
from bot.storage.engine import Database
from bot.teamwork.tools import Tools
from scoring.signals import Account, Signal, day_of


@dataclass(frozen=True, slots=True)
class Room:
    """One space at one moment, as one caller meets it. `now` is in ms; numbers are those of the store."""

    database: Database
    keys: Keys
    community: int
    space: int
    settings: SpaceSettings
    role: Role
    words: Words
    now: int
    inbox: Inbox | None = None
    """Where what is done in chat is handed in as signals; None where nothing is listened to."""
    tools: Tools = field(default_factory=Tools)

    @property
    def today(self) -> int:
        """The day number of `now`."""
        return day_of(self.now)

    async def known(self, account: Account) -> Known | None:
        """Return somebody as the store knows them here, None where it does not or they are left out."""
        handle = self.keys.handle(account)
        async with self.database.read() as connection:
            found = await look_up(connection, self.community, [handle], self.space, Memory())
        return found.known.get(handle)

    async def record(self, signals: Sequence[Signal]) -> Receipt:
        """Hand in what was done here as signals, as an integration does; returns after the commit."""
        if self.inbox is None:
            raise MachineError("nothing is listened to here, so nothing can be recorded")
        return await self.inbox.record(signals)

    def say(self, key: str, /, *more: Block, **values: Span | int) -> Reply:
        """Return a reply that says one thing, with more blocks behind it."""
        return Reply((Paragraph(self.words.text(key, **values)), *more))

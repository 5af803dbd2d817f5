"""What is known of one server while it is listened to: what waits to be stored, and up to when it has been heard."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.ports import Desk, Signal
from integrations.discord.payloads.guild import Guild
from integrations.discord.payloads.ids import Payload

MEMBERS = "GUILD_MEMBERS_CHUNK"
"""The event that brings a part of the list of a server's members."""


class Event(NamedTuple):
    """One event as it arrived: its name, its data, and when, in ms."""

    name: str
    d: Payload
    at: int

    @property
    def size(self) -> int:
        """For how many events it counts: a part of the list of a server's members takes as much room as they would."""
        members = self.d.get("members") if self.name == MEMBERS else None
        return max(len(members), 1) if isinstance(members, list) else 1


@dataclass(slots=True)
class Server:
    """One server that is listened to."""

    desk: Desk
    guild: Guild
    waiting: deque[Event] = field(default_factory=deque)
    some: asyncio.Event = field(default_factory=asyncio.Event)
    storing: int = 0
    """When the oldest event arrived that is not stored yet, in ms; 0 where all are."""
    heard: int = 0
    """The moment up to which all that happened is stored, in ms; 0 where nothing is known of it."""
    took: float = 0.0
    """Seconds that the last batch took to be stored."""
    live: bool = False
    """Whether its events come without a break since it last told all of itself."""
    shut: tuple[int, frozenset[str] | None] = (-1, None)
    """The state of its channels in which it was looked which are shut by a category, and which those were."""
    told: Event | None = None
    """The event in which it last told all of itself; None once the session that brought it is lost."""
    owed: dict[tuple[object, ...], Signal] = field(default_factory=dict)
    """What follows from time that passes and is not stored yet, by its key: some of it is said only once."""

    def lose(self) -> None:
        """Note that its session is lost."""
        self.live, self.told = False, None

    def owe(self, signals: list[Signal]) -> None:
        """Keep what is to be told; of one thing, what is told last."""
        self.owed.update(((one.key_day, one.key, one.key_person), one) for one in signals)

    def note(self, alive: int) -> None:
        """Move `heard` on; `alive` is when the gateway last sent anything at all, 0 where something may be missing."""
        if self.live and alive:
            self.heard = max(self.heard, self.storing - 1 if self.storing else alive)

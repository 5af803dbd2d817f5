"""One script for two made-up Discords: our sandbox, over the wire, and simcord, in process, which is not by us.

What people do is done by each world's own means; what Cairn's client hears, and reads by REST, must be the same.
"""

from __future__ import annotations

import contextlib
import json
from typing import Protocol

from bot.ports import Account, Kind, Listed, Signal, SpaceSettings
from integrations.discord.gateway.wire import Client
from integrations.discord.payloads.guild import Guild
from integrations.discord.payloads.hearing import hear
from integrations.discord.payloads.ids import Payload, UnreadableError
from integrations.discord.payloads.people import People

THANKS = "🙏"
MINUTE_MS = 60_000
START_MS = 1_800_000_000_000


class Reading:
    """Takes what Cairn's client hears and reads it at once, without any memory but that of the servers."""

    def __init__(self) -> None:
        self.people = People()
        self.guilds: dict[str, Guild] = {}
        self.signals: list[Signal] = []
        self.unread: list[str] = []

    def hear(self, name: str, d: Payload, now: int) -> None:
        # simcord hands over its own numbers and times, where a wire has plain ones
        d = json.loads(json.dumps(d))
        number = d["id"] if name in ("GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE") else d["guild_id"]
        if name == "GUILD_CREATE":
            settings = SpaceSettings(thanks=Listed.of([THANKS]))
            self.guilds[number] = Guild(number, settings, frozenset(Kind), self.people)
        try:
            self.signals += hear(self.guilds[number], name, d, now)
        except UnreadableError as error:
            self.unread.append(f"{name}: {error!r}")

    def direct(self, d: Payload, now: int) -> None:
        """Nobody writes to Cairn in these worlds."""

    async def room(self) -> None:
        pass

    async def may_identify(self, shard: int) -> None:
        pass

    def began(self, shard: int, *, resumed: bool) -> None:
        pass

    def malformed(self) -> None:
        self.unread.append("malformed")


class World(Protocol):
    """A server with the channels `general` and `lounge` (voice), the role `mentor`, and the members alice and bob.

    Everything is named by its id.
    """

    client: Client
    reading: Reading
    guild: int
    general: int
    lounge: int
    mentor: int

    def id_of(self, name: str) -> int: ...

    def now(self) -> int: ...

    async def lets_pass(self, minutes: int) -> None: ...

    async def settles(self) -> None: ...

    async def says(self, who: str, text: str, place: int | None = None, replies_to: int | None = None) -> int: ...

    async def edits(self, who: str, message: int) -> None: ...

    async def deletes(self, who: str, message: int) -> None: ...

    async def reacts(self, who: str, message: int, emoji: str, *, on: bool = True) -> None: ...

    async def votes(self, who: str, message: int, answer: int, *, on: bool = True) -> None: ...

    async def is_in_voice(self, who: str, place: int | None) -> None: ...

    async def is_interested(self, who: str, event: int, *, on: bool = True) -> None: ...

    async def joins(self, who: str) -> None: ...

    async def leaves(self, who: str) -> None: ...

    def serving(self) -> contextlib.AbstractContextManager[None]:
        """Skip the test, by the name of the route, where this world serves none such."""
        ...

    def needs(self, what: str) -> None:
        """Skip the test where this world never tells a field that Discord does."""
        ...


def named(world: World, account: Account | None) -> str:
    """Return the name of a person of a world, `""` for nobody."""
    names = {str(world.id_of(name)): name for name in ("alice", "bob", "carol")}
    return "" if account is None else names[account.id]

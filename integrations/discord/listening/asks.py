"""What listening asks of others: what the gateway does not tell, and what follows from what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from integrations.discord.payloads.ids import Payload, UnknownPlaceError

if TYPE_CHECKING:
    from integrations.discord.listening.server import Event, Server


class Asks(Protocol):
    """Who asks Discord for what the gateway does not tell. MachineError: try later."""

    async def fetch(self, server: Server, unknown: UnknownPlaceError) -> Event | None:
        """Return what a server's state does not know, as the event that would have told of it."""
        ...

    async def answers(self, server: Server, d: Payload) -> list[int] | None:
        """Return which answers of a poll somebody has chosen who took one back (`d`); None where that is not shown."""
        ...

    async def arrived(self, server: Server, at: int) -> None:
        """Hear that a server has told all of itself: at the start, and after a lost session."""
        ...

    def planned(self, server: Server, d: Payload) -> None:
        """Hear of a convening that is new or has changed. Must not raise."""
        ...

    def listed(self, server: Server) -> None:
        """Hear that the whole list of a server's members has come. Must not raise."""
        ...

    def watching(self, server: Server) -> None:
        """Hear that other roles are asked about, so that all members are looked at. Must not raise."""
        ...

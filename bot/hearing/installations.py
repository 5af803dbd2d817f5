"""What an integration is given where others install Cairn by a link: their tokens, and who is on the way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Installation:
    """A space in which Cairn was installed by a link, and what it got there.

    `token` is empty where it cannot be opened. `renewal` gets a new token before this one `expires` (ms; 0: never).
    `version` is another number after each change; `since` is when it was installed (ms).
    """

    space: str
    token: str = field(repr=False)
    renewal: str = field(default="", repr=False)
    expires: int = 0
    version: int = 0
    since: int = 0


Renews = Callable[[Installation], Awaitable[Installation]]
"""What gets new tokens from the platform for those that are there."""


class Installations(Protocol):
    """Where Cairn was installed by a link, on one platform. All of it raises MachineError as the storage does."""

    def invitation(self, now: int) -> str:
        """Return what the link has to bear by which others may install Cairn; it holds for some days from now (ms)."""
        ...

    def invited(self, word: str, now: int) -> bool:
        """Whether a link bears an invitation of ours that holds."""
        ...

    async def expect(self, browser: str, now: int) -> str:
        """Return what the platform is to give back with somebody's browser, within ten minutes; it works once."""
        ...

    async def came_back(self, state: str, browser: str, now: int) -> bool:
        """Whether this is the browser that was sent with that state; of many that ask at once, one is told so."""
        ...

    async def everything(self) -> list[Installation]:
        """Return all that there are."""
        ...

    async def versions(self) -> dict[str, int]:
        """Return the ids of the spaces, each with its version: to be asked often."""
        ...

    async def put(self, one: Installation) -> Installation:
        """Keep an installation, instead of an earlier one in that space; returns it as it is kept."""
        ...

    async def renew(self, one: Installation, how: Renews) -> Installation | None:
        """Return an installation with new tokens; one process gets them, even where several ask for them at once.

        Returns it as it is where somebody else is about to, and None where it is gone. Raises what `how` raises.
        """
        ...

    async def remove(self, space: str, version: int | None = None) -> bool:
        """Delete a space's tokens, where a version is given only that one; returns whether none are left."""
        ...

    async def close(self) -> None:
        """Wait until tokens that are being renewed are kept."""
        ...

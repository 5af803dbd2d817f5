"""Where people talk with Cairn in the demo: a made-up Discord, and a made-up Slack beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.cli.stage.drawn import Drawn
from bot.cli.stage.forms import Ask


@dataclass(frozen=True, slots=True)
class Offered:
    """A command that can be typed: what it does, and a line for each of its options."""

    about: str
    options: tuple[str, ...] = ()


class Conversation(Protocol):
    """People of one platform, and what they can do there."""

    @property
    def platform(self) -> str:
        """What people call the platform."""
        ...

    @property
    def where(self) -> str:
        """The name of the channel."""
        ...

    @property
    def looks(self) -> Drawn:
        """What prints what happens there."""
        ...

    def called(self, name: str) -> str:
        """Return how somebody is called, however the name is typed. Raises InputError where nobody is called so."""
        ...

    def everybody(self) -> list[tuple[str, str]]:
        """Return who is there, by name, each with what they are in the team."""
        ...

    def offered(self) -> dict[str, Offered]:
        """Return what can be typed as a command, by its path."""
        ...

    async def does(self, name: str, line: str, ask: Ask) -> None:
        """Let somebody do what is typed. Raises InputError, in one line, for what cannot be done."""
        ...

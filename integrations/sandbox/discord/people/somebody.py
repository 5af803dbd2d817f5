"""Who acts, and when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, Self

from integrations.sandbox.discord.hub import By, Hub
from integrations.sandbox.discord.model import Emoji, Guild, Message, Reference, User


class Has(Protocol):
    """Whatever has a guild: a `GuildHandle`."""

    @property
    def guild(self) -> Guild:
        """The guild."""
        ...


@dataclass(frozen=True, slots=True)
class Somebody:
    """A user of the sandbox; `moment` (ms) is set where they act in the past."""

    hub: Hub
    user: User
    moment: int | None = None

    @property
    def id(self) -> int:
        """The user's id."""
        return self.user.id

    @property
    def mention(self) -> str:
        """How a message names this person."""
        return f"<@{self.id}>"

    def at(self, moment: int) -> Self:
        """Return this person at a moment in the past, in ms."""
        return replace(self, moment=moment)

    @property
    def by(self) -> By:
        """This person as the one who does something."""
        return By(self.id, self.moment)


def reference(message: Message) -> Reference:
    """Return what answers a message."""
    return Reference(message.channel_id, message.id, message.guild_id)


def emoji_of(emoji: str | Emoji) -> Emoji:
    """Return an emoji given as itself or as its character."""
    return Emoji(emoji) if isinstance(emoji, str) else emoji

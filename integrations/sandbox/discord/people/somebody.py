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
    """A user of the sandbox; `moment` (ms) is set where they act in the past, `told` where the bot hears of it."""

    hub: Hub
    user: User
    moment: int | None = None
    told: bool = False

    @property
    def id(self) -> int:
        """The user's id."""
        return self.user.id

    @property
    def mention(self) -> str:
        """How a message names this person."""
        return f"<@{self.id}>"

    def at(self, moment: int, *, told: bool = False) -> Self:
        """Return this person at a moment in the past, in ms. What they do there is history, unless it is `told`: then
        the bot hears of it like of anything new, which is how a whole history is replayed through the live path.
        """
        return replace(self, moment=moment, told=told)

    @property
    def by(self) -> By:
        """This person as the one who does something."""
        return By(self.id, self.moment, self.told)


def reference(message: Message) -> Reference:
    """Return what answers a message."""
    return Reference(message.channel_id, message.id, message.guild_id)


def emoji_of(emoji: str | Emoji) -> Emoji:
    """Return an emoji given as itself or as its character."""
    return Emoji(emoji) if isinstance(emoji, str) else emoji

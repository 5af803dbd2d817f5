"""What a command is: who may use it, what it asks for, and what runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from bot.chat.calling import Call, Caller, Menu
from bot.chat.speech import Asks, Choice, Reply
from bot.hearing.space_settings import SpaceSettings

if TYPE_CHECKING:
    from bot.commands.room import Room


class Role(IntEnum):
    """What somebody may do in a space; each may do all that those before may."""

    EVERYONE = 0
    MODERATOR = 1
    MANAGER = 2


Run = Callable[[Call, "Room"], Awaitable[Reply]]
"""What answers a call."""
Suggest = Callable[[str, "Room"], Awaitable[Sequence[Choice]]]
"""What offers choices for what was typed so far (at most 25)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An option of a command. Its description is `<command>.option.<name>` in the language files."""

    name: str
    asks: Asks = Asks.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    """Values to choose from; how they read is `<command>.choice.<value>` in the language files."""
    suggest: Suggest | None = None
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """What a button, list or form of a command leads to. Who may use it is looked up here, at each use."""

    run: Run
    role: Role = Role.EVERYONE
    opens_form: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A command. Each plug-in module has one, called `COMMAND` (or several, `COMMANDS`).

    `path` is how it is called, without the leading slash (`cairn me`, `cairn-team event create`). Its description is
    `<name>.about` in the language files, where the name is the path with dots and without its root (`event.create`).
    The names of `acts` begin with the command's own: `me`, `me-more`. A menu's label is `<name>.menu`.
    """

    path: str
    run: Run
    role: Role = Role.EVERYONE
    options: tuple[Asked, ...] = ()
    acts: Mapping[str, Act] = field(default_factory=dict)
    menus: tuple[Menu, ...] = ()
    opens_form: bool = False

    @property
    def name(self) -> str:
        """The name under which its words stand in the language files."""
        return ".".join(self.path.split()[1:])


def role_of(caller: Caller, settings: SpaceSettings) -> Role | None:
    """Return what a caller may do in a space, None for machines.

    Who runs the whole space (and could give themselves any role) is a manager.
    """
    if caller.bot:
        return None
    if caller.runs_space or any(settings.managers.has(*one) for one in caller.roles):
        return Role.MANAGER
    if any(settings.moderators.has(*one) for one in caller.roles):
        return Role.MODERATOR
    return Role.EVERYONE

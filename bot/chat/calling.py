"""What people do in chat, as an integration hands it over, and what it offers them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.chat.speech import Action, Asks, Choice
from scoring.signals import Account


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that somebody gave with a command; `read` fetches it, at most `size` bytes."""

    name: str
    size: int
    read: Callable[[], Awaitable[bytes]] = field(repr=False)


Given = str | float | bool | Account | Attachment | None
"""What somebody gave for an option: roles and channels as ids, days as YYYY-MM-DD, people as accounts."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the platform says it now: their roles (ids and names), and whether they run the whole space.

    `zone` is the time zone of their profile, by its IANA name.
    """

    account: Account
    roles: frozenset[tuple[str, str]] = frozenset()
    runs_space: bool = False
    locale: str = ""
    bot: bool = False
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Aim:
    """What a context menu was used on: a person, or a message by its natural key, day and author."""

    person: Account | None = None
    place: str = ""
    message: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class ChannelNow:
    """A channel as the platform tells of it now: whether everyone here may read it, and whether we may write in it."""

    everyone: bool
    writable: bool


@dataclass(frozen=True, slots=True)
class RoleNow:
    """A role as the platform tells of it now: its name, and whether who holds it runs the whole space."""

    name: str
    runs_space: bool = False


class Look(Protocol):
    """What the platform tells now of what was given with a call. Raises MachineError where it cannot be asked."""

    async def channel(self, place: str) -> ChannelNow | None:
        """Return a channel of this space in which messages can be, None where there is none of this id."""
        ...

    async def person(self, who: Account) -> Caller | None:
        """Return somebody as they would call from here, None where they are not in the space."""
        ...

    async def role(self, role: str) -> RoleNow | None:
        """Return a role of this space, None where there is none of this id."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """What somebody did: gave a command, pressed a button, chose, or sent a form.

    Either `command` or `action` is set. `command` is its path without the leading slash (`cairn me`, `cairn-team event
    create`), `given` are options or the form's fields by name, `chosen` the values of a list. `place` is the channel;
    empty in a private conversation.
    """

    caller: Caller
    at: int
    command: str = ""
    action: Action | None = None
    given: Mapping[str, Given] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    place: str = ""
    aim: Aim = Aim()
    look: Look | None = field(default=None, repr=False, compare=False)
    """Asks the platform about what was given; None where there is nobody to ask."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a command, as a platform shows it."""

    name: str
    about: str
    asks: Asks = Asks.TEXT
    required: bool = False
    choices: tuple[Choice, ...] = ()
    suggests: bool = False
    """Whether suggestions are asked for while it is being typed."""
    least: int | None = None
    most: int | None = None


class Menu(StrEnum):
    """Where a command stands in a context menu."""

    PERSON = "person"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Offered:
    """A command as it is offered in one language: what a platform registers.

    `staff` hides it by default from who is not staff, on platforms that can; rights are checked anew at every call.
    `opens_form` says that it may answer with a form, which some platforms allow only at once.
    """

    path: str
    about: str
    options: tuple[Option, ...] = ()
    staff: bool = False
    opens_form: bool = False
    menu: Menu | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    """The menu's label, or `about`, in other languages, by their tag."""

"""What is said and asked in chat, for any platform: an integration draws it natively, and hands back what people did.

All text is plain. A renderer escapes every `str`, so nothing that comes from outside can ping, link or format; who or
what is meant to be live stands as a span of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scoring.signals import Account


@dataclass(frozen=True, slots=True)
class Bold:
    """Words that stand out."""

    text: str


@dataclass(frozen=True, slots=True)
class Who:
    """A person, shown as the platform shows them; nobody is pinged by it but the addressee of a message."""

    account: Account


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment (ms), shown in each reader's own zone where the platform can; `day` leaves the time of day out."""

    at: int
    day: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to an address of ours, never to one that came from outside."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel by its platform's id."""

    id: str


@dataclass(frozen=True, slots=True)
class RoleTag:
    """A role (on Slack: a user group) by its platform's id; nobody is pinged by it."""

    id: str


@dataclass(frozen=True, slots=True)
class Jump:
    """Words that lead to what somebody did, where the platform gives such a link; elsewhere they are words.

    `key` is the engagement's natural key, `place` its channel, `platform` and `space` those it was done in.
    """

    text: str
    platform: str
    space: str
    place: str
    key: str


Span = str | Bold | Who | Moment | Link | Channel | RoleTag | Jump
Text = tuple[Span, ...]
"""A line or paragraph."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line above what follows."""

    text: Text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some lines."""

    text: Text


@dataclass(frozen=True, slots=True)
class Fields:
    """Names and values side by side."""

    rows: tuple[tuple[Text, Text], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with headings; `numbers` are the columns that are aligned to the right."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of `Bars`: how far `value` is on the way to `whole`, and words behind it.

    A `partial` one stands for what may be more: not all that belongs to it was counted.
    """

    label: str
    value: float
    whole: float
    note: str = ""
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars below one another."""

    rows: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file handed over with a message; `name` is ours, never one from outside."""

    name: str
    content: bytes = field(repr=False)


class Style(StrEnum):
    """How a button looks."""

    PLAIN = "plain"
    MAIN = "main"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Action:
    """What happens when a button is pressed, a choice made or a form sent: a command's action, and what it is about.

    `arguments` are ids only, short ones: the platform carries them in public, so each use is checked again. The whole,
    as `text`, takes at most 100 characters and no colon in its parts.
    """

    name: str
    arguments: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The action as a platform carries it."""
        return ":".join(("cairn", self.name, *self.arguments))

    @classmethod
    def of(cls, text: str) -> Action | None:
        """Return the action that a platform hands back, None where it is none of ours."""
        begin, *parts = text.split(":")
        return cls(parts[0], tuple(parts[1:])) if begin == "cairn" and parts and parts[0] else None


@dataclass(frozen=True, slots=True)
class Button:
    """A button with at most 40 characters on it."""

    label: str
    action: Action
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things to choose from."""

    value: str
    label: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Select:
    """A list to choose from (at most 25 choices); the chosen values come back with the action. None is preselected."""

    action: Action
    choices: tuple[Choice, ...]
    hint: str = ""
    most: int = 1


@dataclass(frozen=True, slots=True)
class Controls:
    """Buttons and lists in a row."""

    items: tuple[Button | Select, ...]


Block = Heading | Paragraph | Fields | Table | Bars | Controls | File


class Asks(StrEnum):
    """What an option of a command or a field of a form takes."""

    TEXT = "text"
    LONG_TEXT = "long text"
    NUMBER = "number"
    DAY = "day"
    CHOICE = "choice"
    PERSON = "person"
    ROLE = "role"
    CHANNEL = "channel"
    FILE = "file"
    YES_OR_NO = "yes or no"


@dataclass(frozen=True, slots=True)
class Field:
    """A question of a form. `choices` belong to `CHOICE`, `value` stands in it at first, `longest` is in characters."""

    name: str
    label: str
    asks: Asks = Asks.TEXT
    required: bool = True
    value: str = ""
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    longest: int = 400


@dataclass(frozen=True, slots=True)
class Form:
    """Up to five questions at once; what is given comes back with the action, under the fields' names."""

    title: str
    fields: tuple[Field, ...]
    action: Action


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that only the caller sees, or a form to fill in. `replaces`: it takes the place of what was clicked.

    `wrong` says of fields of the form that was sent what is wrong with them; `blocks` say the same. Where the platform
    can, it shows that beside the fields, with what was given still in them; else it offers the form once more.
    """

    blocks: tuple[Block, ...] = ()
    form: Form | None = None
    replaces: bool = False
    wrong: Mapping[str, str] = field(default_factory=dict)

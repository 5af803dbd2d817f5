"""What a type of question is: its settings, the room it needs, how an answer is checked, stored and made a column."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from pydantic import Field

from bot.chat import letters
from bot.rules.fields import Told, ToldLine, ToldName, ToldProse
from bot.rules.problems import Path, Problem
from bot.rules.shapes import Shape
from bot.surveys.fields import Key, Mark, Mode, Target, Values
from bot.surveys.limits import Need, Room
from scoring.surveys.answers import Column
from scoring.surveys.published import Numbers, Published
from scoring.surveys.small import FIVE, Floor


class SkipShape(Shape):
    """A skip rule: after which answers another question comes next than the one below."""

    after: Values = ()
    """Names of choices, numbers of the scale, or `declined`; with any of these. Left out: after every answer."""
    to: Target
    """The name of the question that comes then, or `end`."""


class QuestionShape(Shape):
    """What every question has."""

    name: Key
    """A short name, for skip rules and figures; keep it when you reword the question."""
    type: str
    """What is asked for: one of the types of questions."""
    ask: ToldProse
    """The question, as people read it."""
    label: ToldName | None = None
    """The question in at most 45 characters, where the whole does not fit (the label of a field in a form)."""
    hint: ToldLine | None = None
    """A line of help below it."""
    skip: tuple[SkipShape, ...] = Field((), max_length=50)
    """Skip rules; the first that holds counts."""


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Somebody who was named: their number where they can be named, None for someone else; and how often for what.

    Each of the three is `rarely`, `sometimes`, `often`, or nothing.
    """

    person: int | None
    collaborate: str = ""
    advice: str = ""
    speak: str = ""


Raw = str | float | bool | tuple[str, ...] | tuple[NamedPerson, ...] | None
"""What a form hands over; None is "prefer not to say"."""
Json = str | int | float | list[str] | list[list[int]] | None
"""An answer as it is stored, without ids of any platform; None is "prefer not to say"."""


class NotReached:
    """What stands for the answer of somebody who never came to a question."""


NOT_REACHED = NotReached()
Stored = Json | NotReached

Q = TypeVar("Q", bound=QuestionShape)


class Kind(ABC, Generic[Q]):
    """A type of question. Each is an instance of a subclass, named `KIND`, in a file of `bot/surveys/questions/`."""

    name: ClassVar[str]
    """What it is called in survey files."""
    shape: type[Q]
    """Its settings."""
    several: ClassVar[bool] = False
    """Whether several codes can be chosen at once."""
    marks: ClassVar[frozenset[Mark]] = frozenset()
    """What it can feed beyond its survey."""
    modes: ClassVar[frozenset[Mode]] = frozenset(Mode)
    """In which modes it can be asked."""
    unfit: ClassVar[str] = ""
    """Why it cannot be asked in the others."""

    @abstractmethod
    def seconds(self, of: Q) -> float:
        """Return how long an answer takes, reading apart."""

    @abstractmethod
    def accept(self, of: Q, raw: Raw) -> Json:
        """Return an answer as it is stored; raises WrongAnswerError. `raw` is not None."""

    @abstractmethod
    def column(self, of: Q, answers: Sequence[Stored]) -> Column:
        """Return stored answers as a column, in their order."""

    def published(self, column: Column, floor: Floor = FIVE) -> Published | Numbers | None:
        """Return what may be shown of a column of this type; None where it has no figures, or none that may be."""
        return None

    def codes(self, of: Q) -> Mapping[str, int]:
        """Return by which names skip rules know the answers, and their codes; none where answers have no codes."""
        return {}

    def chosen(self, of: Q, answer: Json) -> frozenset[int] | None:
        """Return the codes of a stored answer; None for "prefer not to say"."""
        if answer is None:
            return None
        codes = self.codes(of)
        named = answer if isinstance(answer, list) else [answer]
        return frozenset(codes[str(one)] for one in named if str(one) in codes)

    def needs(self, of: Q) -> Iterator[Need]:
        """Yield what it needs room for, with paths inside the question."""
        yield from room_for(("ask",), Room.POST, of.ask)
        label = ("label",) if of.label is not None else ("ask",)
        remedy = "" if of.label is not None else "give a short `label` beside `ask`"
        yield from room_for(label, Room.LABEL, of.label or of.ask, remedy)
        if of.hint is not None:
            yield from room_for(("hint",), Room.HINT, of.hint)

    def problems(self, of: Q) -> Iterator[Problem]:
        """Yield what is wrong between its own settings, with paths inside the question."""
        return iter(())


def room_for(path: Path, room: Room, told: Told, remedy: str = "") -> Iterator[Need]:
    """Yield the need of a text in each of its languages."""
    if isinstance(told, str):
        yield Need(path, room, letters.units(told), remedy)
    else:
        for tag, text in told.items():
            yield Need((*path, tag), room, letters.units(text), remedy)


def texts(told: Told) -> list[str]:
    """Return a text in all of its languages."""
    return [told] if isinstance(told, str) else list(told.values())

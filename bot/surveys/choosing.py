"""Choices, as several types of questions have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from bot.rules.fields import ToldLine
from bot.rules.problems import Problem, quoted
from bot.rules.shapes import Shape
from bot.surveys.fields import ChoiceName
from bot.surveys.kinds import Raw, room_for
from bot.surveys.limits import Need, Room
from bot.surveys.wrong import WrongAnswerError


class ChoiceShape(Shape):
    """Something that can be chosen."""

    name: ChoiceName
    """A short name, for skip rules and figures; keep it when you reword the title."""
    title: ToldLine
    """What people read."""


ChoicesField = Annotated[tuple[ChoiceShape, ...], Field(max_length=100)]
_FEWEST = 2


def codes_of(choices: Sequence[ChoiceShape]) -> Mapping[str, int]:
    """Return the places of choices by their names."""
    return {one.name: n for n, one in enumerate(choices)}


def picked(choices: Sequence[ChoiceShape], raw: Raw) -> str:
    """Return the name of the one that was chosen; raises WrongAnswerError."""
    one = raw[0] if isinstance(raw, tuple) and len(raw) == 1 else raw
    if not isinstance(one, str) or one not in codes_of(choices):
        raise WrongAnswerError("no_choice")
    return one


def choice_needs(choices: Sequence[ChoiceShape], room: Room) -> Iterator[Need]:
    """Yield the room that choices need; "prefer not to say" stands among them."""
    remedy = 'one place is for "prefer not to say"'
    if room is not Room.LIST:
        remedy += "; `look: list` has room for more"
    yield Need(("choices",), room, len(choices) + 1, remedy)
    words = Room.BUTTON if room is Room.BUTTONS else Room.OPTION
    for n, one in enumerate(choices):
        yield from room_for(("choices", n, "title"), words, one.title)


def choice_problems(choices: Sequence[ChoiceShape]) -> Iterator[Problem]:
    """Yield what is wrong between choices: too few of them, or a name that stands there twice."""
    if len(choices) < _FEWEST:
        yield Problem(("choices",), f"there are {len(choices)} choices; allowed: {_FEWEST} or more")
    seen: set[str] = set()
    for n, one in enumerate(choices):
        if one.name in seen:
            yield Problem(("choices", n, "name"), f"the name {quoted(one.name)} is taken; each name is used once")
        seen.add(one.name)

"""Declared attribute: what somebody says of themselves, such as their region; it fills their page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import Field

from bot.rules.fields import Name
from bot.rules.problems import Problem, quoted
from bot.rules.protected import is_protected
from bot.surveys.choosing import ChoiceShape, choice_needs, choice_problems, codes_of, picked
from bot.surveys.columns import coded
from bot.surveys.fields import Mode
from bot.surveys.kinds import Json, Kind, QuestionShape, Raw, Stored
from bot.surveys.limits import Need, Room
from bot.surveys.writing import written
from scoring.surveys.answers import Coded, Column
from scoring.surveys.published import NOTHING, Published, one_choice
from scoring.surveys.small import FIVE, Floor

_LONGEST = 60


class AttributeQuestion(QuestionShape):
    """Something that people say of themselves; their page holds it with the note that they said so."""

    attribute: Name
    """Which one: `region`, `handle`, or a declared group of the rules file."""
    choices: tuple[ChoiceShape, ...] = Field((), max_length=100)
    """What can be chosen; left out: it is written freely."""


class Attribute(Kind[AttributeQuestion]):
    """A declared attribute; stored as the choice's name, or as what was written."""

    name = "attribute"
    shape = AttributeQuestion
    modes = frozenset({Mode.NAMED, Mode.CONFIDENTIAL})
    unfit = "an attribute fills the page of whoever gave it, so it cannot be asked for in an anonymous survey"

    def seconds(self, of: AttributeQuestion) -> float:
        """Return five seconds and a little for each choice."""
        return 5 + 0.3 * len(of.choices)

    def codes(self, of: AttributeQuestion) -> Mapping[str, int]:
        """Return the choices' places; none where it is written freely."""
        return codes_of(of.choices)

    def accept(self, of: AttributeQuestion, raw: Raw) -> Json:
        """Return the choice or the words, on one line."""
        return picked(of.choices, raw) if of.choices else " ".join(written(raw, _LONGEST).split())

    def column(self, of: AttributeQuestion, answers: Sequence[Stored]) -> Coded:
        """Return the choices' places; of what was written, the places of all different words in their order."""
        if of.choices:
            return coded(self.codes(of), answers)
        folded = [one.casefold() if isinstance(one, str) else one for one in answers]
        words = sorted({one for one in folded if isinstance(one, str)})
        return coded({word: n for n, word in enumerate(words)}, folded)

    def published(self, column: Column, floor: Floor = FIVE) -> Published:
        """Return how many chose what."""
        return one_choice(column, floor) if isinstance(column, Coded) else NOTHING

    def needs(self, of: AttributeQuestion) -> Iterator[Need]:
        """Yield the room that the choices need."""
        yield from super().needs(of)
        if of.choices:
            yield from choice_needs(of.choices, Room.LIST)

    def problems(self, of: AttributeQuestion) -> Iterator[Problem]:
        """Yield traits that no page holds, and what is wrong with the choices."""
        if is_protected(of.attribute):
            yield Problem(
                ("attribute",),
                f"{quoted(of.attribute)} is nobody's business on a page; ask it as a `choice` in an anonymous survey",
            )
        if of.choices:
            yield from choice_problems(of.choices)


KIND = Attribute()

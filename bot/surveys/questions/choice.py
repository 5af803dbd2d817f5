"""One choice: somebody picks one of several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.rules.problems import Problem
from bot.surveys.choosing import ChoicesField, choice_needs, choice_problems, codes_of, picked
from bot.surveys.columns import coded
from bot.surveys.fields import Look, LookField
from bot.surveys.kinds import Json, Kind, QuestionShape, Raw, Stored
from bot.surveys.limits import Need, Room
from scoring.surveys.answers import Coded, Column
from scoring.surveys.published import NOTHING, Published, one_choice
from scoring.surveys.small import FIVE, Floor

_ROOMS = {Look.BUTTONS: Room.BUTTONS, Look.RADIO: Room.RADIO, Look.LIST: Room.LIST}


class ChoiceQuestion(QuestionShape):
    """One of several choices."""

    choices: ChoicesField
    """What can be chosen, two or more."""
    look: LookField | None = None
    """How they are shown: `buttons`, `radio` or `list`; left out: radio buttons as long as these have room."""


class Choice(Kind[ChoiceQuestion]):
    """One choice; stored as its name."""

    name = "choice"
    shape = ChoiceQuestion

    def seconds(self, of: ChoiceQuestion) -> float:
        """Return two seconds and a little for each choice to read."""
        return 2 + 0.5 * len(of.choices)

    def codes(self, of: ChoiceQuestion) -> Mapping[str, int]:
        """Return the choices' places."""
        return codes_of(of.choices)

    def accept(self, of: ChoiceQuestion, raw: Raw) -> Json:
        """Return the chosen name."""
        return picked(of.choices, raw)

    def column(self, of: ChoiceQuestion, answers: Sequence[Stored]) -> Coded:
        """Return the chosen places."""
        return coded(self.codes(of), answers)

    def published(self, column: Column, floor: Floor = FIVE) -> Published:
        """Return how many chose what."""
        return one_choice(column, floor) if isinstance(column, Coded) else NOTHING

    def needs(self, of: ChoiceQuestion) -> Iterator[Need]:
        """Yield the room that the choices need, "prefer not to say" among them."""
        yield from super().needs(of)
        look = of.look or (Look.RADIO if len(of.choices) < _RADIO else Look.LIST)
        yield from choice_needs(of.choices, _ROOMS.get(look, Room.RADIO))

    def problems(self, of: ChoiceQuestion) -> Iterator[Problem]:
        """Yield names of choices that stand there twice, too few choices, and a look that is not for one."""
        yield from choice_problems(of.choices)
        if of.look is Look.TICKS:
            yield Problem(
                ("look",), "ticks are for several choices (`type: choices`); allowed here: buttons, radio, list"
            )


_RADIO = 10
"""With as many choices, "prefer not to say" would be the eleventh; then a list is used."""
KIND = Choice()

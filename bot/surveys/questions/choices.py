"""Several choices: somebody ticks all that fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from bot.rules.problems import Problem
from bot.surveys.choosing import ChoicesField, choice_needs, choice_problems, codes_of
from bot.surveys.columns import states_of
from bot.surveys.fields import Look, LookField, MostChosen
from bot.surveys.kinds import Json, Kind, QuestionShape, Raw, Stored
from bot.surveys.limits import Need, Room
from bot.surveys.wrong import WrongAnswerError
from scoring.surveys.answers import Column, Several
from scoring.surveys.published import NOTHING, Published, several_choices
from scoring.surveys.small import FIVE, Floor


class ChoicesQuestion(QuestionShape):
    """All that fit of several choices."""

    choices: ChoicesField
    """What can be chosen, two or more."""
    most: MostChosen | None = None
    """How many can be chosen at most; left out: all."""
    look: LookField = Look.TICKS
    """How they are shown: boxes to tick (`ticks`), or a `list` where there are more of them."""


class Choices(Kind[ChoicesQuestion]):
    """Several choices; stored as their names in the order of the file. None of them is an answer, too."""

    name = "choices"
    shape = ChoicesQuestion
    several = True

    def seconds(self, of: ChoicesQuestion) -> float:
        """Return three seconds and a little for each choice to read and think of."""
        return 3 + 0.8 * len(of.choices)

    def codes(self, of: ChoicesQuestion) -> Mapping[str, int]:
        """Return the choices' places."""
        return codes_of(of.choices)

    def accept(self, of: ChoicesQuestion, raw: Raw) -> Json:
        """Return the chosen names, each once."""
        given = (raw,) if isinstance(raw, str) else raw
        names = [one.name for one in of.choices]
        if not isinstance(given, tuple) or not all(isinstance(one, str) and one in names for one in given):
            raise WrongAnswerError("no_choice")
        if of.most is not None and len(set(given)) > of.most:
            raise WrongAnswerError("too_many_choices", most=int(of.most))
        return [name for name in names if name in given]

    def column(self, of: ChoicesQuestion, answers: Sequence[Stored]) -> Several:
        """Return who chose what."""
        names = [one.name for one in of.choices]
        chosen = [[isinstance(one, list) and name in one for name in names] for one in answers]
        return Several(states_of(answers), np.array(chosen, np.bool_).reshape(len(answers), len(names)))

    def published(self, column: Column, floor: Floor = FIVE) -> Published:
        """Return how many chose what."""
        return several_choices(column, floor) if isinstance(column, Several) else NOTHING

    def needs(self, of: ChoicesQuestion) -> Iterator[Need]:
        """Yield the room that the choices need, "prefer not to say" among them."""
        yield from super().needs(of)
        yield from choice_needs(of.choices, Room.LIST if of.look is Look.LIST else Room.TICKS)

    def problems(self, of: ChoicesQuestion) -> Iterator[Problem]:
        """Yield names of choices that stand there twice, too few choices, and limits that limit nothing."""
        yield from choice_problems(of.choices)
        if of.look not in (Look.TICKS, Look.LIST):
            yield Problem(("look",), f"{of.look} is for one choice only; allowed here: ticks, list")
        if of.most is not None and of.most > len(of.choices):
            yield Problem(("most",), f"there are only {len(of.choices)} choices; allowed: 1 to {len(of.choices)}")


KIND = Choices()

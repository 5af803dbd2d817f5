"""People: whom somebody works with, and how often for what."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from bot.surveys.columns import states_of
from bot.surveys.fields import Mode
from bot.surveys.fields import People as PeopleField
from bot.surveys.kinds import Json, Kind, NamedPerson, QuestionShape, Raw, Stored
from bot.surveys.wrong import WrongAnswerError
from scoring.surveys.answers import SOMEONE_ELSE, Named

LEVELS = {"": 0, "never": 0, "rarely": 1, "sometimes": 2, "often": 3}
"""How often, and what is stored for it."""
_TIES = 3


class PeopleQuestion(QuestionShape):
    """Up to seven people, each with: do you collaborate, go to them for advice, speak with them?"""

    most: PeopleField = Decimal(7)
    """How many people can be named at most."""


class People(Kind[PeopleQuestion]):
    """People; stored as [number, collaborate, advice, speak] each, number 0 for someone else, ties 0 to 3."""

    name = "people"
    shape = PeopleQuestion
    modes = frozenset({Mode.NAMED, Mode.CONFIDENTIAL})
    unfit = "who names whom tells who is asked, so people cannot be named in an anonymous survey"

    def seconds(self, of: PeopleQuestion) -> float:
        """Return the time for naming them and saying how often: most people name some of those they could."""
        return 5 + 12 * int(of.most) / 2

    def accept(self, of: PeopleQuestion, raw: Raw) -> Json:
        """Return the people; nobody is an answer, too. Members can be named once, someone else several times."""
        if not isinstance(raw, tuple) or not all(isinstance(one, NamedPerson) for one in raw):
            raise WrongAnswerError("no_people")
        named = [one for one in raw if isinstance(one, NamedPerson)]
        known = [one.person for one in named if one.person is not None]
        if len(named) > of.most:
            raise WrongAnswerError("too_many_people", most=int(of.most))
        if len(set(known)) < len(known):
            raise WrongAnswerError("person_twice")
        return [_row(one) for one in named]

    def column(self, of: PeopleQuestion, answers: Sequence[Stored]) -> Named:
        """Return who named whom."""
        rows = [(n, *row) for n, one in enumerate(answers) if isinstance(one, list) for row in one]
        table = np.array(rows, np.int64).reshape(len(rows), 2 + _TIES)
        return Named(states_of(answers), table[:, 0], table[:, 1], table[:, 2:])


def _row(one: NamedPerson) -> list[int]:
    ties = (one.collaborate, one.advice, one.speak)
    if not all(tie in LEVELS for tie in ties) or (one.person is not None and one.person < 1):
        raise WrongAnswerError("no_people")
    return [one.person or SOMEONE_ELSE, *(LEVELS[tie] for tie in ties)]


KIND = People()

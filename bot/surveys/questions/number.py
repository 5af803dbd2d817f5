"""Number: how many, how long, how much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

import numpy as np

from bot.rules.problems import Problem
from bot.surveys.columns import states_of
from bot.surveys.fields import Number as NumberField
from bot.surveys.fields import Places
from bot.surveys.kinds import Json, Kind, QuestionShape, Raw, Stored
from bot.surveys.wrong import WrongAnswerError
from scoring.surveys.answers import Column, Measured
from scoring.surveys.published import Numbers, numbers
from scoring.surveys.small import FIVE, Floor

_LONGEST = 30


class NumberQuestion(QuestionShape):
    """A number within limits."""

    least: NumberField = Decimal(0)
    """The least that is an answer."""
    most: NumberField = Decimal(1000)
    """The most that is an answer."""
    decimals: Places = Decimal(0)
    """How many places after the point an answer can have."""


class Number(Kind[NumberQuestion]):
    """A number; stored as such."""

    name = "number"
    shape = NumberQuestion

    def seconds(self, of: NumberQuestion) -> float:
        """Return five seconds."""
        return 5

    def accept(self, of: NumberQuestion, raw: Raw) -> Json:
        """Return the number; a comma is a point, too."""
        found = _read(raw)
        exact = found is not None and found == round(found, int(of.decimals))
        if found is None or not of.least <= found <= of.most or not exact:
            fault = "no_whole_number" if not of.decimals else "no_number"
            raise WrongAnswerError(fault, least=_shown(of.least), most=_shown(of.most), places=int(of.decimals))
        return int(found) if found == found.to_integral_value() else float(found)

    def column(self, of: NumberQuestion, answers: Sequence[Stored]) -> Measured:
        """Return the numbers."""
        values = [float(one) if isinstance(one, int | float) else 0.0 for one in answers]
        return Measured(states_of(answers), np.array(values, np.float64))

    def published(self, column: Column, floor: Floor = FIVE) -> Numbers | None:
        """Return the mean, the median and the quartiles."""
        return numbers(column, floor) if isinstance(column, Measured) else None

    def problems(self, of: NumberQuestion) -> Iterator[Problem]:
        """Yield limits that leave no answer."""
        if of.most <= of.least:
            yield Problem(("most",), f"{_shown(of.most)} is not above `least` ({_shown(of.least)}); allowed: more")


def _read(raw: Raw) -> Decimal | None:
    text = str(raw).strip() if isinstance(raw, str | float | int) and not isinstance(raw, bool) else ""
    if not 0 < len(text) <= _LONGEST or not text.isascii() or "_" in text:
        return None
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) < _LONGEST else None


def _shown(number: Decimal) -> str:
    return f"{number:f}"


KIND = Number()

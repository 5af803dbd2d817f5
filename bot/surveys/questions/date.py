"""Date: a day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

import numpy as np

from bot.rules.fields import Day
from bot.rules.problems import Problem
from bot.surveys.columns import states_of
from bot.surveys.kinds import Json, Kind, QuestionShape, Raw, Stored
from bot.surveys.wrong import WrongAnswerError
from scoring.signals import day_number
from scoring.surveys.answers import Column, Measured
from scoring.surveys.published import Numbers, numbers
from scoring.surveys.small import FIVE, Floor

_DAY = re.compile(r"([12]\d{3})-(\d{1,2})-(\d{1,2})|(\d{1,2})\.(\d{1,2})\.([12]\d{3})", re.ASCII)


class DateQuestion(QuestionShape):
    """A day within limits."""

    first: Day = dt.date(1970, 1, 1)
    """The first day that is an answer."""
    last: Day = dt.date(2099, 12, 31)
    """The last day that is an answer."""


class Date(Kind[DateQuestion]):
    """A day; stored as 2026-01-31."""

    name = "date"
    shape = DateQuestion

    def seconds(self, of: DateQuestion) -> float:
        """Return six seconds."""
        return 6

    def accept(self, of: DateQuestion, raw: Raw) -> Json:
        """Return the day; written as 2026-01-31 or 31.1.2026."""
        found = _read(raw)
        if found is None or not of.first <= found <= of.last:
            raise WrongAnswerError("no_day", first=of.first.isoformat(), last=of.last.isoformat())
        return found.isoformat()

    def column(self, of: DateQuestion, answers: Sequence[Stored]) -> Measured:
        """Return day numbers."""
        values = [day_number(dt.date.fromisoformat(one)) if isinstance(one, str) else 0 for one in answers]
        return Measured(states_of(answers), np.array(values, np.float64))

    def published(self, column: Column, floor: Floor = FIVE) -> Numbers | None:
        """Return the mean, the median and the quartiles, as day numbers."""
        return numbers(column, floor) if isinstance(column, Measured) else None

    def problems(self, of: DateQuestion) -> Iterator[Problem]:
        """Yield limits that leave no answer."""
        if of.last < of.first:
            yield Problem(("last",), f"{of.last} is before `first`; allowed: {of.first} or later")


def _read(raw: Raw) -> dt.date | None:
    match = _DAY.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if not match:
        return None
    year, month, day = match.group(1, 2, 3) if match[1] else match.group(6, 5, 4)
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


KIND = Date()

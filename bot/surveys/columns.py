"""From stored answers to columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bot.surveys.kinds import NotReached, Raw, Stored
from bot.surveys.wrong import WrongAnswerError
from scoring.columns import Ints
from scoring.surveys import answers as columns
from scoring.surveys.answers import Coded


def states_of(answers: Sequence[Stored]) -> Ints:
    """Return what became of a question at each respondent."""
    reached = [not isinstance(one, NotReached) for one in answers]
    return columns.states([one is not None and there for one, there in zip(answers, reached, strict=True)], reached)


def coded(codes: Mapping[str, int], answers: Sequence[Stored]) -> Coded:
    """Return answers that are names or numbers as their codes."""
    found = [codes[str(one)] if isinstance(one, str | int) else 0 for one in answers]
    return Coded(states_of(answers), np.array(found, np.int64), tuple(codes.values()))


def whole(raw: Raw, least: int, most: int) -> int:
    """Return a number of a scale; raises WrongAnswerError."""
    one = raw[0] if isinstance(raw, tuple) and len(raw) == 1 else raw
    text = str(int(one)) if isinstance(one, float | int) and not isinstance(one, bool) and one == one // 1 else one
    scale = {str(number): number for number in range(least, most + 1)}
    if not isinstance(text, str) or text not in scale:
        raise WrongAnswerError("no_scale", least=least, most=most)
    return scale[text]

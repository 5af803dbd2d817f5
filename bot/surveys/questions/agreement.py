"""Agreement: how far somebody agrees with a sentence, from 1 (not at all) to 5 (fully)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.surveys.columns import coded, whole
from bot.surveys.fields import Mark, MarkField
from bot.surveys.kinds import Json, Kind, QuestionShape, Raw, Stored
from scoring.surveys.answers import Coded, Column
from scoring.surveys.published import NOTHING, Published, scale
from scoring.surveys.small import FIVE, Floor

_CODES = {str(code): code for code in range(1, 6)}


class AgreementQuestion(QuestionShape):
    """A sentence to agree with. The five answers are worded by Cairn, in each of its languages."""

    marked: MarkField | None = None
    """What it feeds: `alignment`, a part of the network's strength; or `pulse`, a series of its own."""


class Agreement(Kind[AgreementQuestion]):
    """Agreement; stored as its number."""

    name = "agreement"
    shape = AgreementQuestion
    marks = frozenset({Mark.ALIGNMENT, Mark.PULSE})

    def seconds(self, of: AgreementQuestion) -> float:
        """Return three seconds."""
        return 3

    def codes(self, of: AgreementQuestion) -> Mapping[str, int]:
        """Return 1 to 5."""
        return _CODES

    def accept(self, of: AgreementQuestion, raw: Raw) -> Json:
        """Return the number."""
        return whole(raw, 1, 5)

    def column(self, of: AgreementQuestion, answers: Sequence[Stored]) -> Coded:
        """Return the numbers."""
        return coded(_CODES, answers)

    def published(self, column: Column, floor: Floor = FIVE) -> Published:
        """Return how many agreed how far, and the mean."""
        return scale(column, floor) if isinstance(column, Coded) else NOTHING


KIND = Agreement()

"""Recommendation: how likely somebody is to recommend the community, from 0 to 10 (NPS)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.surveys.columns import coded, whole
from bot.surveys.fields import Mark, MarkField
from bot.surveys.kinds import Json, Kind, QuestionShape, Raw, Stored
from scoring.surveys.answers import Coded, Column
from scoring.surveys.published import NOTHING, Published, recommendation
from scoring.surveys.small import FIVE, Floor

_CODES = {str(code): code for code in range(11)}


class RecommendQuestion(QuestionShape):
    """How likely somebody is to recommend us, from 0 (not at all) to 10 (certainly)."""

    marked: MarkField | None = None
    """`pulse` makes its score a series of its own."""


class Recommend(Kind[RecommendQuestion]):
    """Recommendation; stored as its number. Its eleven answers and "prefer not to say" are a list."""

    name = "recommend"
    shape = RecommendQuestion
    marks = frozenset({Mark.PULSE})

    def seconds(self, of: RecommendQuestion) -> float:
        """Return four seconds."""
        return 4

    def codes(self, of: RecommendQuestion) -> Mapping[str, int]:
        """Return 0 to 10."""
        return _CODES

    def accept(self, of: RecommendQuestion, raw: Raw) -> Json:
        """Return the number."""
        return whole(raw, 0, 10)

    def column(self, of: RecommendQuestion, answers: Sequence[Stored]) -> Coded:
        """Return the numbers."""
        return coded(_CODES, answers)

    def published(self, column: Column, floor: Floor = FIVE) -> Published:
        """Return detractors, passives, promoters, and the net promoter score."""
        return recommendation(column, floor) if isinstance(column, Coded) else NOTHING


KIND = Recommend()

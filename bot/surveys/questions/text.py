"""Short text: a few words of somebody's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from bot.surveys.columns import states_of
from bot.surveys.fields import Longest, Mode
from bot.surveys.kinds import Json, Kind, QuestionShape, Raw, Stored
from bot.surveys.limits import Need, Room
from bot.surveys.writing import written
from scoring.surveys.answers import Written


class TextQuestion(QuestionShape):
    """Some words."""

    longest: Longest = Decimal(500)
    """How many characters it can have at most."""


class Text(Kind[TextQuestion]):
    """Short text; stored as plain words: what is invisible is left out, and nothing in it formats, links or calls."""

    name = "text"
    shape = TextQuestion
    modes = frozenset({Mode.NAMED, Mode.CONFIDENTIAL})
    unfit = "words of one's own often tell who wrote them, so they are never shown from an anonymous survey"

    def seconds(self, of: TextQuestion) -> float:
        """Return the time for a sentence or two."""
        return 12 if of.longest > 200 else 8

    def accept(self, of: TextQuestion, raw: Raw) -> Json:
        """Return the words."""
        return written(raw, int(of.longest))

    def column(self, of: TextQuestion, answers: Sequence[Stored]) -> Written:
        """Return who wrote something."""
        return Written(states_of(answers))

    def needs(self, of: TextQuestion) -> Iterator[Need]:
        """Yield the room for what is written."""
        yield from super().needs(of)
        yield Need(("longest",), Room.TEXT, int(of.longest))


KIND = Text()

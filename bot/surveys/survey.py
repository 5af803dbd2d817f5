"""A survey as its file says, checked: its settings, its questions, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.language import Words
from bot.rules.fields import Told
from bot.surveys.fields import DECLINED, END, Mark
from bot.surveys.kinds import Json, QuestionShape, Raw, Stored
from bot.surveys.registry import AnyKind
from bot.surveys.shapes import SurveyShape
from bot.surveys.wrong import WrongAnswerError
from scoring.surveys import paths
from scoring.surveys.answers import Column
from scoring.surveys.paths import Jump, Progress, Stop

WORDS_A_SECOND = 4
"""How many words of a question are read in a second."""
PAGE = 5
"""How many questions a form holds; more are paged."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its type."""

    shape: QuestionShape
    kind: AnyKind

    @property
    def name(self) -> str:
        """Its name in the survey."""
        return self.shape.name

    @property
    def mark(self) -> Mark | None:
        """What it feeds beyond the survey."""
        return getattr(self.shape, "marked", None)

    def accept(self, raw: Raw) -> Json:
        """Return an answer as it is stored, None for "prefer not to say"; raises WrongAnswerError."""
        return None if raw is None else self.kind.accept(self.shape, raw)

    def column(self, answers: Sequence[Stored]) -> Column:
        """Return stored answers as a column."""
        return self.kind.column(self.shape, answers)

    @property
    def seconds(self) -> float:
        """How long it takes to read and answer, in the language that takes longest."""
        longest = max(len(text.split()) for text in _texts(self.shape.ask))
        return longest / WORDS_A_SECOND + self.kind.seconds(self.shape)


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey that holds together. `version` says which: the digest of what it says."""

    settings: SurveyShape
    questions: tuple[Question, ...]
    version: str

    def place(self, name: str) -> int:
        """Return the place of a question; raises WrongAnswerError where there is none of that name."""
        for n, one in enumerate(self.questions):
            if one.name == name:
                return n
        raise WrongAnswerError("no_question")

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The questions as stops on the way, with their skip rules."""
        return stops(self.questions)

    def route(self, answers: Mapping[str, Json]) -> list[Question]:
        """Return the questions that somebody comes to with what they have answered; the last is open unless all are."""
        return [self.questions[n] for n in paths.route(self.stops, self._chosen(answers))]

    def progress(self, answers: Mapping[str, Json]) -> Progress:
        """Return how far somebody is."""
        return paths.progress(self.stops, self._chosen(answers))

    def first_line(self, words: Words) -> str:
        """Return who can see what, in plain words: the first line of each survey."""
        mode, results = self.settings.mode, self.settings.results
        seen = words.plain(f"survey.mode.{mode}")
        return f"{seen} {words.plain(f'survey.results.{results}')} {words.plain('survey.kept', n=self.settings.keep)}"

    def _chosen(self, answers: Mapping[str, Json]) -> dict[int, frozenset[int] | None]:
        return {
            n: one.kind.chosen(one.shape, answers[one.name])
            for n, one in enumerate(self.questions)
            if one.name in answers
        }


def stops(questions: Sequence[Question]) -> tuple[Stop, ...]:
    """Return questions as stops on the way; a skip rule to a question that is not there leads beyond the last."""
    places = {one.name: n for n, one in enumerate(questions)} | {END: paths.END}
    return tuple(_stop(one, places, len(questions)) for one in questions)


def told(text: Told, words: Words) -> str:
    """Return a text of a survey in a language, else in English, else in the language there is."""
    if isinstance(text, str):
        return text
    return text.get(words.tag) or text.get("en") or next(iter(text.values()), "")


def seconds_of(questions: Sequence[Question]) -> float:
    """Return how long the longest way through questions takes; their skip rules must be sound."""
    way = stops(questions)
    longest: dict[int, float] = {}

    def taking(at: int) -> float:
        return 0.0 if at == paths.END else longest[at]

    for at in paths.backwards(way):
        longest[at] = questions[at].seconds + max(taking(to) for to in paths.exits(way, at))
    return longest[0] if longest else 0.0


def _stop(question: Question, places: Mapping[str, int], beyond: int) -> Stop:
    codes = question.kind.codes(question.shape)
    jumps = tuple(
        Jump(
            places.get(rule.to, beyond),
            frozenset(codes.get(one, _NO_CODE) for one in rule.after if one != DECLINED),
            DECLINED in rule.after,
        )
        for rule in question.shape.skip
    )
    return Stop(frozenset(codes.values()), question.kind.several, jumps)


_NO_CODE = -1


def _texts(text: Told) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())

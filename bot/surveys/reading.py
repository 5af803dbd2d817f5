"""Reads a survey file: one call from text to Survey, or one error that names all that is wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from bot.rules.document import Document, Sort, Tree, read_document, text_of
from bot.rules.problems import Problem, input_error, not_among, quoted
from bot.surveys.checks import check, check_questions
from bot.surveys.limits import Limits
from bot.surveys.registry import kinds
from bot.surveys.shapes import SurveyShape
from bot.surveys.survey import Question, Survey
from bot.surveys.wording import told

SORT = Sort("survey file", "survey files", "`name:` and `questions:`", cuts=True)
MOST_QUESTIONS = 50
_VERSION_DIGITS = 12


def read_survey(path: FilePath, platforms: Sequence[Limits]) -> Survey:
    """Return what a survey file says; `platforms` are those it has to fit on. Raises InputError with all faults."""
    return parse_survey(text_of(path, SORT), str(path), platforms)


def parse_survey(text: str, name: str, platforms: Sequence[Limits]) -> Survey:
    """Return what a survey file's text says; `name` stands in errors. Raises InputError like `read_survey`."""
    document = read_document(text, name, SORT)
    problems = list(document.problems)
    settings = _settings(document, problems)
    questions = _questions(document, problems)
    whole = [one for _, one in questions]
    complete = len(whole) == len(_items(document.tree)) and settings is not None
    problems += check_questions(questions, platforms)
    if settings is not None:
        problems += check(settings, questions, platforms, complete=complete and not problems)
    if problems or settings is None:
        raise input_error(name, document.lines, problems)
    return Survey(settings, tuple(whole), _version(settings, whole))


def _settings(document: Document, problems: list[Problem]) -> SurveyShape | None:
    tree = {key: value for key, value in document.tree.items() if key != "questions"}
    try:
        return SurveyShape.model_validate(tree)
    except ValidationError as error:
        problems += told(error, SurveyShape)
        return None


def _questions(document: Document, problems: list[Problem]) -> list[tuple[int, Question]]:
    """Return the questions of the right shape with their places in the file."""
    listed = document.tree.get("questions")
    if not isinstance(listed, list) or not listed:
        found = "nothing" if listed is None else quoted(listed)
        problems.append(Problem(("questions",), f"{found} was found; a list of one question or more was expected"))
        return []
    if len(listed) > MOST_QUESTIONS:
        sentence = f"there are {len(listed)} questions; at most {MOST_QUESTIONS} are allowed, and few are better"
        problems.append(Problem(("questions",), sentence))
    found_ones = ((n, _question(n, item, problems)) for n, item in enumerate(listed[:MOST_QUESTIONS]))
    return [(n, one) for n, one in found_ones if one is not None]


def _question(n: int, item: Tree, problems: list[Problem]) -> Question | None:
    path = ("questions", n)
    if not isinstance(item, dict):
        found = "nothing" if item is None else quoted(item)
        problems.append(
            Problem(path, f"{found} was found; a question was expected, with fields such as `type` and `ask`")
        )
        return None
    there, kind = kinds(), item.get("type")
    if not isinstance(kind, str) or kind not in there:
        missing = f"the field `type` is missing; allowed: {', '.join(there)}"
        wrong = missing if kind is None else not_among(kind, there, "a type of question")
        problems.append(Problem((*path, "type") if kind is not None else path, wrong))
        return None
    try:
        return Question(there[kind].shape.model_validate(item), there[kind])
    except ValidationError as error:
        problems += told(error, there[kind].shape, path)
        return None


def _items(tree: dict[str, Tree]) -> list[Tree]:
    listed = tree.get("questions")
    return listed if isinstance(listed, list) else []


def canonical(settings: SurveyShape, questions: Iterable[Question]) -> str:
    """Return what a survey says as JSON without spaces, sorted, without what is left at default."""
    said: dict[str, Any] = settings.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    said["questions"] = [one.shape.model_dump(mode="json", by_alias=True, exclude_defaults=True) for one in questions]
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _version(settings: SurveyShape, questions: Iterable[Question]) -> str:
    said = canonical(settings, questions).encode("utf-8", "backslashreplace")
    return hashlib.sha256(said).hexdigest()[:_VERSION_DIGITS]

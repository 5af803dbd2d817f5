"""What the parts of a survey must be to one another: names that exist, ways that end, texts in all languages, room.

Each check yields a problem for each thing that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from bot.language import LANGUAGES
from bot.rules.problems import Path, Problem, not_among, quoted
from bot.surveys.fields import DECLINED, END
from bot.surveys.kinds import SkipShape, room_for
from bot.surveys.limits import Limits, Need, Room, too_much
from bot.surveys.shapes import SurveyShape
from bot.surveys.survey import Question, seconds_of, stops
from scoring.surveys.paths import Fault, Wrong, faults

Placed = Sequence[tuple[int, Question]]
"""Questions with their places in the file; those of the wrong shape are left out."""
_FAR = 2
"""How many times longer or shorter than it says a survey may take."""


def check_questions(questions: Placed, platforms: Sequence[Limits]) -> Iterator[Problem]:
    """Yield every problem of questions by themselves."""
    seen: set[str] = set()
    for n, one in questions:
        path = ("questions", n)
        if one.name in seen:
            yield Problem((*path, "name"), f"the name {quoted(one.name)} is taken; each name is used once")
        seen.add(one.name)
        needs: list[Need] = list(one.kind.needs(one.shape))
        for problem in (*one.kind.problems(one.shape), *too_much(needs, platforms)):
            yield Problem((*path, *problem.path), problem.sentence)
        if one.mark is not None and one.mark not in one.kind.marks:
            allowed = ", ".join(sorted(one.kind.marks))
            yield Problem((*path, "marked"), f"{quoted(one.mark)} does not go with {one.kind.name}; allowed: {allowed}")


def check(
    settings: SurveyShape, questions: Placed, platforms: Sequence[Limits], *, complete: bool
) -> Iterator[Problem]:
    """Yield every problem between settings and questions. `complete`: nothing else is wrong with them."""
    yield from too_much(room_for(("title",), Room.TITLE, settings.title), platforms)
    yield from too_much(room_for(("purpose",), Room.POST, settings.purpose), platforms)
    yield from _schedule(settings)
    yield from _modes(settings, questions)
    yield from _languages(settings, questions)
    yield from _targets(questions, complete=complete)
    if complete:
        found = list(_ways(questions))
        yield from found
        yield from () if found else _length(settings, questions)


def _schedule(settings: SurveyShape) -> Iterator[Problem]:
    plan = settings.schedule
    if plan is None:
        return
    given = [name for name in ("every", "after_convening", "at_step") if getattr(plan, name) is not None]
    if len(given) != 1:
        yield Problem(("schedule",), "exactly one of `every`, `after_convening` and `at_step` says when it is asked")
    if plan.weekday is not None and plan.every != "week":
        yield Problem(("schedule", "weekday"), "a day of the week goes with `every: week` only")


def _modes(settings: SurveyShape, questions: Placed) -> Iterator[Problem]:
    for n, one in questions:
        if settings.mode not in one.kind.modes:
            allowed = ", ".join(mode for mode in one.kind.modes)
            yield Problem(
                ("questions", n, "type"), f"{one.kind.unfit}; allowed for {one.kind.name}: a `mode` of {allowed}"
            )


def _languages(settings: SurveyShape, questions: Placed) -> Iterator[Problem]:
    """Find texts that lack a language which others have: whoever reads it would read two languages in one survey."""
    told = list(_told((), settings))
    for n, one in questions:
        told += _told(("questions", n), one.shape)
    used = [tag for tag in LANGUAGES if any(tag in text for _, text in told)]
    for path, text in told:
        missing = [tag for tag in used if tag not in text]
        if missing:
            yield Problem(path, f"there is no text in {' or '.join(missing)}; other texts of this survey have it")


def _told(path: Path, value: Any) -> Iterator[tuple[Path, dict[str, str]]]:  # noqa: ANN401 - whatever fields hold
    """Yield the texts that stand in several languages, with their paths."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _told((*path, name), getattr(value, name))
    elif isinstance(value, tuple):
        for n, one in enumerate(value):
            yield from _told((*path, n), one)
    elif isinstance(value, dict):
        yield path, value


def _targets(questions: Placed, *, complete: bool) -> Iterator[Problem]:
    names = [one.name for _, one in questions]
    for n, one in questions:
        for place, rule in enumerate(one.shape.skip):
            path = ("questions", n, "skip", place)
            if rule.to not in (*names, END) and complete:
                yield Problem((*path, "to"), not_among(rule.to, (*names, END), "a question of this survey"))
            yield from _answers(path, one, rule)


def _answers(path: Path, question: Question, rule: SkipShape) -> Iterator[Problem]:
    codes = list(question.kind.codes(question.shape))
    for place, name in enumerate(rule.after):
        if name != DECLINED and name not in codes:
            yield Problem((*path, "after", place), not_among(name, (*codes, DECLINED), "an answer to this question"))


def _ways(questions: Placed) -> Iterator[Problem]:
    there = [one for _, one in questions]
    for fault in faults(stops(there)):
        yield _fault(fault, there)


def _fault(fault: Fault, questions: Sequence[Question]) -> Problem:
    path: Path = ("questions", fault.question)
    if fault.rule is not None:
        path = (*path, "skip", fault.rule)
    match fault.wrong:
        case Wrong.CYCLE:
            names = [questions[n].name for n in (*fault.circle, fault.circle[0])]
            return Problem(path, f"the skip rules lead in a circle: {' -> '.join(names)}; nobody would reach the end")
        case Wrong.UNREACHED:
            return Problem(path, "no way leads to this question; a skip rule above always jumps over it")
        case Wrong.NEVER:
            return Problem(path, "this skip rule never holds; the rules above it take all of its answers")
    return Problem(path, "this skip rule leads nowhere")


def _length(settings: SurveyShape, questions: Placed) -> Iterator[Problem]:
    takes, says = seconds_of([one for _, one in questions]), float(settings.seconds)
    if not takes / _FAR <= says <= takes * _FAR:
        around = f"{max(5, round(takes / _FAR))} to {max(5, round(takes * _FAR))}"
        yield Problem(("seconds",), f"{says:.0f} was found; these questions take about {takes:.0f}; allowed: {around}")

"""What pydantic finds wrong with the shape of a survey file, in our words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.rules.problems import Path, Problem, nearest, quoted
from bot.rules.shapes import Shape

_POINTS = "points come from the Mountain: count `survey_answer` in the rules file"


def told(error: ValidationError, shape: type[Shape], above: Path = ()) -> Iterator[Problem]:
    """Yield a problem for each thing of the wrong shape; `above` is where the group stands in the file."""
    for one in error.errors(include_url=False):
        yield _problem(one, shape, above)


def fields_of(shape: type[Shape]) -> list[str]:
    """Return the fields of a group as files name them."""
    return [one.alias or name for name, one in shape.model_fields.items()]


def _problem(error: ErrorDetails, shape: type[Shape], above: Path) -> Problem:
    path, found = error["loc"], error["input"]
    here = (*above, *path)
    around = _fields(shape, path[:-1])
    if error["type"] == "missing":
        return Problem(here[:-1], f"the field `{path[-1]}` is missing; allowed: {', '.join(around)}")
    if error["type"] == "extra_forbidden":
        hint = _POINTS if path[-1] == "points" else f"allowed: {', '.join(around)}{nearest(path[-1], around)}"
        return Problem(here, f"there is no field {quoted(path[-1])} here; {hint}")
    if error["type"] == "rules":
        return Problem(here, error["msg"])
    if error["type"] == "too_long":
        return Problem(here, f"{quoted(found)} was found; allowed: at most {error['ctx']['max_length']}")
    inside = _fields(shape, path)
    expected = f"a group of fields was expected; allowed: {', '.join(inside)}" if inside else "a list was expected"
    return Problem(here, f"{'nothing' if found is None else quoted(found)} was found; {expected}")


def _fields(shape: type[Shape], path: Path) -> list[str]:
    """Return the fields that the group at a path has; none where there is a value or a list."""
    at: type[Shape] | None = shape
    listed = False
    for part in path:
        if isinstance(part, int):
            listed = False
            continue
        there = {one.alias or name: one.annotation for name, one in at.model_fields.items()} if at else {}
        at = _shape_in(there.get(str(part)))
        listed = "tuple" in str(there.get(str(part)))
    return fields_of(at) if at is not None and not listed else []


def _shape_in(annotation: Any) -> type[Shape] | None:  # noqa: ANN401 - any type that a field has
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation
    return next((found for one in get_args(annotation) if (found := _shape_in(one)) is not None), None)

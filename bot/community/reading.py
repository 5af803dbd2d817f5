"""Reads a `community.yaml`: one call from text to its shape, or one error that names all that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.community.shapes import CommunityShape
from bot.ports import Listed, Platform
from bot.rules.document import Document, Sort, Tree, read_document, text_of
from bot.rules.problems import Path, Problem, input_error, nearest, quoted
from bot.rules.shapes import Shape

SORT = Sort("community file", "community files", "`name:` and `spaces:`")

Platforms = Mapping[str, Platform]


def read_community(path: FilePath, platforms: Platforms) -> CommunityShape:
    """Return what a file says. Raises InputError that lists all that is wrong with it, a line each."""
    return parse_community(text_of(path, SORT), str(path), platforms)


def parse_community(text: str, name: str, platforms: Platforms) -> CommunityShape:
    """Return what a file's text says; `name` stands in errors. Raises InputError like `read_community`."""
    document = read_document(text, name, SORT)
    problems = [*document.problems, *_contradictions(document)]
    found = None
    try:
        found = CommunityShape.model_validate(document.tree, context={"platforms": platforms})
    except ValidationError as error:
        problems += [_problem(one) for one in error.errors(include_url=False)]
    if problems or found is None:
        raise input_error(name, document.lines, problems)
    return found


def _contradictions(document: Document) -> Iterator[Problem]:
    """Find what each field allows and the whole does not; also where other fields are wrong."""
    seen: dict[tuple[str, str], Path] = {}
    listed = document.tree.get("spaces")
    for n, item in enumerate(listed if isinstance(listed, list) else ()):
        if not isinstance(item, dict):
            continue
        platform, space = item.get("platform"), item.get("id")
        if isinstance(platform, str) and isinstance(space, str):
            key = (platform.strip().casefold(), space.strip())
            if key in seen:
                first = document.lines.get(seen[key], 1)
                yield Problem(("spaces", n, "id"), f"{quoted(space)} stands in line {first} already; keep one of them")
            seen.setdefault(key, ("spaces", n, "id"))
        channels = item.get("channels")
        if isinstance(channels, dict):
            yield from _both(("spaces", n, "channels"), channels)


def _both(path: Path, channels: dict[str, Tree]) -> Iterator[Problem]:
    """Find channels that are listed in and out."""
    inside = Listed.of(_texts(channels.get("in")))
    for n, one in enumerate(_texts(channels.get("out"))):
        if inside.has(one):
            yield Problem((*path, "out", n), f"{quoted(one)} is listed under `in` as well; keep one of them")


def _texts(found: Tree) -> list[str]:
    several = found if isinstance(found, list) else [found]
    return [one for one in several if isinstance(one, str)]


def _problem(error: ErrorDetails) -> Problem:
    """Return a pydantic error in our words."""
    path, found = error["loc"], error["input"]
    around = _names(path[:-1])
    if error["type"] == "missing":
        return Problem(path[:-1], f"the field `{path[-1]}` is missing; allowed: {', '.join(around)}")
    if error["type"] == "extra_forbidden":
        hint = f"allowed: {', '.join(around)}{nearest(path[-1], around)}"
        return Problem(path, f"there is no field {quoted(path[-1])} here; {hint}")
    if error["type"] == "rules":
        return Problem(path, error["msg"])
    if error["type"] == "too_long":
        return Problem(path, f"{quoted(found)} was found; allowed: at most {error['ctx']['max_length']}")
    if error["type"] == "too_short":
        return Problem(path, "nothing stands here; at least one was expected")
    here = _names(path)
    expected = f"a group of fields was expected; allowed: {', '.join(here)}" if here else "a list was expected"
    return Problem(path, f"{'nothing' if found is None else quoted(found)} was found; {expected}")


def _names(path: Path) -> list[str]:
    """Return the fields that the group at a path has; none where there is a value or a list."""
    shape: Any = CommunityShape
    for part in path:
        if isinstance(part, int):
            continue
        fields = {one.alias or name: one for name, one in shape.model_fields.items()} if shape is not None else {}
        shape = _shape_in(fields[part].annotation) if part in fields else None
    if shape is None or (path and not isinstance(path[-1], int) and path[-1] == "spaces"):
        return []
    return [one.alias or name for name, one in shape.model_fields.items()]


def _shape_in(annotation: Any) -> type[Shape] | None:  # noqa: ANN401 - any type that a field has
    """Return the shape of a field's group or of its list's items."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation
    return next((found for one in get_args(annotation) if (found := _shape_in(one)) is not None), None)

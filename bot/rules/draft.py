"""A rules file on the way to being valid: what of it has the right shape already, and all that has not.

The parts of the right shape are checked further even where others are broken, so that one run names everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.rules.document import Document, Tree
from bot.rules.problems import Path, Problem, nearest, quoted
from bot.rules.protected import REFUSED, is_protected
from bot.rules.shapes import (
    BandShape,
    EngagementShape,
    MultiplierShape,
    RulesShape,
    Shape,
    StepShape,
    WhenShape,
)

Item = TypeVar("Item", bound=Shape)

_SECTIONS: dict[str, type[Shape]] = {
    "bands": BandShape,
    "engagements": EngagementShape,
    "multipliers": MultiplierShape,
    "steps": StepShape,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """The valid parts of a rules file, where they stand, and the names that broken parts have."""

    rules: RulesShape
    tree: dict[str, Tree]
    places: dict[str, list[int]]
    broken: frozenset[str]

    def names(self, section: str) -> list[str]:
        """Return the names in a section, those of broken items included."""
        return [name.strip() for item in _items(self.tree, section) if isinstance(name := item.get("name"), str)]

    def items(self, section: str, items: tuple[Item, ...]) -> Iterator[tuple[Path, Item]]:
        """Yield the valid items of a section with their paths in the file."""
        for place, item in zip(self.places.get(section, ()), items, strict=True):
            yield (section, place), item


def draft(document: Document) -> tuple[Draft, list[Problem]]:
    """Return the valid parts of a document and a problem for each thing of the wrong shape."""
    try:
        rules = RulesShape.model_validate(document.tree)
    except ValidationError as error:
        details = error.errors(include_url=False)
        return _without(document.tree, [one["loc"] for one in details]), [_problem(one) for one in details]
    return _whole(document.tree, rules), []


def _whole(tree: dict[str, Tree], rules: RulesShape, broken: frozenset[str] = frozenset()) -> Draft:
    places = {section: list(range(len(getattr(rules, section)))) for section in _SECTIONS}
    return Draft(rules, tree, places, broken)


def _without(tree: dict[str, Tree], broken: list[Path]) -> Draft:
    """Return the draft of what is left when the broken items and fields are taken out."""
    bad_items = {(path[0], path[1]) for path in broken if path[0] in _SECTIONS and len(path) > 1}
    bad_fields = frozenset(str(path[0]) for path in broken if path[0] not in _SECTIONS or len(path) == 1)
    kept: dict[str, Tree] = {key: value for key, value in tree.items() if key not in bad_fields}
    places: dict[str, list[int]] = {section: [] for section in _SECTIONS}
    for section in _SECTIONS:
        items = kept.get(section)
        if isinstance(items, list):
            places[section] = [n for n in range(len(items)) if (section, n) not in bad_items]
            kept[section] = [items[n] for n in places[section]]
    return Draft(RulesShape.model_validate(kept), tree, places, bad_fields)


def _items(tree: dict[str, Tree], section: str) -> Iterator[dict[str, Tree]]:
    items = tree.get(section)
    yield from (item for item in (items if isinstance(items, list) else ()) if isinstance(item, dict))


def _problem(error: ErrorDetails) -> Problem:
    """Return a pydantic error in our words."""
    path, found = error["loc"], error["input"]
    if error["type"] == "missing":
        return Problem(path[:-1], f"the field `{path[-1]}` is missing; {_fields(path[:-1])}")
    if error["type"] == "extra_forbidden":
        return Problem(path, _unknown_field(path))
    if error["type"] == "rules":
        return Problem(path, error["msg"])
    if error["type"] in ("too_long", "too_short"):
        return Problem(path, f"{quoted(found)} was found; allowed: 1 to {error['ctx'].get('max_length', 1000)} values")
    expected = "a list" if error["type"] in ("tuple_type", "list_type") else "a group of fields"
    hint = _fields(path) if expected != "a list" else "begin each item with a dash (-)"
    return Problem(path, f"{'nothing' if found is None else quoted(found)} was found; {expected} was expected; {hint}")


def _unknown_field(path: Path) -> str:
    name = str(path[-1])
    if is_protected(name):
        return f"{quoted(name)}: {REFUSED}"
    return f"there is no field {quoted(name)} here; {_fields(path[:-1])}{nearest(name, _field_names(path[:-1]))}"


def _fields(path: Path) -> str:
    return f"allowed: {', '.join(_field_names(path))}"


def _field_names(path: Path) -> list[str]:
    """Return the fields that the group at a path has."""
    shape: type[Shape] = RulesShape
    if path:
        shape = WhenShape if path[-1] == "when" else _SECTIONS[str(path[0])]
    return [field.alias or name for name, field in shape.model_fields.items()]

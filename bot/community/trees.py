"""A community file as a tree of plain values: for storing, for printing, and back again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.community.shapes import CommunityShape, SpaceShape


def as_tree(file: CommunityShape) -> dict[str, Any]:
    """Return what a file says, with every field that has a value."""
    told: dict[str, Any] = _filled(file.model_dump(mode="json", by_alias=True))
    return told


def whole_of(file: CommunityShape) -> dict[str, Any]:
    """Return what a file says of the community as a whole."""
    return {name: value for name, value in as_tree(file).items() if name not in ("name", "spaces")}


def own_of(one: SpaceShape) -> dict[str, Any]:
    """Return what is stored as a space's settings: all but what has columns, and never who is left out."""
    told = _filled(one.model_dump(mode="json", by_alias=True))
    return {name: value for name, value in told.items() if name not in ("platform", "id", "name", "excluded_people")}


def stored(tree: Mapping[str, Any]) -> CommunityShape:
    """Return the shape of a tree that was checked before it was stored."""
    return CommunityShape.model_validate(_as_text(tree))


def _filled(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return a tree without fields that hold nothing."""
    if isinstance(value, list):
        return [_filled(one) for one in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _filled(one) for name, one in value.items()}
    return {name: one for name, one in inner.items() if one not in (None, [], {})}


def _as_text(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return a tree as files have it: every value is a text."""
    if isinstance(value, Mapping):
        return {name: _as_text(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_as_text(one) for one in value]
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)

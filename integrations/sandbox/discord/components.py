"""What Discord takes of components, in messages of both layouts and in forms. Source: its "Component Reference"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from integrations.sandbox.discord.refusals import Refused, check_length, invalid

Json = dict[str, Any]

NEW_LAYOUT = 1 << 15
ROW, BUTTON, LIST, INPUT, TEXT, THUMBNAIL, GALLERY, FILE, LABEL, UPLOAD, RADIO, TICKS, TICK = (
    1, 2, 3, 4, 10, 11, 12, 13, 18, 19, 21, 22, 23,
)  # fmt: skip
PICKERS = frozenset((5, 6, 7, 8))
_SECTION, _SEPARATOR, _CONTAINER = 9, 14, 17
_IN_ROWS = frozenset((BUTTON, LIST)) | PICKERS
_IN_CONTAINERS = frozenset((ROW, _SECTION, TEXT, GALLERY, FILE, _SEPARATOR))
_IN_FORMS = frozenset((LIST, INPUT, UPLOAD, RADIO, TICKS, TICK)) | PICKERS
_CLASSIC_ROWS, _CLASSIC_ITEMS, _NEW_ITEMS = 5, 25, 40
_MOST_TEXT = 4_000
_MOST_OPTIONS = {LIST: (1, 25), RADIO: (2, 10), TICKS: (1, 10)}
_LINKED = 5


def check(components: list[Json], flags: int, files: frozenset[str]) -> None:
    """Refuse components that a message must not have; `files` are the names of the files that come along."""
    everything = list(walked(components))
    if flags & NEW_LAYOUT:
        _kinds(components, _IN_CONTAINERS | {_CONTAINER})
        if len(everything) > _NEW_ITEMS:
            raise invalid("components", "BASE_TYPE_BAD_LENGTH", "Too many components.")
        check_length("components", "".join(texts(components)), _MOST_TEXT)
    else:
        _kinds(components, frozenset((ROW,)))
        if len(components) > _CLASSIC_ROWS or len(everything) > _CLASSIC_ROWS + _CLASSIC_ITEMS:
            raise invalid("components", "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {_CLASSIC_ROWS} in length.")
    _each(everything, files)


def check_form(components: list[Json]) -> None:
    """Refuse components that a form must not have."""
    if not 1 <= len(components) <= 5:
        raise invalid("data.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    _kinds(components, frozenset((ROW, TEXT, LABEL)))
    for one in components:
        if one["type"] == LABEL:
            check_length("components.label", one.get("label"), 45, 1)
            check_length("components.description", one.get("description") or "", 100)
            _kinds([one.get("component") or {"type": 0}], _IN_FORMS)
    _each(list(walked(components)), frozenset())


def walked(components: list[Json]) -> Iterator[Json]:
    """Yield all components, those within others too."""
    for one in components:
        yield one
        inner = list(one.get("components") or [])
        inner += [one[key] for key in ("component", "accessory") if isinstance(one.get(key), dict)]
        yield from walked(inner)


def texts(components: list[Json]) -> Iterator[str]:
    """Yield the texts that components show, and that may name people."""
    for one in walked(components):
        if one["type"] == TEXT:
            yield str(one.get("content") or "")


def _kinds(components: list[Json], allowed: frozenset[int]) -> None:
    for one in components:
        if one.get("type") not in allowed:
            raise invalid("components.type", "UNION_TYPE_CHOICES", "Value of field is not one of the choices.")


def _each(everything: list[Json], files: frozenset[str]) -> None:
    ids = [one["custom_id"] for one in everything if one.get("custom_id")]
    for one in ids:
        check_length("components.custom_id", one, 100, 1)
    if len(ids) != len(set(ids)):
        raise invalid("components", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
    for one in everything:
        _one(one, files)


def _one(one: Json, files: frozenset[str]) -> None:
    kind = one["type"]
    if kind == ROW:
        _row(one.get("components") or [])
    elif kind == BUTTON:
        _button(one)
    elif kind in _MOST_OPTIONS:
        _options(one)
    elif kind == TEXT:
        check_length("components.content", one.get("content"), _MOST_TEXT, 1)
    elif kind == INPUT:
        _input(one)
    elif kind == _CONTAINER:
        _kinds(one.get("components") or [], _IN_CONTAINERS)
    elif kind in (FILE, GALLERY):
        _media(one, files)
    if kind in _IN_FORMS and not one.get("custom_id"):
        raise invalid("components.custom_id", "BASE_TYPE_REQUIRED", "This field is required")


def _row(inside: list[Json]) -> None:
    alone = any(one.get("type") != BUTTON for one in inside)
    if not 1 <= len(inside) <= (1 if alone else 5):
        raise invalid("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    _kinds(inside, _IN_ROWS | {INPUT})


def _button(one: Json) -> None:
    check_length("components.label", one.get("label") or "", 80)
    if not (one.get("label") or one.get("emoji")):
        raise invalid("components.label", "BASE_TYPE_REQUIRED", "A button needs a label or an emoji")
    if not (one.get("url") if one.get("style") == _LINKED else one.get("custom_id")):
        raise invalid("components.custom_id", "BASE_TYPE_REQUIRED", "This field is required")


def _options(one: Json) -> None:
    least, most = _MOST_OPTIONS[one["type"]]
    options = one.get("options") or []
    if not least <= len(options) <= most:
        raise invalid("components.options", "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
    for option in options:
        check_length("components.options.label", option.get("label"), 100, 1)
        check_length("components.options.value", option.get("value"), 100, 1)
        check_length("components.options.description", option.get("description") or "", 100)
    if len({option["value"] for option in options}) != len(options):
        raise invalid("components.options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The values must be unique")
    check_length("components.placeholder", one.get("placeholder") or "", 150)
    if not 0 <= one.get("min_values", 1) <= one.get("max_values", 1) <= len(options):
        raise invalid("components.max_values", "BASE_TYPE_BAD_LENGTH", "There are not that many options")


def _input(one: Json) -> None:
    most = one.get("max_length", _MOST_TEXT)
    if one.get("style") not in (1, 2) or not 1 <= most <= _MOST_TEXT or not 0 <= one.get("min_length", 0) <= most:
        raise invalid("components.style", "BASE_TYPE_CHOICES", "This is no field for text")
    check_length("components.value", one.get("value") or "", most)
    check_length("components.placeholder", one.get("placeholder") or "", 100)


def _media(one: Json, files: frozenset[str]) -> None:
    shown = [one.get("file")] if one["type"] == FILE else [item.get("media") for item in one.get("items") or ()]
    if not 1 <= len(shown) <= 10:
        raise invalid("components.items", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 10 in length.")
    for media in shown:
        url = str((media or {}).get("url") or "")
        name = url.removeprefix("attachment://")
        if (name == url and one["type"] == FILE) or (name != url and name not in files):
            raise Refused(400, 50035)

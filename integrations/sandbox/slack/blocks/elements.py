"""What people click, choose and fill in."""

from __future__ import annotations

import re
from typing import Any

from integrations.sandbox.slack.blocks.parts import ANY, PLAIN, Check, Problems, Words, confirmation, option

_DATE, _TIME = re.compile(r"^\d{4}-\d\d-\d\d$"), re.compile(r"^\d\d:\d\d$")
_STYLES = ("primary", "danger")


def _button(problems: Problems, one: dict[str, Any], where: str) -> None:
    problems.words(one, "text", Words(75), where)
    problems.string(one, "value", 2000, where)
    problems.string(one, "url", 3000, where)
    problems.string(one, "accessibility_label", 75, where)
    problems.choice(one, "style", _STYLES, where)


def _image(problems: Problems, one: dict[str, Any], where: str) -> None:
    if "image_url" not in one and "slack_file" not in one:
        problems.add("missing required field: image_url", where)
    problems.string(one, "image_url", 3000, where)
    problems.string(one, "alt_text", 2000, where, needed=True)


def _placeholder(problems: Problems, one: dict[str, Any], where: str) -> None:
    problems.words(one, "placeholder", Words(150, needed=False), where)
    if "max_selected_items" in one and not (isinstance(one["max_selected_items"], int) and one["max_selected_items"]):
        problems.add("must be more than 0", f"{where}/max_selected_items")


def _static(problems: Problems, one: dict[str, Any], where: str) -> None:
    _placeholder(problems, one, where)
    if ("options" in one) == ("option_groups" in one):
        problems.add("must provide either options or option_groups", where)
        return
    if "options" in one:
        _options(problems, one, where, 100)
    else:
        for group, place in problems.each(one, "option_groups", (1, 100), where):
            problems.words(group, "label", Words(75), place)
            _options(problems, group, place, 100)
    _initial(problems, one, where)


def _options(problems: Problems, one: dict[str, Any], where: str, most: int, types: tuple[str, ...] = PLAIN) -> None:
    for given, place in problems.each(one, "options", (1, most), where):
        option(problems, given, place, types)


def offered(one: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all options of an element, those in groups too."""
    listed = _dicts(one.get("options"))
    for group in _dicts(one.get("option_groups")):
        listed += _dicts(group.get("options"))
    return listed


def _dicts(given: object) -> list[dict[str, Any]]:
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def _initial(problems: Problems, one: dict[str, Any], where: str) -> None:
    """Check that what is chosen from the start is one of the options."""
    values = [given.get("value") for given in offered(one)]
    single, several = one.get("initial_option"), one.get("initial_options")
    if isinstance(single, dict) and single.get("value") not in values:
        problems.add("must match exactly with an option in the options array", f"{where}/initial_option")
    if isinstance(several, list) and any(not isinstance(of, dict) or of.get("value") not in values for of in several):
        problems.add("must match exactly with options in the options array", f"{where}/initial_options")


def _boxes(problems: Problems, one: dict[str, Any], where: str) -> None:
    _options(problems, one, where, 10, ANY)
    _initial(problems, one, where)


def _overflow(problems: Problems, one: dict[str, Any], where: str) -> None:
    _options(problems, one, where, 5)


def _external(problems: Problems, one: dict[str, Any], where: str) -> None:
    _placeholder(problems, one, where)
    if "min_query_length" in one and not isinstance(one["min_query_length"], int):
        problems.add("must be an integer", f"{where}/min_query_length")


def _date(problems: Problems, one: dict[str, Any], where: str) -> None:
    _placeholder(problems, one, where)
    if "initial_date" in one and not _DATE.match(str(one["initial_date"])):
        problems.add("must be in the format YYYY-MM-DD", f"{where}/initial_date")


def _time(problems: Problems, one: dict[str, Any], where: str) -> None:
    _placeholder(problems, one, where)
    if "initial_time" in one and not _TIME.match(str(one["initial_time"])):
        problems.add("must be in the format HH:mm", f"{where}/initial_time")


def _written(problems: Problems, one: dict[str, Any], where: str) -> None:
    _placeholder(problems, one, where)
    for name in ("min_length", "max_length"):
        if name in one and not (isinstance(one[name], int) and 0 <= one[name] <= 3000):
            problems.add("must be between 0 and 3000", f"{where}/{name}")
    problems.string(one, "initial_value", 3000, where)


def _number(problems: Problems, one: dict[str, Any], where: str) -> None:
    _placeholder(problems, one, where)
    if not isinstance(one.get("is_decimal_allowed"), bool):
        problems.add("missing required field: is_decimal_allowed", where)


def _files(problems: Problems, one: dict[str, Any], where: str) -> None:
    if "max_files" in one and not (isinstance(one["max_files"], int) and 1 <= one["max_files"] <= 10):
        problems.add("must be between 1 and 10", f"{where}/max_files")


_SOURCES: dict[str, Check] = {
    "static": _static,
    "external": _external,
    "users": _placeholder,
    "conversations": _placeholder,
    "channels": _placeholder,
}
_SELECTS = {f"{name}_select": check for name, check in _SOURCES.items()}
_MANY = {f"multi_{name}": check for name, check in _SELECTS.items()}
_COMMON: dict[str, Check] = {
    **_SELECTS,
    **_MANY,
    "checkboxes": _boxes,
    "datepicker": _date,
    "datetimepicker": _placeholder,
    "radio_buttons": _boxes,
    "timepicker": _time,
}
ACTIONS: dict[str, Check] = {**_COMMON, "button": _button, "overflow": _overflow, "workflow_button": _button}
ACCESSORIES: dict[str, Check] = {**ACTIONS, "image": _image}
INPUTS: dict[str, Check] = {
    **_COMMON,
    "email_text_input": _placeholder,
    "file_input": _files,
    "number_input": _number,
    "plain_text_input": _written,
    "rich_text_input": _placeholder,
    "url_text_input": _placeholder,
}
IMAGE: dict[str, Check] = {"image": _image}


def check(problems: Problems, one: dict[str, Any], where: str, known: dict[str, Check]) -> None:
    """Check one element of a block that takes the `known` ones."""
    kind = str(one.get("type"))
    if kind not in known:
        problems.add(f"unsupported type: {kind}", f"{where}/type")
        return
    if kind != "image":
        problems.string(one, "action_id", 255, where)
        confirmation(problems, one, where)
    known[kind](problems, one, where)

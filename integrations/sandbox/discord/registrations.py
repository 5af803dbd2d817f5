"""What Discord takes of commands. Source: its reference, "Application Commands"."""

from __future__ import annotations

import re
from typing import Any

from integrations.sandbox.discord.refusals import check_length, invalid

Json = dict[str, Any]

MOST = 100
"""Commands that may be registered together."""
_NAME = re.compile(r"^[-_'\w]{1,32}$")
_CHAT, _SUBCOMMAND, _GROUP, _TEXT = 1, 1, 2, 3
_MENUS = (2, 3)
_MOST_MENUS, _MOST_LETTERS = 15, 8_000


def check(body: Json) -> None:
    """Refuse a command that Discord would refuse."""
    name = check_length("name", body.get("name"), 32, 1)
    for localised in (body.get("name_localizations") or {}).values():
        check_length("name_localizations", localised, 32, 1)
    if body.get("type", _CHAT) != _CHAT:
        return
    _named(name)
    _described(body)
    _options(body.get("options") or [], depth=0)
    if _letters(body) > _MOST_LETTERS:
        raise invalid("_errors", "APPLICATION_COMMAND_TOO_LARGE", f"Must be {_MOST_LETTERS} or fewer in length.")


def check_all(bodies: list[Json]) -> None:
    """Refuse a list of commands with too many, or with two of one name."""
    names = [(body.get("type", _CHAT), body.get("name")) for body in bodies]
    menus = [sum(kind == one for kind, _ in names) for one in _MENUS]
    if len(bodies) > MOST or max(menus) > _MOST_MENUS:
        raise invalid("_errors", "APPLICATION_COMMANDS_MAX", f"Must be {MOST} or fewer in length.")
    if len(set(names)) != len(names):
        raise invalid("_errors", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")


def _named(name: str) -> None:
    if not _NAME.match(name) or name != name.lower():
        raise invalid("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _described(body: Json) -> None:
    for text in (body.get("description"), *(body.get("description_localizations") or {}).values()):
        check_length("description", text, 100, 1)


def _options(options: list[Json], depth: int) -> None:
    if len(options) > 25:
        raise invalid("options", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    names = [one.get("name") for one in options]
    if len(set(names)) != len(names):
        raise invalid("options", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Names must be unique")
    needed = [bool(one.get("required")) for one in options]
    if needed != sorted(needed, reverse=True):
        raise invalid("options", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options come first")
    for one in options:
        _option(one, depth)


def _option(one: Json, depth: int) -> None:
    kind = one["type"]
    _named(check_length("options.name", one.get("name"), 32, 1))
    _described(one)
    if kind == _GROUP and depth > 0 or kind == _SUBCOMMAND and depth > 1:
        raise invalid("options.type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command option type is invalid")
    choices = one.get("choices") or []
    if len(choices) > 25 or (choices and one.get("autocomplete")):
        raise invalid("options.choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    for choice in choices:
        for name in (choice.get("name"), *(choice.get("name_localizations") or {}).values()):
            check_length("options.choices.name", name, 100, 1)
        if kind == _TEXT:
            check_length("options.choices.value", choice.get("value"), 100)
    _options(one.get("options") or [], depth + 1)


def _letters(body: Json) -> int:
    """Return how much a command says; of its languages the longest counts."""
    found = len(body["name"]) + _longest(body.get("description") or "", body.get("description_localizations"))
    for choice in body.get("choices") or ():
        found += _longest(choice["name"], choice.get("name_localizations")) + len(str(choice["value"]))
    return found + sum(map(_letters, body.get("options") or ()))


def _longest(text: str, localised: dict[str, str] | None) -> int:
    return max(map(len, (text, *(localised or {}).values())))

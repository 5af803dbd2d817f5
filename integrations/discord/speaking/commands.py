"""The commands as Discord registers them for one server: roots with one level of groups, and context menus."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.ports import Asks, Choice, Menu, Offered, Option, letters

Json = dict[str, Any]
Tongues = Mapping[str, Sequence[Offered]]
"""The same commands in the same order in several languages, by their tag."""

STAFF_SEES = 1 << 13
"""Who may manage messages sees commands for staff, until a server's settings say otherwise.

Bits, as a number: Discord tells of permissions as text and takes them both ways, but its OpenAPI file has only numbers.
"""
MOST_MENUS, MOST_PARTS, MOST_OPTIONS, MOST_CHOICES = 5, 25, 25, 25
MOST_LETTERS = 8_000
_SUBCOMMAND, _GROUP, _TEXT = 1, 2, 3
KINDS = {
    Asks.TEXT: _TEXT, Asks.LONG_TEXT: _TEXT, Asks.NUMBER: 10, Asks.DAY: _TEXT, Asks.CHOICE: _TEXT, Asks.PERSON: 6,
    Asks.ROLE: 8, Asks.CHANNEL: 7, Asks.FILE: 11, Asks.YES_OR_NO: 5,
}  # fmt: skip
"""Discord's kinds of option."""
MENUS = {Menu.PERSON: 2, Menu.MESSAGE: 3}
_LOCALES = {"en": ("en-US", "en-GB"), "es": ("es-ES", "es-419"), "pt": ("pt-BR",), "zh": ("zh-CN", "zh-TW"),
            "sv": ("sv-SE",)}  # fmt: skip
_ABOUT, _NAME = 100, 32
_ONLY_IN_SERVERS = {"contexts": [0], "integration_types": [0]}
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Said:
    """One command in the language it is registered in, and in others."""

    own: Offered
    others: Mapping[str, Offered]


def tree(own: Sequence[Offered], others: Tongues) -> list[Json]:
    """Return what to register; `own` is in the server's language, `others` are the same commands in other ones."""
    said = [_Said(one, {tag: offered[n] for tag, offered in others.items()}) for n, one in enumerate(own)]
    roots: dict[str, list[_Said]] = {}
    for one in said:
        if one.own.menu is None:
            roots.setdefault(one.own.path.split()[0], []).append(one)
    made = [_root(name, commands) for name, commands in roots.items()]
    for kind in MENUS:
        of_kind = [one for one in said if one.own.menu is kind]
        if len(of_kind) > MOST_MENUS:
            _logger.warning("Discord shows %d entries in a context menu; the others are left out", MOST_MENUS)
        made += [_menu(one) for one in of_kind[:MOST_MENUS]]
    return made


def size_of(root: Json) -> int:
    """Return how many letters of a command count towards Discord's limit (`MOST_LETTERS`)."""
    own = len(root.get("name", ""))
    own += max(map(len, [root.get("description", ""), *(root.get("description_localizations") or {}).values()]))
    for choice in root.get("choices", ()):
        own += max(map(len, [choice["name"], *(choice.get("name_localizations") or {}).values()])) + len(
            choice["value"]
        )
    return own + sum(map(size_of, root.get("options", ())))


def _root(name: str, commands: Sequence[_Said]) -> Json:
    parts: dict[str, Json] = {}
    for one in commands:
        _, *path = one.own.path.split()
        if len(path) == 1:
            parts[path[0]] = _part(path[0], one)
        elif len(path) == 2:
            group = parts.setdefault(path[0], {"type": _GROUP, "name": path[0], "description": path[0], "options": []})
            group["options"].append(_part(path[1], one))
    made = {"type": 1, "name": name, "description": name, "options": list(parts.values()), **_ONLY_IN_SERVERS}
    return made | _hidden(all(one.own.staff for one in commands))


def _part(name: str, said: _Said) -> Json:
    options = sorted(range(len(said.own.options)), key=lambda n: not said.own.options[n].required)
    made = [_option(said.own.options[n], {tag: one.options[n] for tag, one in said.others.items()}) for n in options]
    about = _about(said.own.about, {tag: one.about for tag, one in said.others.items()})
    return {"type": _SUBCOMMAND, "name": name, **about, "options": made[:MOST_OPTIONS]}


def _option(own: Option, others: Mapping[str, Option]) -> Json:
    about = _about(own.about, {tag: one.about for tag, one in others.items()})
    made: Json = {"type": KINDS[own.asks], "name": own.name, **about, "required": own.required}
    if own.choices and not own.suggests:
        there = zip(*(own.choices, *(one.choices for one in others.values())), strict=True)
        made["choices"] = [_choice(one, dict(zip(others, more, strict=True))) for one, *more in there][:MOST_CHOICES]
    if own.suggests:
        made["autocomplete"] = True
    least, most = ("min_value", "max_value") if own.asks is Asks.NUMBER else ("min_length", "max_length")
    if own.asks in (Asks.NUMBER, Asks.TEXT, Asks.LONG_TEXT):
        made |= {key: value for key, value in ((least, own.least), (most, own.most)) if value is not None}
    return made


def _choice(own: Choice, others: Mapping[str, Choice]) -> Json:
    names = {tag: one.label for tag, one in others.items()}
    return {
        "name": letters.label(own.label, _ABOUT),
        "name_localizations": _localised(names, _ABOUT),
        "value": own.value,
    }


def _menu(said: _Said) -> Json:
    names = {tag: one.about for tag, one in said.others.items()}
    made = {"type": MENUS[said.own.menu or Menu.PERSON], "name": letters.label(said.own.about, _NAME)}
    made |= {"name_localizations": _localised(names, _NAME), **_ONLY_IN_SERVERS}
    return made | _hidden(said.own.staff)


def _about(own: str, others: Mapping[str, str]) -> Json:
    return {"description": letters.label(own, _ABOUT), "description_localizations": _localised(others, _ABOUT)}


def _localised(texts: Mapping[str, str], most: int) -> dict[str, str]:
    return {place: letters.label(text, most) for tag, text in texts.items() for place in _LOCALES.get(tag, (tag,))}


def _hidden(staff: bool) -> Json:
    return {"default_member_permissions": STAFF_SEES if staff else None}


def menu_path(name: str, kind: int, tongues: Sequence[Sequence[Offered]]) -> str:
    """Return the path of the command behind a context menu's entry, in whatever language it was registered."""
    for offered in tongues:
        for one in offered:
            if one.menu is not None and MENUS[one.menu] == kind and letters.label(one.about, _NAME) == name:
                return one.path
    return ""

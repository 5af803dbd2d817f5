"""Buttons and lists as Slack's elements. What Slack would refuse is left out, so that the rest is shown."""

from __future__ import annotations

import logging
from typing import Any

from bot.ports import Button, Choice, Controls, Select, Style, letters

Json = dict[str, Any]
LONGEST_ID = 255
MOST_CHOICES = 100
_LABEL, _CHOICE, _VALUE, _HINT = 75, 75, 150, 150
_IN_A_ROW = 25
_LOOKS = {Style.MAIN: "primary", Style.DANGER: "danger"}
_logger = logging.getLogger(__name__)


class Board:
    """The controls of one message or view: each action once."""

    def __init__(self) -> None:
        self._ids: set[str] = set()

    def row(self, of: Controls) -> Json | None:
        """Return a block with the controls of a row, None where nothing of it can be shown."""
        made = [one for one in map(self._made, of.items) if one is not None][:_IN_A_ROW]
        return {"type": "actions", "elements": made} if made else None

    def _made(self, item: Button | Select) -> Json | None:
        name = item.action.text
        if name in self._ids or not 0 < len(name) <= LONGEST_ID:
            _logger.warning("the action %s stands twice in a message, or is too long; it is left out", item.action.name)
            return None
        made = _button(item, name) if isinstance(item, Button) else _list(item, name)
        if made is not None:
            self._ids.add(name)
        return made


def words(text: str, most: int) -> Json:
    """Return a text where Slack knows no formatting."""
    return {"type": "plain_text", "text": letters.label(text, most), "emoji": False}


def _button(of: Button, name: str) -> Json:
    made: Json = {"type": "button", "action_id": name, "text": words(of.label, _LABEL)}
    return made | ({"style": _LOOKS[of.style]} if of.style in _LOOKS else {})


def _list(of: Select, name: str) -> Json | None:
    options = choices(of.choices)
    if not options:
        return None
    kind = "multi_static_select" if of.most > 1 else "static_select"
    made: Json = {"type": kind, "action_id": name, "options": options}
    if of.most > 1:
        made["max_selected_items"] = min(of.most, len(options))
    return made | ({"placeholder": words(of.hint, _HINT)} if of.hint.strip() else {})


def choices(of: tuple[Choice, ...]) -> list[Json]:
    """Return what there is to choose from: each value once, none that Slack could not carry."""
    found: dict[str, Json] = {}
    for one in of:
        if one.value in found or not 0 < len(one.value) <= _VALUE or len(found) == MOST_CHOICES:
            continue
        about = {"description": words(one.about, _CHOICE)} if one.about.strip() else {}
        found[one.value] = {"text": words(one.label, _CHOICE), "value": one.value} | about
    return list(found.values())

"""Buttons and lists as Discord's components. What Discord would refuse is left out, so that the rest is shown."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

from bot.ports import Action, Button, Choice, Controls, Select, Style, letters

Json = dict[str, Any]
Carry = Callable[[Action], str]
"""What makes an action the id that a component carries."""

ROW, BUTTON, LIST = 1, 2, 3
LONGEST_ID = 100
_LOOKS = {Style.PLAIN: 2, Style.MAIN: 1, Style.DANGER: 4}
_IN_A_ROW = 5
_LABEL, _CHOICE, _HINT = 80, 100, 150
MOST_CHOICES = 25
_logger = logging.getLogger(__name__)


class Board:
    """The controls of one message, which has room for so many components."""

    def __init__(self, room: int, carry: Carry) -> None:
        self._room = room
        self._carry = carry
        self._ids: set[str] = set()

    def rows(self, of: Controls) -> Iterator[Json]:
        """Yield rows of components: buttons five by five, each list by itself, in the order they are given."""
        row: list[Json] = []
        for item in of.items:
            made = self._made(item)
            if made is None:
                continue
            if row and (made["type"] == LIST or len(row) == _IN_A_ROW):
                yield from self._row(row)
                row = []
            if made["type"] == LIST:
                yield from self._row([made])
            else:
                row.append(made)
        yield from self._row(row)

    def _row(self, items: list[Json]) -> Iterator[Json]:
        kept = items[: max(self._room - 1, 0)]
        if len(kept) < len(items):
            _logger.warning("a message has more buttons and lists than Discord shows; %d are left out", len(items))
        if kept:
            self._room -= 1 + len(kept)
            yield {"type": ROW, "components": kept}

    def _made(self, item: Button | Select) -> Json | None:
        name = self._carry(item.action)
        if name in self._ids or not carried(name):
            _logger.warning("the action %s stands twice in a message, or is too long; it is left out", item.action.name)
            return None
        made = _button(item, name) if isinstance(item, Button) else _list(item, name)
        if made is not None:
            self._ids.add(name)
        return made


def carried(text: str) -> bool:
    """Whether Discord carries a text and hands it back: it is short enough, and no half of a letter."""
    return 0 < letters.units(text) <= LONGEST_ID and not any("\ud800" <= one <= "\udfff" for one in text)


def _button(of: Button, name: str) -> Json:
    return {"type": BUTTON, "style": _LOOKS[of.style], "label": letters.label(of.label, _LABEL), "custom_id": name}


def _list(of: Select, name: str) -> Json | None:
    options = choices(of.choices)
    if not options:
        return None
    made: Json = {"type": LIST, "custom_id": name, "options": options, "min_values": 1}
    made["max_values"] = min(max(of.most, 1), len(options))
    return made | ({"placeholder": letters.label(of.hint, _HINT)} if of.hint.strip() else {})


def choices(of: tuple[Choice, ...]) -> list[Json]:
    """Return what there is to choose from: each value once, none that Discord could not carry."""
    found: dict[str, Json] = {}
    for one in of:
        if one.value in found or not carried(one.value) or len(found) == MOST_CHOICES:
            continue
        about = {"description": letters.label(one.about, _CHOICE)} if one.about.strip() else {}
        found[one.value] = {"label": letters.label(one.label, _CHOICE), "value": one.value} | about
    return list(found.values())

"""Forms as Discord shows them (modals), and what comes back when one is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.ports import Account, Asks, Attachment, Field, Form, Given, letters
from integrations.discord.payloads.ids import Payload, snowflake
from integrations.discord.speaking.controls import LONGEST_ID, choices

Json = dict[str, Any]
MOST_FIELDS = 5
LONGEST_TEXT = 4_000
_TITLE, _LABEL, _HINT = 45, 45, 100
_TEXT, _LIST, _PERSON, _ROLE, _CHANNEL, _LABELLED, _FILE, _RADIO, _TICK = 4, 3, 5, 6, 8, 18, 19, 21, 23
_PICKERS = {Asks.PERSON: (_PERSON, "user"), Asks.ROLE: (_ROLE, "role"), Asks.CHANNEL: (_CHANNEL, "channel")}
_NUMBERS = 900
"""Components with a number from here on take figures: the number comes back with what was written."""
_FEWEST_RADIO, _MOST_RADIO = 2, 10
_A_DAY = "YYYY-MM-DD"


def modal(form: Form, carried: str) -> Json:
    """Return a form as Discord shows it, without markdown; `carried` is the id that comes back when it is sent."""
    fields = [_labelled(n, one) for n, one in enumerate(form.fields[:MOST_FIELDS])]
    return {"title": letters.label(form.title, _TITLE), "custom_id": carried, "components": fields}


def _labelled(n: int, of: Field) -> Json:
    hint = {"description": letters.label(of.hint, _HINT)} if of.hint.strip() else {}
    asked = {"custom_id": of.name[:LONGEST_ID], **_asked(n, of)}
    return {"type": _LABELLED, "label": letters.label(of.label, _LABEL), **hint, "component": asked}


def _asked(n: int, of: Field) -> Json:
    match of.asks:
        case Asks.YES_OR_NO:
            return {"type": _TICK, "default": of.value.casefold() in ("true", "yes", "1")}
        case Asks.FILE:
            return {"type": _FILE, "min_values": int(of.required), "max_values": 1, "required": of.required}
        case Asks.PERSON | Asks.ROLE | Asks.CHANNEL:
            return _picker(of)
        case Asks.CHOICE if of.choices:
            return _choice(of)
    return _text(n, of)


def _text(n: int, of: Field) -> Json:
    longest = min(max(of.longest, 1), LONGEST_TEXT)
    made: Json = {"type": _TEXT, "style": 2 if of.asks is Asks.LONG_TEXT else 1, "required": of.required}
    made |= {"max_length": longest, "min_length": int(of.required)}
    made |= {"value": letters.cut(letters.clean(of.value), longest)} if letters.clean(of.value) else {}
    if of.asks is Asks.NUMBER:
        made["id"] = _NUMBERS + n
    return made | ({"placeholder": _A_DAY} if of.asks is Asks.DAY else {})


def _picker(of: Field) -> Json:
    kind, name = _PICKERS[of.asks]
    made: Json = {"type": kind, "min_values": int(of.required), "max_values": 1, "required": of.required}
    chosen = of.value.isascii() and of.value.isdigit()
    return made | ({"default_values": [{"id": of.value, "type": name}]} if chosen else {})


def _choice(of: Field) -> Json:
    options = choices(of.choices)
    for one in options:
        if one["value"] == of.value:
            one["default"] = True
    if _FEWEST_RADIO <= len(options) <= _MOST_RADIO:
        return {"type": _RADIO, "options": options, "required": of.required}
    return {
        "type": _LIST, "options": options, "min_values": int(of.required), "max_values": 1, "required": of.required,
    }  # fmt: skip


class Resolved:
    """The people and files that an interaction speaks of by id. `fetch` reads a file from its address."""

    def __init__(self, resolved: Payload, user: Callable[[Payload], Account], fetch: Callable[[str, int], Any]) -> None:
        self._resolved = resolved
        self._user = user
        self._fetch = fetch

    def person(self, number: str) -> Account:
        """Return somebody; raises for who is not there."""
        return self._user(self._resolved["users"][str(snowflake(number))])

    def file(self, number: str) -> Attachment:
        """Return a file; raises for one that is not there."""
        found = self._resolved["attachments"][str(snowflake(number))]
        size, address = int(found["size"]), str(found["url"])
        return Attachment(str(found["filename"])[:200], size, lambda: self._fetch(address, size))


def sent(components: list[Payload], resolved: Resolved) -> dict[str, Given]:
    """Return what was given in a form by the fields' names; raises for what is no form's content."""
    return {one["custom_id"]: _given(one, resolved) for one in _asking(components)}


def _asking(components: list[Payload]) -> Iterator[Mapping[str, Any]]:
    for one in components:
        if isinstance(one.get("component"), dict):
            yield one["component"]
        else:
            yield from one.get("components") or ()


def _given(one: Mapping[str, Any], resolved: Resolved) -> Given:
    kind = one["type"]
    if kind == _TICK:
        return bool(one.get("value"))
    if kind in (_TEXT, _RADIO):
        text = str(one.get("value") or "") or None
        return number(text) if text is not None and kind == _TEXT and int(one.get("id") or 0) >= _NUMBERS else text
    values = [str(value) for value in one.get("values") or ()]
    if not values:
        return None
    if kind == _PERSON:
        return resolved.person(values[0])
    return resolved.file(values[0]) if kind == _FILE else values[0]


def number(text: str) -> float | str:
    """Return what was written as a figure, with a point or a comma; as it is where it is none."""
    try:
        found = float(text.strip().replace(",", ".") if text.count(",") == 1 and "." not in text else text.strip())
    except ValueError:
        return text
    return found if abs(found) < float("inf") else text

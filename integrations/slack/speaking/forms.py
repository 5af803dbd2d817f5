"""Forms as Slack shows them (modals), and what comes back when one is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.ports import Account, Asks, Attachment, Field, Form, Given, Payload, Words, letters
from integrations.slack.speaking.controls import choices, words

Json = dict[str, Any]
LONGEST_TEXT = 3_000
_TITLE, _LABEL, _HINT, _BUTTON = 24, 2_000, 2_000, 24
_LONGEST_META = 3_000
_FEWEST_RADIO, _MOST_RADIO = 2, 10
_NUMBER = "number_input"
_DIRECT = {"include": ["public", "private"], "exclude_bot_users": True}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a form was opened: what it belongs to once it is sent. `command` is set where it asks for options."""

    place: str = ""
    command: str = ""
    aim: tuple[str, str, str, int] = ("", "", "", 0)
    """A message or person that a shortcut was used on: person, channel, natural key, moment (ms)."""

    @property
    def packed(self) -> str:
        """The origin as a view carries it."""
        return json.dumps([self.place, self.command, *self.aim])[:_LONGEST_META]

    @classmethod
    def of(cls, text: object) -> Origin:
        """Return what a view hands back. Raises for what is none."""
        place, command, *aim = json.loads(str(text or '["", "", "", "", "", 0]'))
        return cls(str(place), str(command), (str(aim[0]), str(aim[1]), str(aim[2]), int(aim[3])))


Groups = Callable[[], Iterable[tuple[str, str]]]
"""What returns the user groups that there are: ids and handles."""


def modal(form: Form, origin: Origin, said: Words, groups: Groups, suggested: Collection[str] = ()) -> Json:
    """Return a form as Slack shows it. `suggested` are the fields for which choices are asked for while typing."""
    return {
        "type": "modal",
        "callback_id": form.action.text,
        "private_metadata": origin.packed,
        "title": words(form.title, _TITLE),
        "submit": words(said.plain("chat.send"), _BUTTON),
        "close": words(said.plain("chat.close"), _BUTTON),
        "blocks": [_labelled(one, groups, suggests=one.name in suggested) for one in form.fields],
    }


def _labelled(of: Field, groups: Groups, *, suggests: bool) -> Json:
    asked = {"type": "external_select", "min_query_length": 0} if suggests else _asked(of, groups)
    made: Json = {
        "type": "input",
        "block_id": of.name[:255],
        "label": words(of.label, _LABEL),
        "optional": not of.required or of.asks is Asks.YES_OR_NO,
        "element": {"action_id": of.name[:255], **asked},
    }
    return made | ({"hint": words(of.hint, _HINT)} if of.hint.strip() else {})


def _asked(of: Field, groups: Groups) -> Json:
    match of.asks:
        case Asks.YES_OR_NO:
            option = {"text": words(of.label, 75), "value": "yes"}
            ticked = of.value.casefold() in ("true", "yes", "1")
            return {"type": "checkboxes", "options": [option]} | ({"initial_options": [option]} if ticked else {})
        case Asks.FILE:
            return {"type": "file_input", "max_files": 1}
        case Asks.PERSON:
            return {"type": "users_select"} | ({"initial_user": of.value} if of.value else {})
        case Asks.CHANNEL:
            chosen = {"initial_conversation": of.value} if of.value else {}
            return {"type": "conversations_select", "filter": _DIRECT} | chosen
        case Asks.ROLE:
            return _list([{"text": words(f"@{name}", 75), "value": number} for number, name in groups()], of.value)
        case Asks.CHOICE if of.choices:
            return _list(choices(of.choices), of.value, radio=True)
        case Asks.NUMBER:
            return {"type": _NUMBER, "is_decimal_allowed": True} | ({"initial_value": of.value} if of.value else {})
        case Asks.DAY:
            return {"type": "datepicker"} | ({"initial_date": of.value} if of.value else {})
    return _text(of)


def _text(of: Field) -> Json:
    longest = min(max(of.longest, 1), LONGEST_TEXT)
    made: Json = {"type": "plain_text_input", "multiline": of.asks is Asks.LONG_TEXT, "max_length": longest}
    value = letters.cut(letters.clean(of.value), longest)
    return made | ({"initial_value": value} if value else {})


def _list(options: list[Json], chosen: str, *, radio: bool = False) -> Json:
    """Return a list to choose from; one that nothing is in takes text, so that the form can still be shown."""
    if not options:
        return {"type": "plain_text_input", "max_length": 150}
    short = radio and _FEWEST_RADIO <= len(options) <= _MOST_RADIO
    made: Json = {"type": "radio_buttons" if short else "static_select", "options": options[:100]}
    first = next((one for one in options if one["value"] == chosen), None)
    return made | ({"initial_option": first} if first is not None else {})


def sent(view: Payload, account: Callable[[str], Account], fetch: Callable[[Payload], Attachment]) -> dict[str, Given]:
    """Return what was given in a form by the fields' names; raises for what is no form's content."""
    values: Mapping[str, Mapping[str, Payload]] = view["state"]["values"]
    return {name: _given(one, account, fetch) for name, given in values.items() for one in given.values()}


def _given(one: Payload, account: Callable[[str], Account], fetch: Callable[[Payload], Attachment]) -> Given:
    match one["type"]:
        case "checkboxes":
            return bool(one.get("selected_options"))
        case "users_select":
            return account(one["selected_user"]) if one.get("selected_user") else None
        case "conversations_select":
            return one.get("selected_conversation")
        case "file_input":
            files = one.get("files") or ()
            return fetch(files[0]) if files else None
        case "datepicker":
            return one.get("selected_date")
        case "number_input":
            return float(one["value"]) if one.get("value") else None
        case "plain_text_input":
            return one.get("value") or None
    chosen = one.get("selected_option")
    return str(chosen["value"]) if chosen else None

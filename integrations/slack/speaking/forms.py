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
_LONGEST_META, _LONGEST_WRONG = 3_000, 500
_FEWEST_RADIO, _MOST_RADIO = 2, 10
_NUMBER = "number_input"
_DIRECT = {"include": ["public", "private"], "exclude_bot_users": True}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a form was opened: what it belongs to once it is sent. `command` is set where it asks for options.

    `home`: what is done here began on the Home page.
    """

    place: str = ""
    command: str = ""
    aim: tuple[str, str, str, int] = ("", "", "", 0)
    """A message or person that a shortcut was used on: person, channel, natural key, moment (ms)."""
    home: bool = False

    @property
    def packed(self) -> str:
        """The origin as a view carries it."""
        return json.dumps([self.place, self.command, *self.aim, int(self.home)])[:_LONGEST_META]

    @classmethod
    def of(cls, text: object) -> Origin:
        """Return what a view hands back. Raises for what is none."""
        place, command, *aim = json.loads(str(text or '["", "", "", "", "", 0]'))
        home = aim[4:5] == [1]
        return cls(str(place), str(command), (str(aim[0]), str(aim[1]), str(aim[2]), int(aim[3])), home)


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


_HELD = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
}
"""What a field of each kind holds, and what it is called where it stands in it from the start."""
_PARTS = ("type", "callback_id", "private_metadata", "title", "submit", "close")


def beside(view: Payload, wrong: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with fields of a form that was sent, for those that it has."""
    there = {one["block_id"] for one in view["blocks"] if one["type"] == "input"}
    return {name: letters.label(said, _LONGEST_WRONG) for name, said in wrong.items() if name in there}


def again(view: Payload, wrong: Mapping[str, str]) -> Json:
    """Return a form that was sent as it was filled in, with what is wrong above; for when Slack waits no longer."""
    values = view["state"]["values"]
    said = [{"type": "section", "text": words(one, _LONGEST_WRONG)} for one in wrong.values()]
    blocks = [_refilled(one, values.get(one["block_id"], {})) for one in view["blocks"] if one["type"] == "input"]
    return {name: view[name] for name in _PARTS if view.get(name)} | {"blocks": [*said, *blocks]}


def _refilled(block: Json, held: Mapping[str, Payload]) -> Json:
    element = block["element"]
    name, initial = _HELD.get(element["type"], ("", ""))
    kept = {key: part for key, part in element.items() if key != initial}
    value = held.get(element["action_id"], {}).get(name)
    return {**block, "element": {**kept, initial: value} if value else kept}


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

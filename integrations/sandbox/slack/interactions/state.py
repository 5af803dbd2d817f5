"""What stands in the fields of a view: from the start, and once a person has filled them in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.sandbox.slack.blocks import elements
from integrations.sandbox.slack.blocks.elements import offered
from integrations.sandbox.slack.model import Json

_NAMES = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "rich_text_input": "rich_text_value",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "file_input": "files",
}
_OPTIONS = ("selected_option", "selected_options")


def initial(blocks: list[Json], before: Mapping[str, Any] | None = None) -> Json:
    """Return what stands in the fields of blocks. What had been filled in `before` stays where block and action have
    the same ids.
    """
    found: Json = {}
    for block, one in elements(blocks):
        kind = str(one["type"])
        if kind not in _NAMES or (block["type"] == "actions" and kind == "overflow"):
            continue
        kept = (before or {}).get(block["block_id"], {}).get(one["action_id"])
        same = isinstance(kept, dict) and kept.get("type") == kind
        found.setdefault(block["block_id"], {})[one["action_id"]] = kept if same else _empty(one)
    return found


def _empty(one: Json) -> Json:
    name = _NAMES[str(one["type"])]
    start = one.get(name.replace("selected", "initial") if name.startswith("selected") else "initial_value")
    several = name.endswith("s")
    return {"type": one["type"], name: ([] if several else None) if start is None else start}


def filled(one: Json, given: object) -> Json:
    """Return what an element holds once a person has given it something: a text, the value of an option, an id, or
    several of these. Raises ValueError for what their program does not let them give.
    """
    kind = str(one["type"])
    name = _NAMES[kind]
    if name in _OPTIONS:
        chosen = _several(given)
        options = [_option(one, value) for value in chosen]
        single = options[0] if options else None
        return {"type": kind, name: options if name == "selected_options" else single}
    if name == "value":
        return {"type": kind, name: _text(one, given)}
    if name.endswith("s"):
        return {"type": kind, name: [one if isinstance(one, dict) else _named(one) for one in _several(given)]}
    return {"type": kind, name: given if isinstance(given, int | dict) or given is None else _named(given)}


def _several(given: object) -> list[object]:
    if given is None:
        return []
    return list(given) if isinstance(given, list | tuple | set) else [given]


def _named(given: object) -> object:
    return str(getattr(given, "id", given))


def _option(one: Json, value: object) -> Json:
    """Return an option by its value; of an external menu, the option itself, as it was suggested."""
    if isinstance(value, dict):
        return value
    found = next((option for option in offered(one) if option["value"] == value), None)
    if found is None:
        raise ValueError("the menu does not offer that")
    return found


def _text(one: Json, given: object) -> str | None:
    text = None if given is None or given == "" else str(given)
    length = len(text or "")
    if text is not None and not int(one.get("min_length", 0)) <= length <= int(one.get("max_length", 3000)):
        raise ValueError("the field does not take a text of that length")
    if text is not None and one["type"] == "number_input":
        float(text)
    return text


def holds(value: Json) -> bool:
    """Whether anything stands in a field."""
    return any(bool(part) for name, part in value.items() if name != "type")


def action(block: Json, one: Json, state: Json, stamp: str) -> Json:
    """Return what an app is told of an element that was used."""
    found: Json = {"type": one["type"], "action_id": one["action_id"], "block_id": block["block_id"]}
    if one["type"] == "button":
        found |= {name: one[name] for name in ("text", "value", "style", "url") if name in one}
    else:
        found |= {name: part for name, part in state.items() if name != "type"}
        found |= {"placeholder": one["placeholder"]} if "placeholder" in one else {}
    return found | {"action_ts": stamp}

"""A form and a row of buttons to show."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def form(**more: Any) -> Json:
    field = {"type": "plain_text_input", "action_id": "name", "max_length": 20}
    menu = {"type": "external_select", "action_id": "who", "min_query_length": 1}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("A form"),
        "submit": plain("Send"),
        "blocks": [
            {"type": "input", "block_id": "b1", "label": plain("Name"), "element": field},
            {"type": "input", "block_id": "b2", "optional": True, "label": plain("Who"), "element": menu},
        ],
        **more,
    }


BUTTONS = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {"type": "button", "action_id": "go", "text": plain("Go"), "value": "42"},
            {
                "type": "static_select",
                "action_id": "pick",
                "options": [{"text": plain(name), "value": name} for name in ("tea", "coffee")],
            },
        ],
    }
]

"""Modals and Home tabs, held against Slack's limits."""

from __future__ import annotations

from typing import Any

import orjson

from integrations.sandbox.slack.blocks.layouts import HOME, MODAL, problems
from integrations.sandbox.slack.blocks.parts import Problems, Words
from integrations.sandbox.slack.blocks.walking import completed
from integrations.sandbox.slack.refusals import Refused, invalid_arguments

_LARGEST = 250_000


def checked(given: object, kind: str) -> dict[str, Any]:
    """Return a view with all its ids. Refuses one that is wrong, too large or of another kind than it should be."""
    if not isinstance(given, dict):
        raise invalid_arguments("must provide an object [json-pointer:/view]")
    if len(orjson.dumps(given)) > _LARGEST:
        raise Refused("view_too_large")
    found = Problems()
    if given.get("type") != kind:
        found.add(f"must be of type {kind}", "/view/type")
    if kind == MODAL:
        _modal(found, given)
    found.string(given, "private_metadata", 3000, "/view")
    found.string(given, "callback_id", 255, "/view")
    found.string(given, "external_id", 255, "/view")
    blocks = given.get("blocks")
    if not isinstance(blocks, list):
        found.add("missing required field: blocks", "/view")
        raise invalid_arguments(*found.found)
    found.found += problems(blocks, MODAL if kind == MODAL else HOME, "/view/blocks")
    if found.found:
        raise invalid_arguments(*found.found)
    return {**given, "blocks": completed(blocks)}


def _modal(found: Problems, given: dict[str, Any]) -> None:
    found.words(given, "title", Words(24), "/view")
    blocks = given.get("blocks")
    listed = blocks if isinstance(blocks, list) else []
    has_inputs = any(isinstance(one, dict) and one.get("type") == "input" for one in listed)
    found.words(given, "submit", Words(24, needed=has_inputs), "/view")
    found.words(given, "close", Words(24, needed=False), "/view")

"""Finding elements in blocks, and giving ids to what has none."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Iterable, Iterator
from typing import Any


def elements(blocks: Iterable[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each block with each element in it that people can use."""
    for block in blocks:
        for one in _held(block):
            if isinstance(one, dict) and one.get("type") != "image":
                yield block, one


def _held(block: dict[str, Any]) -> list[Any]:
    if block.get("type") == "actions":
        return list(block.get("elements") or ())
    if block.get("type") == "section":
        return [block["accessory"]] if block.get("accessory") else []
    return [block["element"]] if block.get("type") == "input" else []


def element(blocks: Iterable[dict[str, Any]], action_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the block and element with an action id. Raises ValueError where there is none."""
    for block, one in elements(blocks):
        if one.get("action_id") == action_id:
            return block, one
    raise ValueError("there is nothing like that to use")


def completed(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return blocks as Slack gives them back: with all ids, and with `emoji` in plain texts."""
    found = copy.deepcopy(given)
    for block in found:
        block.setdefault("block_id", secrets.token_urlsafe(4)[:5])
    for _, one in elements(found):
        one.setdefault("action_id", secrets.token_urlsafe(4)[:5])
    for block in found:
        _emoji(block)
    return found


def _emoji(part: object) -> None:
    if isinstance(part, list):
        for one in part:
            _emoji(one)
    elif isinstance(part, dict):
        if part.get("type") == "plain_text" and isinstance(part.get("text"), str):
            part.setdefault("emoji", True)
        for one in part.values():
            _emoji(one)

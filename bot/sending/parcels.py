"""Messages as bytes, so that they can wait in the outbox: blocks to JSON and back, exactly as they were."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, cast

from bot.chat import speech
from bot.chat.speech import Block
from scoring.signals import Account

_SPOKEN: Mapping[str, type] = {
    name: one for name, one in vars(speech).items() if isinstance(one, type) and is_dataclass(one)
}
_KIND = "is"
"""The name under which an object says what it is; no field of a block is called so."""


def packed(blocks: tuple[Block, ...]) -> bytes:
    """Return blocks as bytes."""
    return json.dumps(_plain(blocks), separators=(",", ":")).encode()


def unpacked(content: bytes) -> tuple[Block, ...]:
    """Return the blocks that `packed` made bytes of; ValueError where it made none of them."""
    try:
        return cast("tuple[Block, ...]", _spoken(json.loads(content)))
    except (KeyError, TypeError) as error:
        raise ValueError(f"these are no blocks: {type(error).__name__}") from None


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    if isinstance(value, Account):
        return {_KIND: "Account", "parts": list(value)}
    if isinstance(value, speech.Style):
        return {_KIND: "Style", "value": value.value}
    if isinstance(value, bytes):
        return {_KIND: "bytes", "value": base64.b85encode(value).decode()}
    if isinstance(value, frozenset):
        return {_KIND: "set", "items": sorted(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if type(value).__name__ in _SPOKEN:
        return {_KIND: type(value).__name__} | {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value


def _spoken(value: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    if isinstance(value, list):
        return tuple(_spoken(one) for one in value)
    if not isinstance(value, dict):
        return value
    match value.pop(_KIND):
        case "Account":
            return Account(*value["parts"])
        case "Style":
            return speech.Style(value["value"])
        case "bytes":
            return base64.b85decode(value["value"])
        case "set":
            return frozenset(value["items"])
        case kind:
            return _SPOKEN[kind](**{name: _spoken(one) for name, one in value.items()})

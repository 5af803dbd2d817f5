"""Reads the bodies of Slack's requests: JSON or forms, within limits. What is wrong with one is never quoted."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl

import orjson

from bot.ports import Payload

LARGEST = 1_000_000
"""Bytes of a body."""
DEEPEST = 32
"""How many lists and objects may lie within one another."""
_FIELDS = 64
_SPACED = re.compile(rb'"\s+:')
"""A name that is not followed by its colon at once: Slack writes none, and counting would not find it."""
_LONG = re.compile(rb"[:,\[\s-][0-9]{19}")
"""What could be a number of more than 64 bits, which the parser would round. Most long digits are inside of an id."""
_64_BITS = -(2**63), 2**64 - 1


class BodyError(Exception):
    """A body is not what Slack sends."""


def from_json(body: bytes) -> Payload:
    """Return a JSON object.

    Raises BodyError for anything else, for repeated names, for what lies too deep and for numbers beyond 64 bits.
    """
    try:
        found = orjson.loads(body)
    except (orjson.JSONDecodeError, RecursionError):
        raise BodyError from None
    if not isinstance(found, dict):
        raise BodyError
    if body.count(b'":') != _measured(found) or _SPACED.search(body) or _LONG.search(body):
        _read_strictly(body)  # a name came twice, or a text holds what looks like one
    return found


def from_form(body: bytes) -> Payload:
    """Return the fields of a form; of several of one name the last. `payload` is read as JSON where there is one."""
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=_FIELDS))
    except (ValueError, UnicodeDecodeError):
        raise BodyError from None
    packed = fields.get("payload")
    return fields if packed is None else from_json(packed.encode("utf-8", "surrogatepass"))


def _measured(found: Any) -> int:  # noqa: ANN401 - whatever JSON holds
    """Return how many names there are in all objects; raises BodyError for what lies too deep."""
    names, level = 0, [found]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for one in level:
            if type(one) is dict:
                names += len(one)
                below += [value for value in one.values() if type(value) in (dict, list)]
            else:
                below += [value for value in one if type(value) in (dict, list)]
        if not below:
            return names
        level = below
    raise BodyError


def _read_strictly(body: bytes) -> None:
    """Raise BodyError where a name comes twice in an object, or a whole number is longer than 64 bits."""
    try:
        json.loads(body, object_pairs_hook=_without_repeats, parse_int=_short)
    except (ValueError, RecursionError):
        raise BodyError from None


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


def _short(digits: str) -> int:
    least, most = _64_BITS
    if not least <= int(digits) <= most:
        raise ValueError("a number of more than 64 bits")
    return int(digits)

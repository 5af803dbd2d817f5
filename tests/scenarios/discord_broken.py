"""Events that are not what Discord's reference says, made out of right ones."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import orjson

BROKEN: tuple[Any, ...] = (
    None, True, [], {}, -1, 1.5, 2**63, 2**70, "", "0", "-1", "9" * 30, "x" * 50_000, "a\x00b", [None] * 9,
    [[[[[[[[]]]]]]]], {"id": None}, "2026-02-30T99:99:99+00:00", 1e308, "deep",
)  # fmt: skip
DEEP = b"[" * 1_000 + b"]" * 1_000
"""Stands for `"deep"`: JSON can be read so deep, but neither compared nor shown."""


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each value inside a JSON value."""
    parts = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, inner in parts:
        yield (*path, key)
        yield from paths(inner, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    """Return a JSON value with another one somewhere inside; without what was there where that is `...`."""
    copy = orjson.loads(orjson.dumps(value))
    inside = copy
    for key in path[:-1]:
        inside = inside[key]
    if by is ...:
        del inside[path[-1]]
    else:
        inside[path[-1]] = by
    return copy


def broken(frames: list[dict[str, Any]], rng: random.Random) -> list[tuple[str, bytes]]:
    """Return events of each sort that occurred, each broken in several ways."""
    sorts: dict[str, list[Any]] = {}
    for frame in frames:
        sorts.setdefault(frame["t"], []).append(frame["d"])
    found = [(name, json.dumps(one).encode()) for name in sorts for one in BROKEN[:6]]
    found += [
        (name, json.dumps(payload[0] | {key: "deep"}).encode()) for name, payload in sorts.items() for key in payload[0]
    ]
    for name, payloads in sorts.items():
        for _ in range(24):
            payload = rng.choice(payloads)
            path = rng.choice(list(paths(payload)))
            found.append((name, json.dumps(replaced(payload, path, rng.choice((*BROKEN, ...)))).encode()))
    rng.shuffle(found)
    return [(name, body.replace(b'"deep"', DEEP)) for name, body in found]

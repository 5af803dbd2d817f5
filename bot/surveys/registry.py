"""Finds the types of questions by scanning their folder."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from bot.surveys import questions
from bot.surveys.kinds import Kind

AnyKind = Kind[Any]
"""A type of question, whatever its settings."""


@cache
def kinds() -> Mapping[str, AnyKind]:
    """Return all types of questions by their names; ValueError where two of them bear one name."""
    found: dict[str, AnyKind] = {}
    for file in sorted(pkgutil.iter_modules(questions.__path__), key=lambda one: one.name):
        kind: AnyKind = import_module(f"{questions.__name__}.{file.name}").KIND
        if kind.name in found:
            raise ValueError(f"two types of questions are called {kind.name}")
        found[kind.name] = kind
    return found

"""Requests and answers word for word, for who checks a sandbox or a client; what stays of them is in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer: the path below the interface's root, the bodies as read from JSON (None for none)."""

    method: str
    path: str
    query: Mapping[str, str]
    said: Any
    status: int
    answer: Any


Watch = Callable[[Exchange], None]

"""A sandbox, and all that was said to it and by it."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.sandbox.discord.server import Sandbox
from integrations.sandbox.exchanges import Exchange


@dataclass(frozen=True, slots=True)
class Watched:
    """A running sandbox and its exchanges so far."""

    server: Sandbox
    exchanges: list[Exchange]

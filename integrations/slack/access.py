"""How to reach Slack, as the settings say."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


def wall_clock() -> int:
    """Return the present moment in ms since 1970."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Access:
    """Slack's tokens and where its interfaces are.

    With `app_token` Cairn opens connections itself (Socket Mode); with `signing_secret` Slack sends to `host` and
    `port`. Both together are allowed. `history` says that Slack lets this app read history: it does for an
    organisation's own app. `clock` is in ms since 1970.
    """

    bot_tokens: tuple[str, ...] = field(default=(), repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    api_url: str = "https://slack.com/api"
    host: str = "127.0.0.1"
    port: int = 3000
    history: bool = True
    clock: Callable[[], int] = wall_clock
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

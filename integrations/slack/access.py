"""How to reach Slack, as the settings say."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from yarl import URL

from bot.ports import Installation

INSTALL, BACK = "/slack/install", "/slack/oauth/callback"
"""Where others begin to install Cairn, and where Slack sends their browser back to."""
INVITATION = "invitation"


def wall_clock() -> int:
    """Return the present moment in ms since 1970."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Client:
    """The app as others install it: its id and secret at Slack, and the address by which browsers reach Cairn."""

    id: str
    secret: str = field(repr=False)
    public_url: str

    @property
    def back(self) -> str:
        """The one address to which Slack sends browsers back."""
        return f"{self.public_url}{BACK}"

    def link(self, invitation: str) -> str:
        """Return the link by which somebody who has an invitation installs Cairn."""
        return str(URL(f"{self.public_url}{INSTALL}").with_query({INVITATION: invitation}))


@dataclass(frozen=True, slots=True)
class Access:
    """Slack's tokens and where its interfaces are.

    With `app_token` Cairn opens connections itself (Socket Mode); with `signing_secret` Slack sends to `host` and
    `port`. Both together are allowed. `history` says that Slack lets this app read history: it does for an
    organisation's own app. `clock` is in ms since 1970. With a `client`, others install Cairn by a link; `installed` is
    where they have, for those who only look.
    """

    bot_tokens: tuple[str, ...] = field(default=(), repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    api_url: str = "https://slack.com/api"
    host: str = "127.0.0.1"
    port: int = 3000
    history: bool = True
    client: Client | None = None
    installed: tuple[Installation, ...] = ()
    clock: Callable[[], int] = wall_clock
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

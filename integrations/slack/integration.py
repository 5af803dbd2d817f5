"""Slack as an integration: connects, listens, and makes good what was missed."""

from __future__ import annotations

from bot.ports import Finding, Host
from integrations.slack.access import Access
from integrations.slack.session import Session


class Slack:
    """An `Integration`."""

    name = "slack"

    def __init__(self, access: Access) -> None:
        """Take how to reach Slack."""
        self._access = access
        self._session: Session | None = None

    @property
    def connected(self) -> bool:
        """Whether it hears what happens."""
        return self._session is not None and self._session.connected

    async def run(self, host: Host) -> None:
        """Listen until cancelled; see `bot.ports.Integration`."""
        async with Session(host, self._access) as session:
            self._session = session
            try:
                await session.listen()
            finally:
                self._session = None

    async def check(self) -> list[Finding]:
        """Look whether it could run; see `bot.ports.Integration`."""
        return []

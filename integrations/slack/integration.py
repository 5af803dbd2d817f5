"""Slack as an integration: connects, listens, and makes good what was missed."""

from __future__ import annotations

from bot.ports import Account, Called, Delivered, Delivery, Finding, Host, Outcome, Sought
from integrations.slack.access import Access
from integrations.slack.checking import look_over
from integrations.slack.session import Session
from integrations.slack.speaking.delivering import SOON


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

    @property
    def remembers(self) -> float:
        """Slack knows no message again that comes twice; see `bot.ports.Deliverer`."""
        return 0.0

    async def deliver(self, delivery: Delivery) -> Outcome:
        """Hand one message over, once; see `bot.ports.Deliverer`."""
        if self._session is None:
            return Outcome(Delivered.LATER, after=SOON, reason="not connected")
        return await self._session.deliver(delivery)

    async def find(self, sought: Sought) -> Outcome:
        """Look whether a message is there; see `bot.ports.Finder`."""
        if self._session is None:
            return Outcome(Delivered.LATER, after=SOON, reason="not connected")
        return await self._session.look_for(sought)

    async def names(self, space: str, most: int) -> Called | None:
        """Return what people of a workspace are called now; see `bot.ports.Namer`."""
        return await self._session.names(space, most) if self._session is not None else None

    async def name_of(self, space: str, who: Account) -> str:
        """Return what somebody is called in a workspace now; see `bot.ports.Namer`."""
        return await self._session.name_of(space, who) if self._session is not None else ""

    async def check(self) -> list[Finding]:
        """Look whether it could run; see `bot.ports.Integration`."""
        return await look_over(self._access)

"""What becomes of an interaction, as its person sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from integrations.sandbox.slack.delivery.letters import Letter
from integrations.sandbox.slack.model import Json, Message, View


class Waits(Protocol):
    """Whatever can wait for something to hold in the world: a `Hub`."""

    def until(self, condition: Callable[[], object], within: float = 5.0) -> Awaitable[None]:
        """Wait until a condition holds."""
        ...


@dataclass(eq=False, slots=True)
class Use:
    """An interaction a person began. Await `answered()` first; then look at what the app did.

    `messages` are those the app gave as its answer or by the response URL, `views` those it opened, put in place of
    the one that was sent, or pushed. `errors` by block are what it found wrong with a form, `options` what it
    suggested while typing, `trouble` is what Slack tells the person where something went wrong.
    """

    hub: Waits
    user_id: str
    letter: Letter | None = None
    messages: list[Message] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    options: list[Json] = field(default_factory=list)
    trouble: str = ""

    async def answered(self, within: float = 4.0) -> Use:
        """Wait until the app has acknowledged. Raises TimeoutError where it did not ("operation_timeout")."""
        if self.letter is not None:
            async with asyncio.timeout(within):
                await self.letter.ended.wait()
            if self.letter.trouble:
                raise TimeoutError(self.letter.trouble)
        return self

    async def said(self, messages: int = 1, within: float = 5.0) -> Use:
        """Wait until the app has said a number of messages in answer. Raises TimeoutError."""
        await self.answered(within)
        await self.hub.until(lambda: len(self.messages) >= messages, within)
        return self

    async def viewed(self, views: int = 1, within: float = 5.0) -> Use:
        """Wait until the app has shown a number of views. Raises TimeoutError."""
        await self.answered(within)
        await self.hub.until(lambda: len(self.views) >= views, within)
        return self

    @property
    def message(self) -> Message:
        """The last message in answer. Raises LookupError where there is none (yet)."""
        if not self.messages:
            raise LookupError("the app has said nothing")
        return self.messages[-1]

    @property
    def view(self) -> View:
        """The last view. Raises LookupError where there is none (yet)."""
        if not self.views:
            raise LookupError("the app has shown no view")
        return self.views[-1]

    @property
    def private(self) -> bool:
        """Whether only this person sees the answer."""
        return bool(self.message.only_for)

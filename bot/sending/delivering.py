"""Messages on their way out, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bot.chat.speech import Block
from scoring.signals import Account


class Delivered(StrEnum):
    """What became of a message that was handed to a platform."""

    SENT = "sent"
    CLOSED = "closed"
    """The person takes no direct messages from us."""
    GONE = "gone"
    """The person, channel or space is not there any more, or we are not allowed there."""
    TOO_FAST = "too fast"
    """The platform wants no more new conversations for now."""
    LATER = "later"
    """A rate limit: nothing was sent; `after` says in how many seconds to try again."""
    UNKNOWN = "unknown"
    """It was handed over, and no answer came."""
    FAILED = "failed"
    """The platform refused it, and would refuse it again."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message on its way: to a person in private, or to a channel; with both, to that person alone in that channel.

    `nonce` (25 characters at most) is the same at each attempt. `pings` is the one person who may be notified.
    """

    space: str
    blocks: tuple[Block, ...]
    nonce: str
    person: Account | None = None
    channel: str = ""
    pings: Account | None = None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a delivery; `message` is the platform's id of what was sent, `after` seconds."""

    what: Delivered
    message: str = ""
    after: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sought:
    """A message of which nobody knows whether it arrived: where and when (ms) it went."""

    space: str
    nonce: str
    at: int
    person: Account | None = None
    channel: str = ""


@runtime_checkable
class Deliverer(Protocol):
    """What hands messages to a platform; a live integration is one."""

    @property
    def remembers(self) -> float:
        """For how many seconds the platform takes a second message of one nonce for the first; 0 where it does not."""
        ...

    async def deliver(self, delivery: Delivery) -> Outcome:
        """Hand one message over, once, and tell what became of it: at once, where the platform asks to wait.

        It does not try again by itself. What it raises counts as `UNKNOWN`.
        """
        ...


@runtime_checkable
class Finder(Deliverer, Protocol):
    """A deliverer whose platform can be asked whether a message is there."""

    async def find(self, sought: Sought) -> Outcome:
        """Look for a message; it sends nothing.

        `SENT` where it is there, `UNKNOWN` where it is not (yet), `LATER` where nobody could look, and `FAILED` where
        nobody ever can.
        """
        ...

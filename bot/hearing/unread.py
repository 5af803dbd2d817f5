"""What was heard and could not be read or stored: what is put down of it, and how it is asked for again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Unreadable(NamedTuple):
    """One event or object that could not be read: the platform's name of its sort, why, and when it was (ms).

    None of them may quote it.
    """

    what: str
    reason: str
    at: int


class Unread(Protocol):
    """Where an integration puts down what it could not read in a space."""

    async def add(self, found: Sequence[Unreadable]) -> None:
        """Put some down. Raises MachineError as the storage does."""
        ...

    async def asked(self) -> tuple[int, int] | None:
        """Return the time (first and last moment, ms) that somebody asked to be read again; None where nobody did."""
        ...

    async def taken(self) -> None:
        """Hear that the time that was asked for is put down as one to be read."""
        ...

"""Interactions that people began, and how far the bot has come in answering them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from integrations.sandbox.discord.model import Message

PING, COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 1, 2, 3, 4, 5
SAID, DEFERRED, DEFERRED_UPDATE, UPDATED, CHOICES, FORM = 4, 5, 6, 7, 8, 9


@dataclass(slots=True)
class Pending:
    """One interaction. `began` is by the sandbox's timer; `kind` and `answer` are Discord's numbers, 0 for none yet.

    `message` is the one it was begun on (a clicked button's), `original` the answer, `more` the follow-ups. `private`
    answers are seen by the person alone and lie in no channel.
    """

    id: int
    token: str
    kind: int
    user_id: int
    channel_id: int
    guild_id: int | None
    began: float
    metadata: dict[str, Any]
    message: Message | None = None
    answer: int = 0
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    loading: bool = False
    private: bool = False
    original: Message | None = None
    more: list[Message] = field(default_factory=list)
    choices: list[dict[str, Any]] = field(default_factory=list)
    form: dict[str, Any] | None = None

    def messages(self) -> list[Message]:
        """Return all that the bot said, the first answer first."""
        return [one for one in (self.original, *self.more) if one is not None]


class Interactions:
    """All interactions that may still be answered, by id and by token."""

    def __init__(self) -> None:
        self._by_id: dict[int, Pending] = {}
        self._by_token: dict[str, Pending] = {}

    def add(self, made: Pending, forget_before: float) -> None:
        """Keep an interaction, and forget those begun before a moment of the sandbox's timer."""
        while self._by_id and (first := next(iter(self._by_id.values()))).began < forget_before:
            del self._by_id[first.id], self._by_token[first.token]
        self._by_id[made.id] = made
        self._by_token[made.token] = made

    def by_id(self, number: int) -> Pending | None:
        """Return an interaction by its id."""
        return self._by_id.get(number)

    def by_token(self, token: str) -> Pending | None:
        """Return an interaction by its token."""
        return self._by_token.get(token)

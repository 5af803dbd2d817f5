"""One thing that an app is told, from the first attempt to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

import orjson

from integrations.sandbox.slack.model import Json
from integrations.sandbox.slack.registered import App

EVENT, COMMAND, INTERACTIVE = "events_api", "slash_commands", "interactive"


@dataclass(eq=False, slots=True)
class Letter:
    """Something for an app; `kind` is what Socket Mode calls it.

    `attempt` counts from 0 and `reason` is why the one before failed. `ended` is set once it was answered, then with
    the app's `reply`, for which `then` was called, or given up, then `trouble` says why.
    """

    app: App
    team_id: str
    kind: str
    payload: Json
    attempt: int = 0
    reason: str = ""
    reply: Json = field(default_factory=dict)
    trouble: str = ""
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    then: Callable[[Json], None] = lambda reply: None
    _body: bytes = b""

    @property
    def name(self) -> str:
        """The event's id, or the kind of what is no event."""
        return str(self.payload.get("event_id") or self.payload.get("type") or self.kind)

    @property
    def body(self) -> bytes:
        """What an HTTP request carries: JSON for events, a form for the rest."""
        if not self._body:
            self._body = self._written()
        return self._body

    def _written(self) -> bytes:
        if self.kind == EVENT:
            return orjson.dumps(self.payload)
        if self.kind == COMMAND:
            return urlencode(self.payload).encode()
        return urlencode({"payload": orjson.dumps(self.payload).decode()}).encode()

    @property
    def content_type(self) -> str:
        """The type of that body."""
        return "application/json" if self.kind == EVENT else "application/x-www-form-urlencoded"

    @property
    def url(self) -> str:
        """Where an HTTP request goes; empty where the app named none."""
        urls = {EVENT: self.app.events_url, COMMAND: self.app.commands_url}
        return urls.get(self.kind, self.app.interactivity_url)


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt went: `error` is Slack's reason for a failed one, else empty; `seconds` until it ended."""

    name: str
    kind: str
    team_id: str
    number: int
    status: int
    error: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: no `error` means well, then `reply` is what the app said; `final` forbids another one."""

    error: str = ""
    status: int = 0
    reply: Json | None = None
    final: bool = False
    seconds: float = 0.0

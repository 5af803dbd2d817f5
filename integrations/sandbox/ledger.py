"""What a sandbox accepted, in order: acts of people and requests of the bot. The oracle of tests; it is only added to.

It holds ids, kinds and times, never what somebody wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person did: `what` is the id of the object, `about` of the one it concerns; `at` is in ms.

    `detail` says more where a kind has more to say (an emoji, an answer's number); `bot` is whether a machine did it.
    """

    at: int
    kind: str
    who: str
    space: str = ""
    place: str = ""
    what: str = ""
    about: str = ""
    detail: str = ""
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A request of the bot that was accepted: its route and the values in it, its body's keys, its relevant values.

    `made` is the id of what it made, `answered` is False where a fault swallowed the answer.
    """

    at: int
    method: str
    route: str
    path: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    keys: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    made: str = ""


class Ledger:
    """The list of everything accepted."""

    def __init__(self) -> None:
        self._entries: list[Act | Request] = []

    def add(self, entry: Act | Request) -> None:
        """Write one entry."""
        self._entries.append(entry)

    @property
    def entries(self) -> tuple[Act | Request, ...]:
        """All there is, in order."""
        return tuple(self._entries)

    def acts(self, kind: str | None = None, who: str | None = None) -> list[Act]:
        """Return what people did, of one kind or person where given."""
        found = [entry for entry in self._entries if isinstance(entry, Act)]
        return [act for act in found if kind in (None, act.kind) and who in (None, act.who)]

    def requests(self, method: str | None = None, route: str | None = None) -> list[Request]:
        """Return what was asked for, of one method or route (as the platform documents it) where given."""
        found = [entry for entry in self._entries if isinstance(entry, Request)]
        return [one for one in found if method in (None, one.method) and route in (None, one.route)]

    def sent(self, place: str | int | None = None) -> list[Request]:
        """Return the accepted requests that made a message, in one channel where given; a repeat by nonce is none."""
        sent = [one for one in self.requests() if one.values.get("message")]
        return [one for one in sent if place is None or one.values.get("channel") == str(place)]

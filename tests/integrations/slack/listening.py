"""What an integration is given to listen with, as a test would have it: everything in memory, and it may fail."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from bot.ports import Account, Desk, Kind, Meter, Receipt, Signal, Space, SpaceSettings, Unreadable
from integrations.slack.payloads.ids import UnknownError
from integrations.slack.payloads.workspace import Workspace
from integrations.slack.receiving.ear import Heard

TEAM, GENERAL, ALICE, BOB = "T01", "C01", "U01", "U02"
NOW = 1_700_000_000_000


@dataclass
class ListeningHost:
    """A host and its only desk. `holds` keeps callers waiting, `broken` is raised by whatever stores."""

    settings: SpaceSettings = field(default_factory=SpaceSettings)
    kinds: frozenset[Kind] = frozenset(Kind)
    stored: list[Signal] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    roles: list[Mapping[Account, Collection[tuple[str, str]]]] = field(default_factory=list)
    acts: list[tuple[Signal, int]] = field(default_factory=list)
    gone: list[Account] = field(default_factory=list)
    counts: Counter[Meter] = field(default_factory=Counter)
    broken: Exception | None = None
    holds: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.holds.set()

    # the host

    def count(self, what: Meter, n: int = 1) -> None:
        self.counts[what] += n

    # the desk

    @property
    def unread(self) -> ListeningHost:
        return self

    @property
    def space(self) -> Space:
        return Space("slack", TEAM)

    async def record(self, signals: Sequence[Signal]) -> Receipt:
        self.asked.set()
        await self.holds.wait()
        self._breaks()
        self.stored += signals
        return Receipt(new=len(signals))

    async def add(self, found: Sequence[Unreadable]) -> None:
        self._breaks()
        self.unreadable += found

    async def holding(self, held: Mapping[Account, Collection[tuple[str, str]]]) -> None:
        self._breaks()
        self.roles.append(held)

    def acted(self, signals: Sequence[Signal], at: int) -> None:
        self.acts += [(one, at) for one in signals]

    async def member_left(self, who: Account, at: int) -> None:
        self._breaks()
        self.gone.append(who)

    async def member_came(self, who: Account) -> None:
        self._breaks()

    def _breaks(self) -> None:
        if self.broken is not None:
            raise self.broken


@dataclass
class NobodyToAsk:
    """Stands for Slack's Web API and for the rest of a session: it knows one workspace, and whoever is asked for."""

    host: ListeningHost
    asked: list[str] = field(default_factory=list)
    broken: Exception | None = None

    async def find(self, heard: Heard, unknown: UnknownError) -> None:
        self.asked.append(unknown.id)
        if self.broken is not None:
            raise self.broken
        if unknown.what == "channel":
            heard.workspace.channels.put({"id": unknown.id, "name": "found", "is_member": True})
        else:
            heard.workspace.people.see({"id": unknown.id, "team_id": TEAM})

    async def open(self, team: str) -> Heard | None:
        if team != TEAM:
            return None
        there = Workspace(TEAM, self.host.settings, self.host.kinds)
        there.channels.replace([{"id": GENERAL, "name": "general", "is_member": True}])
        for name in (ALICE, BOB):
            there.people.see({"id": name, "team_id": TEAM})
        return Heard(cast(Desk, self.host), there, "xoxb-1")

    async def came_home(self, heard: Heard, person: str) -> None:
        """Show nothing."""

    async def ended(self, *_: Any) -> None:
        """Go on listening."""

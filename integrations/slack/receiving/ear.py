"""Takes Slack's events, workspace by workspace, and hands in what they say: an event is taken when it is stored.

Events are not kept in an order: what is stored converges whichever comes first, and who brings one waits for its
commit, so that Slack sends it again where that fails.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from bot.ports import BROKEN, Desk, Host, MachineError, Meter, Payload, Signal, Space, Unreadable, UnreadableError
from integrations.slack.payloads.hearing import hear
from integrations.slack.payloads.ids import UnknownError, team_id
from integrations.slack.payloads.workspace import Workspace

KNOWN_EVENTS = 20_000
"""Ids of stored events that are remembered, so that a second copy costs nothing. What is stored tells anyway."""
_ASKS = 3
_MOST_OWED = 10_000
_MINUTE_MS = 60_000
_LATEST_MS = 2 * 86_400_000
_ROLES = frozenset({"subteam_members_changed", "subteam_created", "subteam_updated"})
_ONCE = _ROLES | {"user_huddle_changed"}
"""What these events say follows from what was known before: read a second time, they say nothing."""


@dataclass(slots=True)
class Heard:
    """One workspace that is listened to."""

    desk: Desk
    workspace: Workspace
    token: str = field(repr=False)
    at: int = 0
    """The moment up to which all that arrived is stored, in ms; 0 where nothing is known of it."""
    lost: int = 0
    """Since when something arrived that could not be stored, in ms; 0 where all was."""
    owed: list[Signal] = field(default_factory=list)
    """What was said once and is not stored yet."""

    async def tell_roles(self) -> None:
        """Tell who holds which user groups, as far as the settings ask about them. Raises MachineError: it is due."""
        held, anew = self.workspace.holding(), self.workspace.anew
        self.workspace.anew = False
        try:
            await self.desk.holding(held)
        except MachineError:
            self.workspace.anew = self.workspace.anew or anew
            raise

    async def pay(self, said: Iterable[Signal] = ()) -> None:
        """Store what is said only once, and what of that could not be stored before. Raises MachineError."""
        self.owed += said
        if owed := self.owed[:_MOST_OWED]:
            await self.desk.record(owed)
            paid = {id(one) for one in owed}
            self.owed = [one for one in self.owed if id(one) not in paid]


class Asks(Protocol):
    """Who asks Slack for what events do not tell."""

    async def find(self, heard: Heard, unknown: UnknownError) -> None:
        """Ask for a channel or person, and put into the workspace's state what there is. MachineError: later."""
        ...

    async def open(self, team: str) -> Heard | None:
        """Return a workspace that events come from, None where Cairn is not installed or nobody listens to it."""
        ...

    async def came_home(self, heard: Heard, person: str) -> None:
        """Hear that somebody opened their page. Must not raise."""
        ...

    async def ended(self, team: str) -> None:
        """Hear that Cairn was taken off a workspace, or that its token holds no longer; it may be told late, or again.

        Raises MachineError where that could not be put down.
        """
        ...


class Ear:
    """Hands in what events say."""

    def __init__(self, host: Host, asks: Asks, clock: Callable[[], int]) -> None:
        self._host = host
        self._asks = asks
        self._clock = clock
        self._opening = asyncio.Lock()
        self._stored: OrderedDict[str, None] = OrderedDict()
        self.heard: dict[str, Heard] = {}

    async def hear(self, body: Payload) -> None:
        """Take an event with its envelope; returns when what it says is stored. Raises MachineError as the store."""
        number = body.get("event_id")
        if not isinstance(number, str) or number not in self._stored:
            await self._take(body, self._clock())
        self._host.count(Meter.TAKEN)
        if isinstance(number, str):
            self._stored[number] = None
            if len(self._stored) > KNOWN_EVENTS:
                self._stored.popitem(last=False)

    def limited(self, body: Payload) -> None:
        """Hear that Slack keeps events of a workspace back, because there are too many: they are read from history."""
        self._host.count(Meter.RATE_LIMITED)
        heard = self.heard.get(team_of(body) or "")
        if heard is not None:
            heard.lost = heard.lost or self._clock() - _MINUTE_MS

    def broken(self) -> None:
        """Count something that is not what Slack sends."""
        self._host.count(Meter.MALFORMED)

    async def _take(self, body: Payload, now: int) -> None:
        event = body.get("event")
        team = team_of(body)
        if team is not None and isinstance(event, dict) and _ends(event):
            await self._asks.ended(team)
            return
        heard = await self.of(team) if team is not None else None
        if heard is None or not isinstance(event, dict):
            if team is None or not isinstance(event, dict):
                self.broken()
            return
        try:
            await self._store(heard, event, now)
        except MachineError:
            self._host.count(Meter.REFUSED)
            heard.lost = min(heard.lost or now, _happened(body, now))
            raise
        except BROKEN as error:
            self.broken()
            await heard.desk.unread.add([Unreadable(_sort(event), type(error).__name__, now)])

    async def of(self, team: str) -> Heard | None:
        """Return a workspace, listened to from now on if it was not; None where it is not to be. As `Asks.open`."""
        found = self.heard.get(team)
        if found is None:
            async with self._opening:
                found = self.heard.get(team) or await self._asks.open(team)
            if found is not None:
                self.heard[team] = found
        return found

    async def _store(self, heard: Heard, event: Payload, now: int) -> None:
        kind = event.get("type")
        if kind == "app_home_opened":
            if event.get("tab") == "home":
                await self._asks.came_home(heard, str(event.get("user")))
            return
        if kind == "message" and event.get("channel_type") == "im":
            await _written_to(heard, event, now)
            return
        heard.workspace.apply(heard.desk.settings, heard.desk.kinds)
        try:
            said = await self._read(heard, event, now)
        except UnreadableError as error:
            self.broken()
            await heard.desk.unread.add([Unreadable(_sort(event), str(error), now)])
            return
        if kind in _ONCE:
            await self._once(heard, said, kind in _ROLES)
        elif said and (await heard.desk.record(said)).new:
            heard.desk.acted(said, now)
        if kind in ("team_join", "user_change"):
            await self._follow(heard, event, now)

    async def _once(self, heard: Heard, said: list[Signal], roles: bool) -> None:  # noqa: FBT001
        """Store what an event says but once; where that fails, it is stored when the event comes again, or before."""
        heard.owed += said
        if roles:
            await heard.tell_roles()
        await heard.pay()

    async def _read(self, heard: Heard, event: Payload, now: int) -> list[Signal]:
        """Return what an event says; what it speaks of and is not known is asked for first."""
        for _ in range(_ASKS):
            try:
                return hear(event, heard.workspace, now)
            except UnknownError as unknown:
                await self._asks.find(heard, unknown)
        return hear(event, heard.workspace, now)

    async def _follow(self, heard: Heard, event: Payload, now: int) -> None:
        """Let those who came or left be known as such."""
        who = heard.workspace.people.account(event["user"]["id"])
        people, zone = heard.workspace.people, event["user"].get("tz")
        if isinstance(zone, str) and people.zone(who.id) != zone:
            await heard.desk.lives_in(who, zone)
            people.lives_in(who.id, zone)
        if event["type"] == "team_join":
            await heard.desk.member_came(who)
        elif event["user"].get("deleted"):
            await heard.desk.member_left(who, now)


def _happened(body: Payload, now: int) -> int:
    """Return when an event happened, by its envelope (ms): Slack may bring it a day late; now where that is unknown."""
    said = body.get("event_time")
    return said * 1_000 if type(said) is int and now - _LATEST_MS <= said * 1_000 <= now else now


def _sort(event: Payload) -> str:
    """Return the type of an event; nothing where it is none, since it could be anybody's words."""
    kind = event.get("type")
    return kind[:40] if isinstance(kind, str) and kind.isidentifier() else ""


async def _written_to(heard: Heard, event: Payload, now: int) -> None:
    """Hear that somebody wrote to Cairn directly; what they wrote is never looked at."""
    try:
        who = heard.workspace.people.account(event.get("user"))
    except ValueError:
        return
    if not (who.bot or event.get("bot_id") or event.get("subtype")):
        await heard.desk.written_to(who, now)


def _ends(event: Payload) -> bool:
    """Whether an event tells that Cairn was taken off a workspace; tokens of people are none of its."""
    if event.get("type") == "app_uninstalled":
        return True
    tokens = event.get("tokens")
    return event.get("type") == "tokens_revoked" and isinstance(tokens, dict) and bool(tokens.get("bot"))


def team_of(body: Payload) -> str | None:
    """Return the workspace in which Cairn is installed and that an event is for; None for what names none."""
    authorized = body.get("authorizations")
    first = authorized[0] if isinstance(authorized, list) and authorized else {}
    for said in (first.get("team_id") if isinstance(first, dict) else None, body.get("team_id")):
        try:
            return team_id(said)
        except ValueError:
            continue
    return None


def space_of(team: str, name: str = "") -> Space:
    """Return a workspace as a space."""
    return Space("slack", team, name)

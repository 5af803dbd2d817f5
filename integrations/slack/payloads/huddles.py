"""Time spent in huddles, and who was at a convening: told by the people's own state, which names a call and no channel.

Which channel a call is in is told by the message that Slack posts there for it. Until that has come, time is held. A
stay that lasts is told again and again with the same key and more minutes. It ends with its UTC day; the rest is the
next day's. After a restart people are taken as they are then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.ports import Account, Context, Kind, Occasion, Payload, Signal, Stays, day_of, readable
from integrations.slack.payloads.ids import UnknownError, channel_id, heard_at

if TYPE_CHECKING:
    from integrations.slack.payloads.workspace import Workspace

THERE_MS = 10 * 60_000
"""From when on somebody was at a convening."""
AGAIN_MS = 5 * 60_000
"""How often a stay that lasts is told."""
_MINUTE, _DAY = 60_000, 86_400_000
_IN = "in_a_huddle"
_CALLS, _PEOPLE = 5_000, 100_000


@dataclass(slots=True)
class _Stay:
    """Somebody in a call since a moment (ms)."""

    who: Account
    call: str
    since: int
    told: int = 0
    told_at: int = 0


class Huddles:
    """Who is in which huddle, and where those are."""

    def __init__(self) -> None:
        self._occasions: tuple[Occasion, ...] = ()
        self._present: dict[tuple[str, str], int] = {}
        self._stays: dict[str, _Stay] = {}
        self._places: dict[str, str] = {}

    def convene(self, occasions: Iterable[Occasion]) -> None:
        """Take the convenings of these hours."""
        self._occasions = tuple(occasions)
        keys = {one.key for one in self._occasions}
        self._present = {of: held for of, held in self._present.items() if of[0] in keys}

    def place(self, call: str, channel: str) -> None:
        """Note which channel a call is in."""
        if call not in self._places and len(self._places) >= _CALLS:
            self._places.pop(next(iter(self._places)))
        self._places[call] = channel

    def update(self, workspace: Workspace, who: Account, call: str, at: int) -> list[Signal]:
        """Take which call somebody is in now, none where that is empty."""
        stay = self._stays.get(who.id)
        if stay is not None and stay.call == call:
            return []
        found = self._close(workspace, stay, at) if stay is not None else []
        if call and len(self._stays) < _PEOPLE:
            self._stays[who.id] = _Stay(who, call, at, told_at=at)
        return found

    def tick(self, workspace: Workspace, now: int) -> list[Signal]:
        """Tell the stays that were not told for a while, and end those of yesterday; call it every minute or so."""
        found: list[Signal] = []
        for name, stay in list(self._stays.items()):
            midnight = (stay.since // _DAY + 1) * _DAY
            if now >= midnight:
                found += self._close(workspace, stay, midnight)
                self._stays[name] = _Stay(stay.who, stay.call, midnight, told_at=now)
            elif now - stay.told_at >= AGAIN_MS:
                found += self._tell(workspace, stay, now)
        return found

    def end(self, workspace: Workspace, now: int) -> list[Signal]:
        """Tell everything, and know nobody any more: when stopping."""
        return [signal for stay in list(self._stays.values()) for signal in self._close(workspace, stay, now)]

    def _close(self, workspace: Workspace, stay: _Stay, until: int) -> list[Signal]:
        """End a stay: tell it, and keep how long it was at which convening, for those who come back."""
        del self._stays[stay.who.id]
        found = self._tell(workspace, stay, until)
        for one in self._occasions:
            if one.channel == self._places.get(stay.call):
                of = one.key, stay.who.id
                self._present[of] = self._present.get(of, 0) + _overlap(stay, one, until)
        return found

    def _tell(self, workspace: Workspace, stay: _Stay, until: int) -> list[Signal]:
        """Return a stay as long as it is by now, and whom it makes an attendant."""
        stay.told_at = until
        channel = self._places.get(stay.call)
        if channel is None:
            return []
        try:
            spot = workspace.channels.spot(channel)
        except UnknownError:
            return []
        if not spot.allowed or workspace.actor(stay.who.id, spot, workspace.id) is None:
            return []
        here = [one for one in self._occasions if one.channel == channel]
        return self._stayed(workspace, stay, spot.context, _counted(workspace, stay, here, until)) + [
            signal for one in here for signal in self._attended(workspace, stay, one, until)
        ]

    def _stayed(self, workspace: Workspace, stay: _Stay, context: Context, held: int) -> list[Signal]:
        minutes = held // _MINUTE
        if Kind.STAY not in workspace.kinds or minutes <= stay.told:
            return []
        stay.told = minutes
        key, day = f"s:{context.place}/stay/{stay.since}", day_of(stay.since)
        return [Signal(Kind.STAY, key, day, stay.since, stay.who, stay.told_at, context, stay.who, amount=minutes)]

    def _attended(self, workspace: Workspace, stay: _Stay, one: Occasion, until: int) -> list[Signal]:
        if Kind.ATTENDANCE not in workspace.kinds:
            return []
        if self._present.get((one.key, stay.who.id), 0) + _overlap(stay, one, until) < THERE_MS:
            return []
        at = min(one.since, until)
        return [Signal(Kind.ATTENDANCE, one.key, one.key_day, at, stay.who, until, one.context, stay.who)]


@readable
def moved(event: Payload, workspace: Workspace, now: int) -> list[Signal]:
    """Take where somebody is by now (`user_huddle_changed`)."""
    return seen(event["user"], workspace, heard_at(event, now))


def seen(user: Payload, workspace: Workspace, at: int) -> list[Signal]:
    """Take a user as Slack gives them: which call they are in stands in their profile."""
    who = workspace.people.account(user["id"])
    if who.bot:
        return []
    profile = user.get("profile") or {}
    call = str(profile.get("huddle_state_call_id") or "")[:64] if profile.get("huddle_state") == _IN else ""
    return workspace.huddles.update(workspace, who, call, at)


def told(message: Payload, channel: str, workspace: Workspace, now: int) -> list[Signal]:
    """Take the message that tells of a huddle in a channel: which call it is. Whoever is in it is told of later."""
    room = message.get("room") or {}
    call = room.get("id") or room.get("call_id")
    if isinstance(call, str) and 0 < len(call) <= 64:
        workspace.huddles.place(call, channel_id(channel))
    return []


def _counted(workspace: Workspace, stay: _Stay, here: Iterable[Occasion], until: int) -> int:
    """Return how much of a stay counts (ms): all of it, or what lies within convenings."""
    setting = workspace.settings.stays
    if setting is Stays.OFF:
        return 0
    if setting is Stays.EVERYWHERE:
        return until - stay.since
    return max((_overlap(stay, one, until) for one in here), default=0)


def _overlap(stay: _Stay, one: Occasion, until: int) -> int:
    return max(min(until, one.until) - max(stay.since, one.since), 0)

"""A workspace's channels: what they are called, who can see them, and what counts by the settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from bot.ports import BROKEN, Context, Payload, Place, SpaceSettings, clean, truth
from integrations.slack.payloads.ids import UnknownError, channel_id

_MOST = 20_000


class Spot(NamedTuple):
    """A channel as signals need it: its context, and whether what is done there counts."""

    context: Context
    allowed: bool


_NOT_COUNTED = Spot(Context(), False)


@dataclass(slots=True)
class Channel:
    """What is kept of a channel. `joined` says that Cairn is in it, else nothing of it is heard or read."""

    id: str
    name: str
    private: bool
    joined: bool = False
    direct: bool = False
    """A conversation between people, or with Cairn itself: nothing in it ever counts."""


class Channels:
    """All channels of a workspace that are known. What counts is worked out at the first use, and kept."""

    def __init__(self, settings: SpaceSettings) -> None:
        self._settings = settings
        self._known: dict[str, Channel] = {}
        self._spots: dict[str, Spot] = {}

    def spot(self, place: str) -> Spot:
        """Return what there is to know of a channel; raises `UnknownError`."""
        found = self._spots.get(place)
        if found is None:
            if is_direct(place):
                return _NOT_COUNTED
            found = self._spots[place] = self._work_out(self.of(place))
        return found

    def of(self, place: str) -> Channel:
        """Return a channel; raises `UnknownError`."""
        found = self._known.get(place)
        if found is None:
            raise UnknownError("channel", channel_id(place))
        return found

    def readable(self) -> list[Channel]:
        """Return the channels that count and that Cairn is in."""
        return [one for one in self._known.values() if one.joined and self.spot(one.id).allowed]

    def replace(self, channels: Iterable[Payload]) -> int:
        """Take the whole list of channels; returns how many could not be read."""
        self._known, broken = {}, 0
        self._spots.clear()
        for one in channels:
            try:
                self.put(one)
            except BROKEN:
                broken += 1
        return broken

    def put(self, d: Payload) -> None:
        """Take a channel, new or changed, as Slack's Web API gives it."""
        one = Channel(
            channel_id(d["id"]),
            clean(d.get("name")),
            truth(d.get("is_private")) or truth(d.get("is_group")) or truth(d.get("is_mpim")),
            truth(d.get("is_member")),
            truth(d.get("is_im")) or truth(d.get("is_mpim")),
        )
        if one.id not in self._known and len(self._known) >= _MOST:
            self.drop(next(iter(self._known)))
        self._known[one.id] = one
        self._spots.pop(one.id, None)

    def shut(self, place: str) -> None:
        """Remember that Slack shows nothing of a channel: what is done there is left, since it could be private."""
        self._known[channel_id(place)] = Channel(place, "", private=True, direct=True)
        self._spots.pop(place, None)

    def rename(self, place: str, name: str) -> None:
        """Take another name of a channel that is known."""
        found = self._known.get(place)
        if found is not None:
            found.name = name
            self._spots.pop(place, None)

    def drop(self, place: str) -> None:
        """Forget a channel: it was deleted, or is to be asked for anew."""
        self._known.pop(place, None)
        self._spots.pop(place, None)

    def look_again(self, settings: SpaceSettings) -> None:
        """Take other settings, and work all out anew."""
        self._settings = settings
        self._spots.clear()

    def _work_out(self, one: Channel) -> Spot:
        allowed = not one.direct and self._settings.allows(Place(one.id, one.name, one.private))
        return Spot(Context(place=one.id, name=one.name), allowed)


def is_direct(place: object) -> bool:
    """Whether an id is that of a conversation between two, which never counts: nothing of it has to be asked for."""
    return isinstance(place, str) and place.startswith("D") and bool(channel_id(place))

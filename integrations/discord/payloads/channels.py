"""A server's channels and threads: what hangs below what, what everyone may see, and what counts by the settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from bot.ports import Context, Place, SpaceSettings
from integrations.discord.payloads.ids import BROKEN, Payload, UnknownPlaceError, clean, moment_in, snowflake

_VIEW = 1 << 10
CATEGORY, PRIVATE_THREAD, STAGE = 4, 12, 13
THREADS = frozenset({10, 11, 12})
FORUMS = frozenset({15, 16})
"""Channels whose threads are posts: forums and media channels."""
_CHANNELS = 5_000
_THREADS = 5_000
_CLOSED = -1


class Spot(NamedTuple):
    """A channel or thread as signals need it: its context, and whether what is done there counts."""

    context: Context
    allowed: bool
    type: int


@dataclass(slots=True)
class _Channel:
    """What is kept of a channel. `hidden` is what its own rules say of everyone, None where they say nothing."""

    id: str
    type: int
    name: str
    parent: str
    hidden: bool | None
    overwrites: frozenset[tuple[str, int, int]]
    last: int
    """When something was last written there as far as was heard, in ms; 0 where nothing was. Messages move it on."""


class Channels:
    """All channels of a server and its latest threads. What counts is worked out at the first use, and kept."""

    def __init__(self, guild: str, settings: SpaceSettings) -> None:
        self._guild = guild
        self._settings = settings
        self._hidden = False
        self._channels: dict[str, _Channel] = {}
        self._threads: dict[str, _Channel] = {}
        self._spots: dict[str, Spot] = {}
        self.changes = 0
        """How often channels or what is settled of them have changed."""

    def spot(self, place: str) -> Spot:
        """Return what there is to know of a channel or thread; raises `UnknownPlaceError`."""
        found = self._spots.get(place)
        if found is None:
            found = self._spots[place] = self._work_out(self._find(place))
        return found

    def places(self, since: int = 0) -> list[str]:
        """Return the ids of all channels and threads that are known, or those written in since a moment (ms)."""
        known = [*self._channels.values(), *self._threads.values()]
        return [one.id for one in known if one.type != CATEGORY and one.last >= since]

    def wrote(self, place: str, now: int) -> None:
        """Note that something is being written in a channel or thread (ms): Discord tells of that by messages only."""
        found = self._channels.get(place) or self._threads.get(place)
        if found is not None:
            found.last = now

    def shut_by_category(self) -> frozenset[str]:
        """Return the channels that do not count because of a category that is listed as out."""
        found = set()
        for one in self._channels.values():
            category = self._channels.get(one.parent)
            if category is None or self._listed(one):
                continue
            if self._settings.listed_out.has(category.id, category.name):
                found.add(one.id)
        return frozenset(found)

    def _listed(self, one: _Channel) -> bool:
        settings = self._settings
        return settings.listed_out.has(one.id, one.name) or settings.listed_in.has(one.id, one.name)

    def type_of(self, channel: str) -> int | None:
        """Return the type of a channel, None where it is not known."""
        return self._channels[channel].type if channel in self._channels else None

    def overwrites(self, channel: str) -> frozenset[tuple[str, int, int]]:
        """Return the rules of a channel's own: for whom, what they allow, what they deny (bits)."""
        return self._channels[channel].overwrites if channel in self._channels else frozenset()

    def replace(self, channels: Iterable[Payload], threads: Iterable[Payload]) -> int:
        """Take the whole list of a server's channels and running threads; returns how many could not be read."""
        self._channels = {}
        self.changes += 1
        self._spots.clear()
        return sum(not self.tried(one) for part in (channels, threads) for one in part)

    def tried(self, d: Payload) -> bool:
        """Put a channel where it can be read; returns whether it could."""
        try:
            self.put(d)
        except BROKEN:
            return False
        return True

    def put(self, d: Payload) -> None:
        """Take a channel or thread, new or changed; the oldest thread gives way where there are very many."""
        one = self._read(d)
        if one.type in THREADS:
            known, room = self._threads, _THREADS
        else:
            known, room = self._channels, _CHANNELS
            self.changes += 1
            self._spots.clear()  # what hangs below it changes with it
        if one.id not in known and len(known) >= room:
            self._forget(known, next(iter(known)))
        self._spots.pop(one.id, None)
        if (before := known.get(one.id)) is not None:
            one.last = max(one.last, before.last)
        known[one.id] = one

    def shut(self, place: str) -> None:
        """Remember that an unknown place cannot be fetched: what is done there is left, since it could be private.

        One that became known meanwhile is heard as it would be anyway.
        """
        snowflake(place)
        known = self._channels.get(place) or self._threads.get(place)
        if known is not None and (known.type not in THREADS or known.parent):
            return
        self.put({"id": place, "type": PRIVATE_THREAD, "name": "", "parent_id": None})
        self._spots[place] = Spot(Context(place=place), False, _CLOSED)

    def drop(self, place: str) -> None:
        """Forget a channel or thread that was deleted."""
        self._forget(self._threads, place)
        self._forget(self._channels, place)

    def look_again(self, settings: SpaceSettings | None = None, hidden: bool | None = None) -> None:
        """Take other settings, or whether everyone's own role may not see channels, and work all out anew."""
        self._settings = settings or self._settings
        self._hidden = self._hidden if hidden is None else hidden
        self.changes += 1
        self._spots.clear()

    def _forget(self, known: dict[str, _Channel], place: str) -> None:
        known.pop(place, None)
        self._spots.pop(place, None)

    def _find(self, place: str) -> _Channel:
        found = self._channels.get(place) or self._threads.get(place)
        if found is None:
            snowflake(place)
            raise UnknownPlaceError("channel", place)
        return found

    def _read(self, d: Payload) -> _Channel:
        name, parent, kind = d["id"], d.get("parent_id"), d["type"]
        snowflake(name)
        if parent is not None:
            snowflake(parent)
        if type(kind) is not int:
            raise TypeError("not a type of channel")
        rules = d.get("permission_overwrites") or ()
        overwrites = frozenset((one["id"], int(one["allow"]), int(one["deny"])) for one in rules)
        hidden = None
        for who, allow, deny in overwrites:
            if who == self._guild and (allow | deny) & _VIEW:
                hidden = not allow & _VIEW
        last = moment_in(snowflake(d["last_message_id"])) if d.get("last_message_id") else 0
        return _Channel(name, kind, clean(d.get("name")), parent or "", hidden, overwrites, last)

    def _work_out(self, one: _Channel) -> Spot:
        below = one.type in THREADS
        # People write the names of threads and posts, often as the beginning of what they say: those are not kept.
        context = Context(place=one.id, parent=one.parent) if below else Context(place=one.id, name=one.name)
        if not below:
            return Spot(context, self._settings.allows(*self._line(one)), one.type)
        if not one.parent:
            raise UnknownPlaceError("channel", one.id)
        channel = self._find(one.parent)
        if channel.type in THREADS:  # a channel that is shut
            return Spot(context, False, one.type)
        place = Place(one.id, one.name, one.type == PRIVATE_THREAD)
        return Spot(context, self._settings.allows(place, *self._line(channel)), one.type)

    def _line(self, channel: _Channel) -> list[Place]:
        """Return a channel and its category.

        Seeing a channel does not take seeing its category, so a public channel's category is public here whatever it
        says. A channel without rules of its own, or with the very same, is as private as its category and no more.
        """
        category = self._channels.get(channel.parent)
        same = category is not None and (not channel.overwrites or channel.overwrites == category.overwrites)
        around = self._is_hidden(category) if category else False
        hidden = around if same else self._is_hidden(channel)
        line = [Place(channel.id, channel.name, hidden and not (same and around))]
        if category is not None:
            line.append(Place(category.id, category.name, hidden and around))
        return line

    def _is_hidden(self, channel: _Channel) -> bool:
        return self._hidden if channel.hidden is None else channel.hidden

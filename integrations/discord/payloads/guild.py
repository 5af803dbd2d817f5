"""What is kept in memory of one server to understand its payloads: never its members, and never more than a bound."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from bot.ports import Account, Context, Held, Kind, Signal, SpaceSettings
from integrations.discord.payloads.ballots import Ballots
from integrations.discord.payloads.channels import STAGE, Channels
from integrations.discord.payloads.convenings import (
    ORGANIZER,
    Convening,
    Convenings,
    organizer_of,
    read_convening,
    read_stage,
    reconcile,
    took_part,
)
from integrations.discord.payloads.ids import BROKEN, Payload, UnknownPlaceError, clean, readable, snowflake, truth
from integrations.discord.payloads.people import People
from integrations.discord.payloads.roles import Holders, Watch
from integrations.discord.payloads.stays import NOWHERE, Voice, VoiceStays

_VIEW = 1 << 10
_ROLES = 1_000
_WRITTEN = {0: Kind.MESSAGE, 7: Kind.JOIN, 18: Kind.THREAD, 19: Kind.REPLY}
_EMOJI = 1_000


class Guild:
    """One server: what holds in it (`settings`, `kinds`), and what its payloads have told of it so far."""

    def __init__(self, number: str, settings: SpaceSettings, kinds: frozenset[Kind], people: People) -> None:
        self.id = number
        self.people = people
        self.settings = settings
        self.kinds = kinds
        self.channels = Channels(number, settings)
        self.spot = self.channels.spot
        self.convenings = Convenings()
        self.stays = VoiceStays(self.channels, self.convenings)
        self.holders = Holders()
        self.watch = Watch()
        self.ballots = Ballots()
        self.joined_after = 0
        """From when on (ms) people who joined are told of where the list of members shows them."""
        self.unreadable = 0
        """Parts of the server's own description that could not be read and are left out."""
        self._roles: dict[str, tuple[str, bool]] = {}
        self._lobby = ""
        self._last = 0
        self._thanks: dict[tuple[str, str], bool] = {}
        self._prepare(0)

    def apply(self, settings: SpaceSettings, kinds: frozenset[Kind], now: int) -> list[Signal]:
        """Take other settings or kinds, which hold from now on; costs nothing where they are the same."""
        if self.settings == settings and self.kinds == kinds:
            return []
        self.settings, self.kinds = settings, kinds
        return self._prepare(now)

    def lobby(self) -> Context:
        """Return the channel that greets newcomers, where there is one that counts."""
        if not self._lobby:
            return NOWHERE
        try:
            spot = self.channels.spot(self._lobby)
        except UnknownPlaceError:  # no reason to lose a newcomer
            return NOWHERE
        return spot.context if spot.allowed else NOWHERE

    def counts(self, convening: Convening) -> bool:
        """Whether what people do about a convening counts: everywhere but in channels that do not."""
        return not convening.channel or self.channels.spot(convening.channel).allowed

    def stamp(self, now: int) -> int:
        """Return a moment for an act that tells none: now, and later than the one before.

        So taking back and doing again within a millisecond (a session that is resumed) end as they should.
        """
        self._last = max(self._last + 1, now)
        return self._last

    def left_out(self, member: Payload | None, who: Account) -> bool:
        """Whether a member (as payloads carry it) has a role whose people do not count; their roles are noted."""
        if member is None:
            return False
        roles = member["roles"]
        if self.watch.names and not who.bot:
            self.watch.see(who, roles)
        return not self.excluded.isdisjoint(roles)

    def is_thanks(self, emoji: Payload) -> bool:
        """Whether reacting with this emoji says thanks here."""
        name = (emoji.get("id") or "", emoji.get("name") or "")
        known = self._thanks.get(name)
        if known is None:
            if len(self._thanks) >= _EMOJI:
                self._thanks.clear()
            known = self._thanks[name] = self.settings.thanks.has(*name)
        return known

    @property
    def roles(self) -> list[str]:
        """The ids of the roles that people give."""
        return [number for number in self._roles if self.role(number)]

    def role(self, number: str) -> str:
        """Return the name of a role that people give; nothing for unknown ones and for those of apps and boosters."""
        name, managed = self._roles.get(number, ("", True))
        return "" if managed else name

    @readable
    def created(self, d: Payload, now: int, heard: int = 0) -> list[Signal]:
        """Take a whole server (GUILD_CREATE). `heard` is when its gateway was last heard of, after a lost session."""
        if truth(d.get("unavailable")):  # an outage; nothing is known anew, and nothing is forgotten
            return self.stays.end(heard or now)
        channels, threads, plans = _list(d, "channels"), _list(d, "threads"), _list(d, "guild_scheduled_events")
        stages = _list(d, "stage_instances")
        people, states = _list(d, "members"), _list(d, "voice_states")
        found = self.stays.part(_places(states), heard or now) + self.updated(d, now)
        self.unreadable += self.channels.replace(channels, threads)
        self.convenings.keep_only(_ids(plans), _ids(stages))
        self.ballots.lose(now)
        for one in plans:
            self._tried(self.convenings.put, one)
            self._tried(lambda d: found.extend(self.organized(d, now)), one)
        for one in stages:
            self._tried(self.put_stage, one)
        members: dict[str, Payload] = {}
        for one in people:
            self._tried(lambda member: members.update({member["user"]["id"]: member}), one)
        for one in states:
            self._tried(lambda d: found.extend(self.stays.update(self.voice(d, members.get(d["user_id"])), now)), one)
        return found

    @readable
    def rsvps(self, one: Convening, users: Iterable[Payload], held: Iterable[Held], captured: int) -> list[Signal]:
        """Return what the list of all who say they come to a convening tells beyond what is stored (`held`).

        `captured` is when the list was asked for (its first page), in ms.
        """
        return reconcile(one, [self.people.user(entry["user"]) for entry in users], held, captured)

    def hosts(self, convening: Convening) -> bool:
        """Whether answers to a convening are worth asking for."""
        return convening.planned and Kind.RSVP in self.kinds and self.heeds(convening)

    def organized(self, d: Payload, now: int) -> list[Signal]:
        """Return who organized a scheduled event that takes place, as far as its data tells; see `Guests` for others.

        Planning alone organizes nothing, and a machine never does.
        """
        creator = organizer_of(d) if Kind.PARTICIPATION in self.kinds else None
        if creator is None or (who := self.people.user(creator)).bot:
            return []
        convening, _ = read_convening(d)
        return [took_part(convening, who, ORGANIZER, now)] if self.heeds(convening) else []

    def heeds(self, convening: Convening) -> bool:
        """Whether what people do about a convening counts, as far as its channel is known."""
        try:
            return self.counts(convening)
        except UnknownPlaceError:  # its channel is not shown to the bot
            return False

    @readable
    def updated(self, d: Payload, now: int) -> list[Signal]:
        """Take what a server says of itself (GUILD_UPDATE): its roles, its idle people's and its newcomers' channel."""
        if d["id"] != self.id:
            raise ValueError("another server")
        idle, lobby = d.get("afk_channel_id") or "", d.get("system_channel_id") or ""
        roles = _list(d, "roles")
        for one in (idle, lobby):
            if one:
                snowflake(one)
        found = self.stays.count(now)
        self.stays.afk, self._lobby = idle, lobby
        self._roles.clear()
        for one in roles:
            self._tried(self.put_role, one)
        self._exclude()
        return found

    def put_role(self, d: Payload) -> None:
        """Take a role, new or changed."""
        number = d["id"]
        snowflake(number)
        if machine := (d.get("tags") or {}).get("bot_id"):  # its own role says who is one, before it does anything
            self.people.user({"id": machine, "bot": True})
        if number == self.id:
            self.channels.look_again(hidden=not int(d["permissions"]) & _VIEW)
        elif number in self._roles or len(self._roles) < _ROLES:
            self._roles[number] = (clean(d["name"]), truth(d.get("managed")))
            self._exclude()

    def stage(self, d: Payload) -> Convening | None:
        """Return a live stage; None for one that belongs to a scheduled event, which tells of it."""
        of_event = d.get("guild_scheduled_event_id")
        return None if of_event else read_stage(d, self.spot(d["channel_id"]).context)

    def put_stage(self, d: Payload) -> None:
        """Take a live stage, new or changed."""
        if (stage := self.stage(d)) is not None:
            self.convenings.put_stage(stage)

    def drop_role(self, number: str) -> None:
        """Forget a role that was deleted."""
        self._roles.pop(number, None)
        self._exclude()

    def voice(self, d: Payload, member: Payload | None = None) -> Voice:
        """Return where a voice state says that somebody is; `member` where the state does not carry it.

        Who comes without either and was not there before is left out: it could be a machine.
        """
        member = d.get("member") or member
        channel = d.get("channel_id") or ""
        if channel:
            snowflake(channel)
        who = self.people.user(member["user"]) if member and "user" in member else self.people.by_id(d["user_id"])
        if who.id != d["user_id"]:
            raise ValueError("another person")
        deaf, unsure = (
            truth(d.get("self_deaf")) or truth(d.get("deaf")),
            member is None and not self.stays.knows(who.id),
        )
        speaks = not truth(d.get("suppress")) and self.channels.type_of(channel) == STAGE
        return Voice(who, channel, deaf, self.left_out(member, who), speaks, unsure)

    def _prepare(self, now: int) -> list[Signal]:
        """Work out once what would cost too much to ask with every message."""
        kinds = self.kinds
        self.written = {number: kind for number, kind in _WRITTEN.items() if kind in kinds}
        """The types of messages that are worth reading, and what they are."""
        self.wants_mentions, self.wants_thanks = Kind.MENTION in kinds, Kind.THANKS in kinds
        self.wants_reactions = Kind.REACTION in kinds
        self._thanks.clear()
        self._exclude()
        found = self.stays.look_again(self.settings, kinds, now)
        self.channels.look_again(self.settings)
        return found

    def _exclude(self) -> None:
        listed = self.settings.excluded_roles
        self.excluded = frozenset(number for number, (name, _) in self._roles.items() if listed.has(number, name))
        asked = self.settings.asks_about
        self.watch.ask({number: name for number, (name, _) in self._roles.items() if asked(number, name)})

    def _tried(self, read: Callable[[Any], None], part: object) -> bool:
        """Read a part of a larger payload; one that cannot be read is counted, and never takes the others with it."""
        try:
            read(part)
        except BROKEN:
            self.unreadable += 1
            return False
        return True


def _list(d: Payload, name: str) -> list[Any]:
    found = d.get(name) or []
    if not isinstance(found, list):
        raise TypeError("not a list")
    return found


def _places(states: Iterable[Any]) -> dict[str, str]:
    """Return where people are, by voice states; broken ones are looked at later."""
    read = [(one.get("user_id"), one.get("channel_id")) for one in states if isinstance(one, dict)]
    return {who: channel for who, channel in read if isinstance(who, str) and isinstance(channel, str)}


def _ids(parts: Iterable[Any]) -> list[str]:
    return [one["id"] for one in parts if isinstance(one, dict) and isinstance(one.get("id"), str)]

"""Time spent in voice and stage channels, who was at a convening and who spoke: a state machine over voice states.

It knows who is in which channel now, and nobody else. Idle time does not count: that of people in the channel for the
idle, of those who are deaf, and, for a stay, of those with whom nobody else is there who listens. A stay that lasts is
told again and again with the same key and more minutes, so that a crash costs minutes, not evenings. A stay ends with
its UTC day; the rest of the evening is the next day's. After a restart, or when the gateway lost us, the list of who is
there is taken as it is then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bot.ports import Account, Context, Kind, Signal, SpaceSettings, Stays, day_of
from integrations.discord.payloads.channels import Channels
from integrations.discord.payloads.convenings import SPEAKER, Convening, Convenings, attended, took_part, was_there_for
from integrations.discord.payloads.ids import UnknownPlaceError

NOWHERE = Context()
_DAY = 86_400_000
_MINUTE = 60_000
AGAIN = 5 * _MINUTE
"""How often a stay that lasts is told."""
THERE = 10 * _MINUTE
"""From when on somebody was at a convening."""
SPOKEN = _MINUTE
"""From when on somebody who has the floor of a stage was a speaker."""
_MOST = 100_000
_COMPANY = 2
"""From how many people on nobody in a channel is alone."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Where somebody is: `channel` is empty for nowhere, `deaf` who does not listen, `left_out` who is not to count.

    `speaks` is who has the floor of a stage; `unsure` who could be a machine, so that they are no company either.
    """

    who: Account
    channel: str
    deaf: bool = False
    left_out: bool = False
    speaks: bool = False
    unsure: bool = False

    @property
    def company(self) -> str:
        """The channel in which others are not alone because of this person; empty where there is none."""
        return "" if self.deaf or self.unsure else self.channel


@dataclass(slots=True)
class _Stay:
    """Somebody in a channel: counted up to `since`; `start` is 0 until something counts, `held` the time that did."""

    voice: Voice
    since: int
    start: int = 0
    held: int = 0
    told: int = 0
    told_at: int = 0
    context: Context = NOWHERE


class VoiceStays:
    """Turns where people are into stays and attendance. All moments are in ms of our own clock."""

    def __init__(self, channels: Channels, convenings: Convenings, there: int = THERE) -> None:
        self.afk = ""
        """The channel that idle people are moved to."""
        self._channels = channels
        self._convenings = convenings
        self.there = there
        """From how long on somebody was at a convening (ms)."""
        self._kinds: frozenset[Kind] = frozenset()
        self._setting = Stays.CONVENINGS
        self._stays: dict[str, _Stay] = {}
        self._company: Counter[str] = Counter()

    def look_again(self, settings: SpaceSettings, kinds: frozenset[Kind], now: int) -> list[Signal]:
        """Take other settings, which hold from now on."""
        found = self.count(now)
        self._kinds, self._setting = kinds, settings.stays
        return found

    def update(self, voice: Voice, now: int) -> list[Signal]:
        """Take where somebody is now."""
        if voice.who.bot:
            return []
        name = voice.who.id
        stay = self._stays.get(name)
        found = self._count(stay, now) if stay else []
        if stay or len(self._stays) < _MOST:
            found += self._accompany(stay.voice.company if stay else "", voice.company, now)
        if stay and stay.voice.channel == voice.channel:
            if voice != stay.voice:
                found += self._tell(stay, now)
                stay.voice = voice
            return found
        if stay:
            found += self._tell(stay, now)
            del self._stays[name]
        if voice.channel and len(self._stays) < _MOST:
            self._stays[name] = _Stay(voice, now, told_at=now)
        return found

    def part(self, here: Mapping[str, str], until: int) -> list[Signal]:
        """Take leave of all who are no longer where they were (`here`: channels by person), counted up to `until`.

        After a lost session that is when we last heard anything: they may have gone at any time since.
        """
        gone = [stay.voice.who for name, stay in self._stays.items() if here.get(name) != stay.voice.channel]
        return [signal for who in gone for signal in self.update(Voice(who, ""), until)]

    def knows(self, who: str) -> bool:
        """Whether somebody is in a channel as far as we know."""
        return who in self._stays

    def count(self, now: int) -> list[Signal]:
        """Count everyone up to now; call it before anything changes that decides what counts."""
        return [signal for stay in self._stays.values() for signal in self._count(stay, now)]

    def tick(self, now: int) -> list[Signal]:
        """Count, and tell the stays that were not told for a while; call it every minute or so."""
        found = self.count(now)
        for stay in self._stays.values():
            if now - stay.told_at >= AGAIN:
                found += self._tell(stay, now)
        return found

    def end(self, now: int) -> list[Signal]:
        """Count and tell everything, and know nobody any more: when stopping, or when the server is out of reach."""
        return self.part({}, now)

    def _accompany(self, before: str, after: str, now: int) -> list[Signal]:
        """Let somebody be company in another channel; who is alone by that, or no more, is counted before."""
        found: list[Signal] = []
        for channel, more in ((before, -1), (after, 1)):
            if not channel or before == after:
                continue
            there = self._company[channel]
            if (there < _COMPANY) != (there + more < _COMPANY):
                left = [one for one in self._stays.values() if one.voice.channel == channel]
                found += [signal for one in left for signal in self._count(one, now)]
            self._company[channel] += more
            if not self._company[channel]:
                del self._company[channel]
        return found

    def _count(self, stay: _Stay, now: int) -> list[Signal]:
        """Count somebody's time up to now, day by day."""
        found: list[Signal] = []
        if not self._listens(stay.voice):
            stay.since = max(stay.since, now)
        open_now = self._convenings.open_in(stay.voice.channel) if stay.since < now else []
        while stay.since < now:
            midnight = (stay.since // _DAY + 1) * _DAY
            until = min(now, midnight)
            found += self._hold(stay, until, bool(open_now))
            for convening in open_now:
                found += self._at(convening, stay.voice, until - stay.since, now)
            stay.since = until
            if until == midnight:
                found += self._tell(stay, until)
        return found

    def _hold(self, stay: _Stay, until: int, convened: bool) -> list[Signal]:
        """Add time to a stay where it counts; a new day begins a new one, with the part of a minute that was left."""
        counts = convened if self._setting is Stays.CONVENINGS else self._setting is Stays.EVERYWHERE
        alone = self._company[stay.voice.channel] < _COMPANY
        if not counts or alone or Kind.STAY not in self._kinds:
            return []
        found: list[Signal] = []
        if not stay.start or day_of(stay.start) != day_of(stay.since):
            found = self._tell(stay, stay.since)
            stay.start, stay.held, stay.told = stay.since, stay.held % _MINUTE, 0
            stay.context = self._channels.spot(stay.voice.channel).context
        stay.held += until - stay.since
        return found

    def _at(self, convening: Convening, voice: Voice, more: int, now: int) -> list[Signal]:
        return self._present(convening, voice.who, more, now) + self._spoke(convening, voice, more, now)

    def _spoke(self, convening: Convening, voice: Voice, more: int, now: int) -> list[Signal]:
        if not voice.speaks or Kind.PARTICIPATION not in self._kinds:
            return []
        before = convening.spoke.get(voice.who, 0)
        convening.spoke[voice.who] = before + more
        return [took_part(convening, voice.who, SPEAKER, now)] if before < SPOKEN <= before + more else []

    def _present(self, convening: Convening, who: Account, more: int, now: int) -> list[Signal]:
        if Kind.ATTENDANCE not in self._kinds:
            return []
        before = convening.present.get(who, 0)
        after = convening.present[who] = before + more
        if before < self.there <= after:
            return [attended(convening, who, now)]
        minutes = after // _MINUTE
        grew = after < self.there and minutes > before // _MINUTE
        return [was_there_for(convening, who, now, minutes)] if grew else []

    def _tell(self, stay: _Stay, now: int) -> list[Signal]:
        """Return a stay as long as it is by now, where it grew by a minute or more."""
        stay.told_at = now
        minutes = stay.held // _MINUTE
        if not stay.start or minutes <= stay.told:
            return []
        stay.told = minutes
        key, who, day = f"d:{stay.voice.channel}/stay/{stay.start}", stay.voice.who, day_of(stay.start)
        return [Signal(Kind.STAY, key, day, stay.start, who, now, stay.context, who, amount=minutes)]

    def _listens(self, voice: Voice) -> bool:
        if voice.deaf or voice.left_out or voice.unsure or voice.channel == self.afk:
            return False
        try:
            return self._channels.spot(voice.channel).allowed
        except UnknownPlaceError:  # deleted, or not shown to the bot
            return False

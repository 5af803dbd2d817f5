"""A server's scheduled events and live stages: which are open where, who said they would come, who had a part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from bot.ports import Account, Context, Held, Kind, Signal, date_of, day_of
from integrations.discord.payloads.ids import Payload, UnknownPlaceError, clean, moment_in, moment_of, snowflake

_OPEN = 2
_OVER = frozenset({3, 4})
_TOOK_PLACE = frozenset({2, 3})
_MOST = 1_000
_MINUTE = 60_000
ORGANIZER, SPEAKER = "organizer", "speaker"
"""The parts that people have in convenings, as rules call them."""


@dataclass(slots=True)
class Convening:
    """A scheduled event or a live stage. `key` is its natural key, `start` when it was to begin (ms).

    `channel` is empty if it is elsewhere. `occasion` is the key of the occurrence that is open or next: each one of a
    series is attended by itself. `present` holds, by account, how long each has been there (ms) while it was open,
    `spoke` how long each had the floor. `by` is who scheduled it (an id), where Discord says no more of them than
    that; `planned` says that it was scheduled, so that people could say they come.
    """

    id: str
    key: str
    day: int
    context: Context
    channel: str
    start: int
    occasion: str
    open: bool
    by: str = ""
    planned: bool = True
    present: dict[Account, int] = field(default_factory=dict)
    spoke: dict[Account, int] = field(default_factory=dict)


class Convenings:
    """The scheduled events of one server that are not over, and the stages that are live without one."""

    def __init__(self) -> None:
        self._known: dict[str, Convening] = {}
        self._stages: dict[str, Convening] = {}

    def __iter__(self) -> Iterator[Convening]:
        return iter((*self._known.values(), *self._stages.values()))

    def of(self, number: str) -> Convening:
        """Return a convening by its id; raises `UnknownPlaceError`."""
        found = self._known.get(number)
        if found is None:
            snowflake(number)
            raise UnknownPlaceError("convening", number)
        return found

    def open_in(self, channel: str) -> list[Convening]:
        """Return the convenings that take place in a channel now; a stage stands back where something is scheduled."""
        planned = [one for one in self._known.values() if one.open and one.channel == channel]
        return planned or [one for one in self._stages.values() if one.channel == channel]

    def put(self, d: Payload) -> None:
        """Take a scheduled event, new or changed; one that is over is forgotten."""
        read, over = read_convening(d)
        known = self._known.get(read.id)
        if over:
            self._known.pop(read.id, None)
            return
        if known is None and len(self._known) >= _MOST:
            raise ValueError("more scheduled events than Discord has")
        if known is not None and known.open and read.open:  # its time may be put right while it lasts
            read.present, read.spoke = known.present, known.spoke
            read.occasion, read.start = known.occasion, known.start
        self._known[read.id] = read

    def drop(self, number: str) -> None:
        """Forget a scheduled event."""
        self._known.pop(number, None)

    def put_stage(self, one: Convening) -> None:
        """Take a stage that is live, new or changed."""
        if one.id not in self._stages and len(self._stages) >= _MOST:
            raise ValueError("more live stages than Discord has")
        self._stages.setdefault(one.id, one)

    def drop_stage(self, number: str) -> None:
        """Forget a stage that is over."""
        self._stages.pop(number, None)

    def keep_only(self, numbers: Iterable[str], stages: Iterable[str]) -> None:
        """Forget all but these: what ended while we did not listen."""
        kept, live = set(numbers), set(stages)
        self._known = {number: one for number, one in self._known.items() if number in kept}
        self._stages = {number: one for number, one in self._stages.items() if number in live}


def coming(one: Convening, who: Account, at: int, occasion: str = "") -> Signal:
    """Return that somebody said they would come; `occasion` is Discord's id of one date of a series."""
    key = f"{one.key}/{snowflake(occasion)}" if occasion else one.key
    return Signal(Kind.RSVP, f"{key}/rsvp", one.day, at, who, at, one.context, who)


def not_coming(one: Convening, who: Account, at: int, occasion: str = "") -> Signal:
    """Return that somebody took back that they would come."""
    return coming(one, who, at, occasion)._replace(retracted=True)


def answers_to(one: Convening) -> tuple[int, str]:
    """Return the day and natural key under which answers to a convening are stored."""
    return one.day, f"{one.key}/rsvp"


def reconcile(one: Convening, listed: Iterable[Account], held: Iterable[Held], captured: int) -> list[Signal]:
    """Return what a list of all who say they will come, asked for at `captured`, tells beyond what is stored.

    Who is missing from it has taken it back; who is new on it is dated by the list. What people did after `captured` is
    newer than both.
    """
    there = dict.fromkeys(who for who in listed if not who.bot)
    known = {one.who for one in held if one.counts}
    missed = [coming(one, who, captured)._replace(estimated=True) for who in there if who not in known]
    return missed + [not_coming(one, who, captured) for who in sorted(known) if who not in there]


def presence_at(one: Convening) -> tuple[int, str]:
    """Return the day and natural key under which attendance of a convening is stored."""
    return one.day, f"{one.occasion}/here"


def recall(one: Convening, held: Iterable[Held], there: int) -> None:
    """Take what is stored of who was there: those who were for long enough (`there`, ms), and how long the others."""
    for who, minutes, counts in held:
        before = minutes * _MINUTE + one.present.get(who, 0)
        one.present[who] = there if counts else min(before, there - 1)


def attended(one: Convening, who: Account, now: int) -> Signal:
    """Return that somebody was there; dated by when the convening was to begin (or now, where it began early).

    So it does not move when somebody is found to be there once more.
    """
    day, key = presence_at(one)
    return Signal(Kind.ATTENDANCE, key, day, min(one.start, now), who, now, one.context, who)


def was_there_for(one: Convening, who: Account, now: int, minutes: int) -> Signal:
    """Return for how long somebody has been there, which is not long enough yet: it is known after a restart."""
    return attended(one, who, now)._replace(amount=minutes, retracted=True)


def took_part(one: Convening, who: Account, role: str, now: int) -> Signal:
    """Return that somebody had a part in a convening (`ORGANIZER`, `SPEAKER`): each part once an occasion."""
    context = replace(one.context, role=role)
    key = f"{one.occasion}/as/{role}"
    return Signal(Kind.PARTICIPATION, key, one.day, min(one.start, now), who, now, context, who)


def organizer_of(d: Payload) -> Payload | None:
    """Return the user who scheduled an event that takes place or did, where its data shows them."""
    creator = d.get("creator")
    return creator if creator and d["status"] in _TOOK_PLACE else None


def read_stage(d: Payload, channel: Context) -> Convening:
    """Return a live stage (the data of STAGE_INSTANCE_CREATE) in a channel, by whose name it is called.

    Its topic is a text that somebody wrote, and is not kept.
    """
    number = snowflake(d["id"])
    start, key = moment_in(number), f"d:{number}"
    context = Context(place=d["id"], name=channel.name, parent=channel.place)
    return Convening(d["id"], key, day_of(start), context, channel.place, start, key, open=True, planned=False)


def read_convening(d: Payload) -> tuple[Convening, bool]:
    """Return a scheduled event, and whether it is over."""
    number, status, channel, by = snowflake(d["id"]), d["status"], d.get("channel_id"), d.get("creator_id")
    if type(status) is not int:
        raise TypeError("not a status")
    for other in (channel, by):
        if other is not None:
            snowflake(other)
    key, start = f"d:{number}", moment_of(d["scheduled_start_time"])
    if start < 0:
        raise ValueError("before all time")
    occasion = f"{key}/{date_of(day_of(start)).isoformat()}" if d.get("recurrence_rule") else key
    context = Context(place=d["id"], name=clean(d.get("name")), parent=channel or "")
    day = day_of(moment_in(number))
    by = "" if d.get("creator") else by or ""
    found = Convening(d["id"], key, day, context, channel or "", start, occasion, status == _OPEN, by)
    return found, status in _OVER

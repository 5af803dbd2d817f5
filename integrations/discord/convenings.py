"""A server's scheduled events: which are open where, and who said they would come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.ports import Account, Context, Kind, Signal, date_of, day_of
from integrations.discord.ids import Payload, UnknownPlaceError, clean, moment_in, moment_of, snowflake

_OPEN = 2
_OVER = frozenset({3, 4})
_MOST = 1_000
_GUESTS = 50_000
"""People per convening whose answer is remembered; of more, a missed withdrawal is not found by polling."""


@dataclass(slots=True)
class Convening:
    """A scheduled event. `key` is its natural key, `start` when it was to begin (ms), `channel` empty if elsewhere.

    `occasion` is the key of the occurrence that is open or next: each one of a series is attended by itself. `present`
    holds, by account, how long each has been there (ms) while it was open.
    """

    id: str
    key: str
    day: int
    context: Context
    channel: str
    start: int
    occasion: str
    open: bool
    present: dict[Account, int] = field(default_factory=dict)
    coming: dict[Account, bool] = field(default_factory=dict)
    """Who said yes (True) and who took it back (False), as far as we heard."""


class Convenings:
    """The scheduled events of one server that are not over."""

    def __init__(self) -> None:
        self._known: dict[str, Convening] = {}

    def __iter__(self) -> Iterator[Convening]:
        return iter(self._known.values())

    def of(self, number: str) -> Convening:
        """Return a convening by its id; raises `UnknownPlaceError`."""
        found = self._known.get(number)
        if found is None:
            snowflake(number)
            raise UnknownPlaceError("convening", number)
        return found

    def open_in(self, channel: str) -> list[Convening]:
        """Return the convenings that take place in a channel now."""
        return [one for one in self._known.values() if one.open and one.channel == channel]

    def put(self, d: Payload) -> None:
        """Take a scheduled event, new or changed; one that is over is forgotten."""
        read, over = _read(d)
        known = self._known.get(read.id)
        if over:
            self._known.pop(read.id, None)
            return
        if known is None and len(self._known) >= _MOST:
            raise ValueError("more scheduled events than Discord has")
        if known is not None:
            read.coming = known.coming
            if known.open and read.open:  # its time may be put right while it lasts; it is the same occasion
                read.present, read.occasion, read.start = known.present, known.occasion, known.start
        self._known[read.id] = read

    def drop(self, number: str) -> None:
        """Forget a scheduled event."""
        self._known.pop(number, None)

    def keep_only(self, numbers: Iterable[str]) -> None:
        """Forget all but these: what ended while we did not listen."""
        kept = set(numbers)
        self._known = {number: one for number, one in self._known.items() if number in kept}


def coming(one: Convening, who: Account, at: int, occasion: str = "") -> Signal:
    """Return that somebody said they would come; `occasion` is Discord's id of one date of a series."""
    _remember(one, who, True, occasion)
    return _answer(one, who, at, occasion)


def not_coming(one: Convening, who: Account, at: int, occasion: str = "") -> Signal:
    """Return that somebody took back that they would come."""
    _remember(one, who, False, occasion)
    return _answer(one, who, at, occasion)._replace(retracted=True)


def reconcile(one: Convening, now_coming: Iterable[Account], captured: int) -> list[Signal]:
    """Return what a list of all who say they will come, asked for at `captured`, tells beyond what was heard.

    Someone of whom nothing was heard is dated by the list, and yields to whatever says it more exactly. Someone known
    to come who is missing has taken it back.
    """
    listed = dict.fromkeys(who for who in now_coming if not who.bot)
    found: list[Signal] = []
    for who in listed:
        before = one.coming.get(who)
        if before is None:
            signal = _answer(one, who, captured)
            found.append(signal._replace(version=moment_in(int(one.id)), estimated=True))
        elif not before:
            found.append(_answer(one, who, captured)._replace(estimated=True))
        _remember(one, who, True)
    gone = [who for who, yes in one.coming.items() if yes and who not in listed]
    return found + [not_coming(one, who, captured) for who in gone]


def attended(one: Convening, who: Account, now: int) -> Signal:
    """Return that somebody was there; dated by when the convening was to begin (or now, where it began early).

    So it does not move when somebody is found to be there once more.
    """
    at = min(one.start, now)
    return Signal(Kind.ATTENDANCE, f"{one.occasion}/here", one.day, at, who, now, one.context, who)


def _answer(one: Convening, who: Account, at: int, occasion: str = "") -> Signal:
    key = f"{one.key}/{snowflake(occasion)}" if occasion else one.key
    return Signal(Kind.RSVP, f"{key}/rsvp", one.day, at, who, at, one.context, who)


def _remember(one: Convening, who: Account, yes: bool, occasion: str = "") -> None:
    if not occasion and (who in one.coming or len(one.coming) < _GUESTS):
        one.coming[who] = yes


def _read(d: Payload) -> tuple[Convening, bool]:
    """Return a scheduled event, and whether it is over."""
    number, status, channel = snowflake(d["id"]), d["status"], d.get("channel_id")
    if type(status) is not int:
        raise TypeError("not a status")
    if channel is not None:
        snowflake(channel)
    key, start = f"d:{number}", moment_of(d["scheduled_start_time"])
    if start < 0:
        raise ValueError("before all time")
    occasion = f"{key}/{date_of(day_of(start)).isoformat()}" if d.get("recurrence_rule") else key
    context = Context(place=d["id"], name=clean(d.get("name")), parent=channel or "")
    day = day_of(moment_in(number))
    return Convening(d["id"], key, day, context, channel or "", start, occasion, status == _OPEN), status in _OVER

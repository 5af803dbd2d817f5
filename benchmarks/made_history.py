"""A made-up community's history: as many signals as wanted, with the habits that real exports show.

Activity is log-normal over members (a few write most), about half a message per member and day on average, with
replies in threads, reactions (more of them than messages) and mentions; about three signals on a day that somebody is
there, where the open sets have three to eight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.columns import Ints
from scoring.signals import DAY_MS, Account, Context, Kind, Signal

FIRST_DAY = 19_000
CHANNELS = 20
_EMOJI = ("thumbsup", "tada", "heart", "eyes", "rocket")
_MESSAGES_A_DAY = 0.5
_SPREAD = 1.6
_PER_MESSAGE = {Kind.REPLY: 0.7, Kind.REACTION: 1.4, Kind.MENTION: 0.2}


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many members write over how many days."""

    members: int
    days: int
    seed: int = 1


def people(crowd: Crowd) -> list[Account]:
    """Return the crowd's accounts."""
    return [Account("slack", "T0000001", f"U{n:08d}") for n in range(crowd.members)]


def places() -> list[Context]:
    """Return the channels."""
    return [Context(place=f"C{n:08d}", name=f"channel-{n}") for n in range(CHANNELS)]


def history(crowd: Crowd) -> list[Signal]:
    """Return the signals in the order of their time."""
    return list(_Writer(crowd).signals())


class _Writer:
    def __init__(self, crowd: Crowd) -> None:
        self._random = np.random.default_rng(crowd.seed)
        weight = self._random.lognormal(0, _SPREAD, crowd.members)
        self._share = weight / weight.sum()
        self._crowd = crowd
        self._people = people(crowd)
        self._places = places()

    def signals(self) -> list[Signal]:
        """Draw messages and replies over the days, and what hangs on each; sort all by time."""
        written = int(self._crowd.members * self._crowd.days * _MESSAGES_A_DAY * (1 + _PER_MESSAGE[Kind.REPLY]))
        at = np.sort(self._random.integers(0, self._crowd.days * DAY_MS, written)) + FIRST_DAY * DAY_MS
        who, place = self._who(written), self._random.integers(0, CHANNELS, written)
        share = _PER_MESSAGE[Kind.REPLY] / (1 + _PER_MESSAGE[Kind.REPLY])
        threads = np.where(self._random.random(written) < share, self._random.integers(1, 200, written), 0)
        reactions = self._random.poisson(_PER_MESSAGE[Kind.REACTION] / (1 + _PER_MESSAGE[Kind.REPLY]), written)
        mentions = self._random.poisson(_PER_MESSAGE[Kind.MENTION] / (1 + _PER_MESSAGE[Kind.REPLY]), written)
        found: list[Signal] = []
        begun: list[Signal] = []
        for row in zip(at.tolist(), who.tolist(), place.tolist(), threads.tolist(), strict=True):
            message = self._message(row, begun)
            found.append(message)
            if message.kind == Kind.MESSAGE:
                begun.append(message)
        self._hang(found, reactions, mentions)
        found.sort(key=lambda signal: signal.at)
        return found

    def _who(self, n: int) -> Ints:
        return self._random.choice(self._crowd.members, n, p=self._share)

    def _message(self, row: tuple[int, int, int, int], begun: list[Signal]) -> Signal:
        at, who, place, back = row
        context = self._places[place]
        parent = begun[-back] if 0 < back <= len(begun) else None
        if parent is not None:
            context = parent.context
        key = f"s:{context.place}:{at // 1000}.{at % 1000:03d}{who % 1000:03d}"
        kind = Kind.REPLY if parent else Kind.MESSAGE
        return Signal(
            kind, key, at // DAY_MS, at, self._people[who], at, context,
            parent=parent.key if parent else "", parent_day=parent.key_day if parent else 0,
        )  # fmt: skip

    def _hang(self, found: list[Signal], reactions: Ints, mentions: Ints) -> None:
        """Add reactions a little later, and mentions, to the messages."""
        total = int(reactions.sum() + mentions.sum())
        others = iter(self._who(total).tolist())
        later = iter(self._random.integers(1, 3_600_000, total).tolist())
        written = list(found)
        for message, n, named in zip(written, reactions.tolist(), mentions.tolist(), strict=True):
            for place in range(n):
                found.append(_reaction(message, place, message.at + next(later), self._people[next(others)]))
            for _ in range(named):
                found.append(_mention(message, self._people[next(others)]))


def _reaction(message: Signal, place: int, at: int, who: Account) -> Signal:
    key = f"{message.key}/r/{_EMOJI[place % len(_EMOJI)]}"
    return Signal(
        Kind.REACTION, key, message.key_day, at, who, at, message.context, who, message.key, message.key_day
    )  # fmt: skip


def _mention(message: Signal, named: Account) -> Signal:
    day, key = message.key_day, f"{message.key}/m"
    return Signal(
        Kind.MENTION, key, day, message.at, message.account, message.at, message.context, named, message.key, day, named
    )

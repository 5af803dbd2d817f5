"""Which answers of a poll people chose, as far as it was heard, so that taking one of several back leaves the others.

It is kept in memory only: for what somebody voted is stored nowhere. Where memory is not enough, Discord is asked.
"""

from __future__ import annotations

from collections.abc import Iterable

from integrations.discord.payloads.ids import moment_in, snowflake

Ballot = tuple[str, str]
"""The ids of a poll's message and of a person."""
ANSWERS = range(256)
"""What the number of an answer can be."""
ROOM = 10_000
CLOCKS_MS = 60_000
"""By how much Discord's clock, which dates polls, may be ahead of ours."""


class Ballots:
    """The ballots of one server, never more than so many."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._since = 0
        self._chosen: dict[Ballot, tuple[int, bool]] = {}

    def __len__(self) -> int:
        return len(self._chosen)

    def lose(self, now: int) -> None:
        """Forget all: up to now (ms) something may have been missed."""
        self._chosen.clear()
        self._since = now

    def chose(self, ballot: Ballot, answer: int, now: int, *, yes: bool) -> bool:
        """Note that somebody chose an answer or took it back; returns whether they chose any then, if that is known."""
        bits, whole = self._chosen.pop(ballot, (0, False))
        bits = bits | 1 << answer if yes else bits & ~(1 << answer)
        self._keep(ballot, bits, now, whole=whole)
        return bool(bits)

    def knows(self, ballot: Ballot) -> bool:
        """Whether all that somebody chose is known: the poll began while nothing was missed, or Discord was asked."""
        _, whole = self._chosen.get(ballot, (0, False))
        return whole or moment_in(snowflake(ballot[0])) > self._since + CLOCKS_MS

    def learn(self, ballot: Ballot, answers: Iterable[int], now: int) -> None:
        """Take all that somebody has chosen, as Discord says."""
        self._chosen.pop(ballot, None)
        self._keep(ballot, sum(1 << one for one in set(answers)), now, whole=True)

    def _keep(self, ballot: Ballot, bits: int, now: int, *, whole: bool) -> None:
        if not bits and not whole:
            return
        if len(self._chosen) >= self._room:
            self._chosen.pop(next(iter(self._chosen)))
            self._since = now
        self._chosen[ballot] = bits, whole

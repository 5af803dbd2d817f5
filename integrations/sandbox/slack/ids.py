"""Ids and timestamps as Slack makes them: a letter for the kind, and the moment of a message as its name."""

from __future__ import annotations

from collections.abc import Callable, Container
from itertools import count

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIRST = 36**8
_STEP = 7_919
_MICRO = 1_000_000


class Ids:
    """Makes ids; the same world gets the same ones."""

    def __init__(self) -> None:
        self._numbers = count()

    def new(self, kind: str) -> str:
        """Return an id that begins with the letters of its kind: `T` team, `U` person, `C` channel, and so on."""
        number, text = _FIRST + next(self._numbers) * _STEP, ""
        while number:
            number, digit = divmod(number, 36)
            text = _DIGITS[digit] + text
        return f"{kind}0{text}"


class Stamps:
    """Makes timestamps. Each is another one, and those of now only grow, also where the clock stands still."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._last = 0

    def now(self) -> str:
        """Return a timestamp of this moment."""
        self._last = max(self._clock() * 1000, self._last + 1)
        return _text(self._last)

    def at(self, moment: int, taken: Container[str]) -> str:
        """Return a timestamp of a moment in ms that is not among those `taken`."""
        micro = moment * 1000
        while _text(micro) in taken:
            micro += 1
        return _text(micro)


def _text(micro: int) -> str:
    return f"{micro // _MICRO}.{micro % _MICRO:06d}"


def moment_of(ts: str) -> int:
    """Return when a timestamp was made, in ms."""
    seconds, _, micro = ts.partition(".")
    return int(seconds) * 1000 + int((micro or "0").ljust(6, "0")[:6]) // 1000


def seconds_of(moment: int) -> int:
    """Return a moment in ms as whole seconds, as most of Slack's fields have it."""
    return moment // 1000

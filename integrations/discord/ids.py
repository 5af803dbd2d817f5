"""Reading single values of Discord's payloads: ids, times, names; and what is raised for payloads that are broken."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from bot.ports import milliseconds

Payload = Mapping[str, Any]
"""A JSON object as Discord sends it."""

_EPOCH_MS = 1_420_070_400_000
_LAST_ID = 2**64
_DAY_MS = 86_400_000
LONGEST_NAME = 100
"""Characters of a name that are kept; Discord allows no longer ones."""
_LONGEST_EMOJI = 200
_DROPPED = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
BROKEN = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError)
"""What reading a payload raises that is not what Discord's reference says."""

_P = ParamSpec("_P")
_R = TypeVar("_R")


class UnreadableError(Exception):
    """A payload is not what Discord's reference says. The message names no content of it."""


class UnknownPlaceError(UnreadableError):
    """A payload speaks of a channel, thread or convening that the guild's state does not know (`what` says which).

    Threads that were archived before the bot came are an example. Fetch it, put it into the state, and read again.
    """

    def __init__(self, what: str, place: str) -> None:
        super().__init__(f"an unknown {what}")
        self.what = what
        self.place = place


def readable(read: Callable[_P, _R]) -> Callable[_P, _R]:
    """Make a reader raise nothing but `UnreadableError`, whatever it is given."""

    @wraps(read)
    def reading(*args: _P.args, **more: _P.kwargs) -> _R:
        try:
            return read(*args, **more)
        except BROKEN as error:
            # not chained: the first error's text may quote the payload
            raise UnreadableError(f"{read.__name__}: {type(error).__name__}") from None

    return reading


def snowflake(text: object) -> int:
    """Return a Discord id as a number. Raises ValueError for what is none."""
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= 20:
        number = int(text)
        if number < _LAST_ID:
            return number
    raise ValueError("not a Discord id")


def moment_in(number: int) -> int:
    """Return the moment that is part of a Discord id, in ms. Source: Discord's reference, "Snowflakes"."""
    return (number >> 22) + _EPOCH_MS


def not_later(moment: int, now: int) -> int:
    """Return a moment that has come; raises ValueError for one more than a day ahead of our clock or before Discord."""
    if _EPOCH_MS <= moment <= now + _DAY_MS:
        return moment
    raise ValueError("a time to come, or before all time")


def moment_of(text: object) -> int:
    """Return an ISO 8601 time in milliseconds; without a zone it is UTC. Raises ValueError or TypeError."""
    if not isinstance(text, str) or len(text) > 40:
        raise TypeError("not a time")
    moment = dt.datetime.fromisoformat(text)
    return milliseconds(moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC))


def clean(name: object) -> str:
    """Return a name without control characters and of sane length; nothing for null. Raises TypeError."""
    if name is None:
        return ""
    if not isinstance(name, str):
        raise TypeError("not a name")
    text = name[: 4 * LONGEST_NAME]
    if not text.isprintable():
        text = "".join(one for one in text if unicodedata.category(one) not in _DROPPED and one not in _TURNING)
    return text[:LONGEST_NAME]


def emoji_in(emoji: Payload) -> str:
    """Return the id of a server's own emoji, else the emoji itself. Raises for what is neither."""
    number = emoji.get("id")
    if number:
        return str(snowflake(number))
    name = emoji["name"]
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_EMOJI or "\0" in name:
        raise ValueError("not an emoji")
    name.encode()  # a lone surrogate could not be stored
    return name


def truth(value: object) -> bool:
    """Return a truth value; null is no. Raises TypeError for anything else."""
    if value is None or isinstance(value, bool):
        return bool(value)
    raise TypeError("neither true nor false")

"""Reading single values of Discord's payloads: ids, times, emoji; and what is raised for unknown places."""

from __future__ import annotations

import datetime as dt

from bot.ports import BROKEN, LONGEST_NAME, Payload, UnreadableError, clean, milliseconds, readable, truth

__all__ = [
    "BROKEN",
    "LONGEST_NAME",
    "Payload",
    "UnknownPlaceError",
    "UnreadableError",
    "clean",
    "emoji_in",
    "moment_in",
    "moment_of",
    "not_later",
    "readable",
    "snowflake",
    "truth",
]

_EPOCH_MS = 1_420_070_400_000
_LAST_ID = 2**64
_DAY_MS = 86_400_000
_LONGEST_EMOJI = 200


class UnknownPlaceError(UnreadableError):
    """A payload speaks of a channel, thread or convening that the guild's state does not know (`what` says which).

    Threads that were archived before the bot came are an example. Fetch it, put it into the state, and read again.
    """

    def __init__(self, what: str, place: str) -> None:
        super().__init__(f"an unknown {what}")
        self.what = what
        self.place = place


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


def id_at(moment: int) -> int:
    """Return the lowest id of a moment (ms)."""
    return max(moment - _EPOCH_MS, 0) << 22


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

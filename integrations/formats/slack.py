"""Slack's messages, times and names, as its events, its history and its exports have them: one reading of all three.

Texts are looked at for whom they name, then dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from bot.ports import Account, Context, Kind, Signal, day_of

SLACKBOT = "USLACKBOT"
WRITTEN = frozenset({None, "thread_broadcast", "me_message", "file_share"})
"""Subtypes of messages that somebody wrote."""
ARRIVALS = {
    "channel_join": Kind.JOIN,
    "group_join": Kind.JOIN,
    "channel_leave": Kind.LEAVE,
    "group_leave": Kind.LEAVE,
}
"""Subtypes of messages that tell of somebody's coming to a channel, or going."""
GONE = "tombstone"
"""The subtype of what is left of a message that was deleted and has answers."""
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_LONGEST_NAME = 200
_DAY_MS = 86_400_000
_new = tuple.__new__


def moment_of(ts: object) -> int:
    """Return Slack's `ts` in milliseconds, cut; never through a float. Raises ValueError for anything else."""
    if isinstance(ts, str):
        return _moment_of(ts)
    raise ValueError("not a Slack time")


@lru_cache(1_024)
def _moment_of(ts: str) -> int:
    """Return what `moment_of` does; each time is asked for often, as a message's own and as its thread's."""
    if len(ts) == 17 and ts[10] == "." and ts.isascii():
        digits = ts[:10] + ts[11:]
        if digits.isdigit():
            return int(digits[:13])
    raise ValueError("not a Slack time")


def key_of(place: str, ts: str) -> str:
    """Return the natural key of a message: its channel and its `ts`."""
    return f"s:{place}:{ts}"


def written(message: Mapping[str, Any], channel: Context, author: Account, captured: int) -> Signal:
    """Return that somebody wrote a message, or an answer in a thread. `captured` as in `Signal`."""
    ts = message["ts"]
    at = moment_of(ts)
    edited = message.get("edited")
    version = moment_of(edited["ts"]) if edited else at
    kind, parent, parent_day = Kind.MESSAGE, "", 0
    thread = message.get("thread_ts")
    if thread is not None and thread != ts:
        kind, parent, parent_day = Kind.REPLY, f"s:{channel.place}:{thread}", moment_of(thread) // _DAY_MS
    # a plain tuple made a Signal, and nothing called that can be said here: histories make millions of these
    key, day = f"s:{channel.place}:{ts}", at // _DAY_MS
    said = (kind, key, day, at, author, version, channel, None, parent, parent_day, None, 0, captured, False, False)
    return _new(Signal, said)


def mentions(said: Signal, people: Iterable[Account | None]) -> list[Signal]:
    """Return that a message names people; machines, and whoever is not known (None), are left aside."""
    day, at, key = said.key_day, said.at, f"{said.key}/m"
    return [
        Signal(Kind.MENTION, key, day, at, said.account, said.version, said.context, named, said.key, day, named)
        for named in people
        if named is not None and not named.bot
    ]


def named_in(message: Mapping[str, Any]) -> list[str]:
    """Return the ids of those whom a message's text names, each once."""
    text = message.get("text")
    return list(dict.fromkeys(_MENTION.findall(text))) if text and "<@" in text else []


def emoji_of(name: str) -> str:
    """Return the name of an emoji as it stands in natural keys. Raises ValueError for what is none."""
    if not 0 < len(name) <= _LONGEST_NAME or "\0" in name:
        raise ValueError("not the name of an emoji")
    return name


def whole(reactions: Iterable[Mapping[str, Any]]) -> bool:
    """Whether every reaction names as many people as it counts: Slack cuts long lists. Raises for a broken one."""
    found = True
    for reaction in reactions:
        emoji_of(reaction["name"])
        found = found and len(reaction.get("users") or ()) == reaction["count"]
    return found


def gone(place: str, ts: str, thread: str | None, version: int, channel: Context) -> Signal:
    """Return that a message is gone, and with it what hangs on it."""
    at = moment_of(ts)
    kind = Kind.MESSAGE if thread in (None, ts) else Kind.REPLY
    return Signal(kind, key_of(place, ts), day_of(at), at, None, version, channel, retracted=True)

"""What can be observed about a person's participation; the one catalogue of kinds.

A signal never holds what was said. Times are integers: milliseconds since 1970-01-01 UTC for moments,
days since 1970-01-01 UTC for days, because whole histories travel as columns of them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

DAY_MS = 86_400_000
_EPOCH = dt.date(1970, 1, 1)


class Kind(IntEnum):
    """What was observed. The numbers are stored: never reuse or change one."""

    MESSAGE = 1
    REPLY = 2
    MENTION = 3
    REACTION = 4
    THREAD = 5
    JOIN = 6
    LEAVE = 7
    STAY = 8
    RSVP = 9
    ATTENDANCE = 10
    POLL_VOTE = 11
    SURVEY_ANSWER = 12
    THANKS = 13
    ROLE = 14
    PARTICIPATION = 15
    LOGGED = 16
    MODERATION = 17

    @property
    def label(self) -> str:
        """The kind's name in rules, reports and JSON, for example `poll_vote`."""
        return self.name.lower()


MEANINGS = {
    Kind.MESSAGE: "wrote a message that answers nobody",
    Kind.REPLY: "answered a message or in a thread",
    Kind.MENTION: "named another person in a message",
    Kind.REACTION: "reacted to a message",
    Kind.THREAD: "opened a thread",
    Kind.JOIN: "joined a channel, a thread or the space",
    Kind.LEAVE: "left a channel or the space",
    Kind.STAY: "stayed in a voice channel or huddle (minutes)",
    Kind.RSVP: "said they would come to a convening",
    Kind.ATTENDANCE: "came to a convening",
    Kind.POLL_VOTE: "voted in a poll",
    Kind.SURVEY_ANSWER: "answered a survey",
    Kind.THANKS: "thanked another person",
    Kind.ROLE: "was given a role",
    Kind.PARTICIPATION: "took part in a programme or convening in a role",
    Kind.LOGGED: "was seen by a moderator to do something",
    Kind.MODERATION: "looked after the space as a moderator or administrator",
}
"""What each kind means, in words that follow a person's name."""

KINDS = {kind.label: kind for kind in Kind}
"""Kinds by label."""

ALWAYS_STORED = frozenset({Kind.MESSAGE, Kind.REPLY, Kind.MENTION, Kind.REACTION, Kind.PARTICIPATION})
"""Kinds that reports and the network use whatever the rules say; others are stored only where a rule uses them."""

WRITTEN = (Kind.MESSAGE, Kind.REPLY)
"""The kinds that are one written message each."""


class Account(NamedTuple):
    """An identity as a platform gives it; who it belongs to is settled in the store (a tuple: it is hashed quickest).

    `realm` is empty where ids are global (Discord), the workspace's id on Slack, and the name of the id scheme for
    imported people (`github`; empty for a file's own ids, platform `imported`).
    """

    platform: str
    realm: str
    id: str
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """Where and as what something was done; shared by many signals. Empty text means "does not apply".

    `place` is the platform's id of the channel, thread or convening, `name` what people call it (it may change and is
    no part of the identity), `parent` the place it hangs below. `programme`, `cohort`, `role`, `project` and
    `completed` describe a participation.
    """

    place: str = ""
    name: str = ""
    parent: str = ""
    programme: str = ""
    cohort: str = ""
    role: str = ""
    project: str = ""
    completed: bool | None = None


NOWHERE = Context()


class Signal(NamedTuple):
    """Something observed, before it is stored (a tuple, because histories make millions of them).

    `key` is the platform's own id of the object (`s:CHANNEL:TS`, `d:SNOWFLAKE`, `p:SOURCE:ROW`) with a suffix for what
    hangs on it (`/r/EMOJI`, `/m`), and `key_day` the day inside that id. Where a person is part of what makes the
    signal unique (who reacted, who was named), that person stands in `key_person`, never in `key`; the store appends
    their pseudonym. Of two captures of one key the higher `version` wins: the platform's time of the act (its last
    edit), else the time of capture. `captured` is set on messages whose reactions were captured whole: reactions to it
    that are missing from that capture are gone. `retracted` says that the object no longer exists; a retraction needs
    no account.
    """

    kind: Kind
    key: str
    key_day: int
    at: int
    account: Account | None
    version: int
    context: Context = NOWHERE
    key_person: Account | None = None
    parent: str = ""
    parent_day: int = 0
    target: Account | None = None
    amount: int = 0
    captured: int = 0
    estimated: bool = False
    retracted: bool = False


def day_of(moment: int) -> int:
    """Return the UTC day number of a moment in milliseconds."""
    return moment // DAY_MS


def day_number(day: dt.date) -> int:
    """Return days since 1970-01-01."""
    return (day - _EPOCH).days


def date_of(day: int) -> dt.date:
    """Return the calendar date of a day number."""
    return _EPOCH + dt.timedelta(days=day)


def milliseconds(moment: dt.datetime) -> int:
    """Return an aware datetime as milliseconds since 1970-01-01 UTC, cut (not rounded) to whole milliseconds.

    Raises ValueError for a naive datetime.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)

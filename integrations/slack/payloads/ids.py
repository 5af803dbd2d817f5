"""Reading single values of Slack's payloads: ids and moments; and what is raised for what is not known yet."""

from __future__ import annotations

import re

from bot.ports import Payload, UnreadableError
from integrations.formats.slack import moment_of

_PERSON = re.compile(r"[UW][A-Z0-9]{1,30}")
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{1,30}")
_TEAM = re.compile(r"[TE][A-Z0-9]{1,30}")
_GROUP = re.compile(r"S[A-Z0-9]{1,30}")
_FIRST_MS = 1_356_998_400_000
"""2013-01-01: there is no Slack message that is older."""
_DAY_MS = 86_400_000


class UnknownError(UnreadableError):
    """A payload speaks of a channel or person that the workspace's state does not know; `what` says which of the two.

    Ask Slack for it, put it into the state, and read again.
    """

    def __init__(self, what: str, number: str) -> None:
        super().__init__(f"an unknown {what}")
        self.what = what
        self.id = number


def person_id(text: object) -> str:
    """Return the id of a person or machine. Raises ValueError for what is none."""
    return _checked(_PERSON, text)


def channel_id(text: object) -> str:
    """Return the id of a channel or conversation. Raises ValueError for what is none."""
    return _checked(_CHANNEL, text)


def team_id(text: object) -> str:
    """Return the id of a workspace or organisation. Raises ValueError for what is none."""
    return _checked(_TEAM, text)


def group_id(text: object) -> str:
    """Return the id of a user group. Raises ValueError for what is none."""
    return _checked(_GROUP, text)


def heard_at(event: Payload, now: int) -> int:
    """Return when something was done by what an event says (ms), else now; raises ValueError for a time to come."""
    said = event.get("event_ts")
    return not_later(moment_of(said), now) if said else now


def not_later(moment: int, now: int) -> int:
    """Return a moment that has come; raises ValueError for one more than a day ahead of our clock or before Slack."""
    if _FIRST_MS <= moment <= now + _DAY_MS:
        return moment
    raise ValueError("a time to come, or before all time")


def _checked(pattern: re.Pattern[str], text: object) -> str:
    if isinstance(text, str) and pattern.fullmatch(text):
        return text
    raise ValueError("not a Slack id")

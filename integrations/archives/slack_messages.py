"""What one object of a Slack export says about participation. Texts are looked at for whom they name, then dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.ports import Account, Context, Kind, Read, Signal, day_of
from integrations.formats.slack import (
    ARRIVALS,
    GONE,
    SLACKBOT,
    WRITTEN,
    gone,
    key_of,
    mentions,
    moment_of,
    named_in,
    whole,
    written,
)

_REASONS = {
    "bot_message": "bot message",
    "file_comment": "file comment",
    "huddle_thread": "huddle",
    "reply_broadcast": "notice of a reply",
    "slackbot_response": "Slackbot message",
}
_NOTICES = re.compile(
    r"(channel|group)_(topic|purpose|name|archive|unarchive|posting_permissions|convert_to_private|convert_to_public"
    r"|canvas_updated)|(un)?pinned_item|bot_(add|remove|enable|disable)|reminder_add|tabbed_canvas_updated"
    r"|file_mention|sh_room_created|app_conversation_join|joiner_notification(_for_inviter)?|ekm_access_denied"
    r"|document_mention|assistant_app_thread"
)


class SlackMessages:
    """Turns the objects of one channel into signals; what is left aside is counted in `read`."""

    def __init__(self, members: Mapping[str, Account], captured: int, channel: Context, read: Read) -> None:
        self._members = members
        self._captured = captured
        self._channel = channel
        self._read = read

    def signals(self, message: Mapping[str, Any]) -> list[Signal]:
        """Return all that one object says; for a broken one raises ValueError, TypeError, KeyError or AttributeError.

        Reactions carry no time: they are dated by their message and marked as estimated.
        """
        reactions = message.get("reactions")
        found = self._act(message, self._captured if not reactions or whole(reactions) else 0)
        if reactions:
            found += self._reactions(reactions, message["ts"])
        return found

    def _act(self, message: Mapping[str, Any], captured: int) -> list[Signal]:
        """Return what the object itself says, without its reactions."""
        subtype, channel, ts = message.get("subtype"), self._channel, message["ts"]
        at = moment_of(ts)
        if subtype in WRITTEN:
            author = self._author(message)
            return self._written(message, author, captured) if author else []
        if subtype in ARRIVALS:
            author = self._author(message)
            key = key_of(channel.place, ts)
            return [Signal(ARRIVALS[subtype], key, day_of(at), at, author, at, channel)] if author else []
        if subtype == GONE:
            return [gone(channel.place, ts, message.get("thread_ts"), self._captured, channel)]
        self._read.skipped[_reason(subtype)] += 1
        return []

    def _author(self, message: Mapping[str, Any]) -> Account | None:
        """Return the person who did it; counts why there is none."""
        user = message.get("user")
        account = self._members.get(user) if user else None
        if account is not None and not account.bot:
            return account
        self._read.skipped[_nobody(user, account)] += 1
        return None

    def _written(self, message: Mapping[str, Any], author: Account, captured: int) -> list[Signal]:
        said = written(message, self._channel, author, captured)
        text = message.get("text")
        if not text or "<@" not in text:
            return [said]
        return [said, *mentions(said, map(self._members.get, named_in(message)))]

    def _reactions(self, reactions: list[dict[str, Any]], ts: str) -> list[Signal]:
        captured, channel, key, at = self._captured, self._channel, key_of(self._channel.place, ts), moment_of(ts)
        day = day_of(at)
        return [
            # by position: this is by far the most frequent call of an import
            Signal(Kind.REACTION, what, day, at, who, captured, channel, who, key, day, None, 0, 0, True)
            for reaction in reactions
            for what in (f"{key}/r/{reaction['name']}",)
            for who in self._reacting(reaction)
        ]

    def _reacting(self, reaction: Mapping[str, Any]) -> list[Account]:
        """Return the people behind one emoji; counts those who are left aside or not told."""
        users = reaction.get("users") or ()
        missing = reaction["count"] - len(users)
        if missing > 0:
            self._read.skipped["reaction without its people"] += missing
        people: list[Account] = []
        for user in dict.fromkeys(users):
            account = self._members.get(user)
            if account is None or account.bot:
                self._read.skipped["reaction by a bot" if account else "reaction by an unknown user"] += 1
            else:
                people.append(account)
        return people


def _nobody(user: object, account: Account | None) -> str:
    if not user:
        return "no author"
    if user == SLACKBOT:
        return "Slackbot message"
    return "unknown user" if account is None else "bot message"


def _reason(subtype: object) -> str:
    if isinstance(subtype, str):
        if subtype in _REASONS:
            return _REASONS[subtype]
        if _NOTICES.fullmatch(subtype):
            return subtype.replace("_", " ")
    return "other kind of object"

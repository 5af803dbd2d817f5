"""What one object of a Slack export says about participation. Texts are looked at for whom they name, then dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from bot.ports import Account, Context, Kind, Read, Signal, day_of
from integrations.archives.slack_people import SLACKBOT

_WRITTEN = frozenset({None, "thread_broadcast", "me_message", "file_share"})
_ARRIVALS = {
    "channel_join": Kind.JOIN,
    "group_join": Kind.JOIN,
    "channel_leave": Kind.LEAVE,
    "group_leave": Kind.LEAVE,
}
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
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_LONGEST_NAME = 200


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
        ts = message["ts"]
        at = moment_of(ts)
        key = f"s:{self._channel.place}:{ts}"
        reactions = message.get("reactions")
        whole = not reactions or _whole(reactions)
        found = self._act(message, key, at, self._captured if whole else 0)
        if reactions:
            found += self._reactions(reactions, key, at)
        return found

    def _act(self, message: Mapping[str, Any], key: str, at: int, captured: int) -> list[Signal]:
        """Return what the object itself says, without its reactions."""
        subtype = message.get("subtype")
        if subtype in _WRITTEN:
            author = self._author(message)
            return self._written(message, key, author, captured) if author else []
        if subtype in _ARRIVALS:
            author = self._author(message)
            return [Signal(_ARRIVALS[subtype], key, day_of(at), at, author, at, self._channel)] if author else []
        if subtype == "tombstone":
            kind = Kind.REPLY if message.get("thread_ts", message["ts"]) != message["ts"] else Kind.MESSAGE
            return [Signal(kind, key, day_of(at), at, None, self._captured, self._channel, retracted=True)]
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

    def _written(self, message: Mapping[str, Any], key: str, author: Account, captured: int) -> list[Signal]:
        channel, ts = self._channel, message["ts"]
        at = moment_of(ts)
        day = day_of(at)
        edited = message.get("edited")
        version = moment_of(edited["ts"]) if edited else at
        kind, parent, parent_day = Kind.MESSAGE, "", 0
        thread = message.get("thread_ts")
        if thread is not None and thread != ts:
            kind, parent, parent_day = Kind.REPLY, f"s:{channel.place}:{thread}", day_of(moment_of(thread))
        found = [Signal(kind, key, day, at, author, version, channel, None, parent, parent_day, None, 0, captured)]
        text = message.get("text")
        if text and "<@" in text:
            mention = f"{key}/m"
            found += [
                Signal(Kind.MENTION, mention, day, at, author, version, channel, named, key, day, named)
                for named in self._named(text)
            ]
        return found

    def _named(self, text: str) -> list[Account]:
        """Return the members a text names, each once."""
        members = (self._members.get(user) for user in dict.fromkeys(_MENTION.findall(text)))
        return [member for member in members if member is not None and not member.bot]

    def _reactions(self, reactions: list[dict[str, Any]], key: str, at: int) -> list[Signal]:
        day, captured, channel = day_of(at), self._captured, self._channel
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


def _whole(reactions: list[dict[str, Any]]) -> bool:
    """Whether every reaction names as many people as it counts: Slack cuts long lists. Raises for a broken one."""
    whole = True
    for reaction in reactions:
        name = reaction["name"]
        if not 0 < len(name) <= _LONGEST_NAME or "\0" in name:
            raise ValueError("not the name of an emoji")
        whole = whole and len(reaction.get("users") or ()) == reaction["count"]
    return whole


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

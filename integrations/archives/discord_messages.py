"""What one message of a Discord export says about participation. Texts are never looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.ports import Account, Kind, Read, Signal, day_of
from integrations.archives.discord_files import ChannelFile, moment_of

_EPOCH_MS = 1_420_070_400_000
_KINDS = {
    "Default": Kind.MESSAGE,
    "Reply": Kind.REPLY,
    "ThreadCreated": Kind.THREAD,
    "GuildMemberJoin": Kind.JOIN,
    # the same as Discord's own numbers
    "0": Kind.MESSAGE,
    "7": Kind.JOIN,
    "18": Kind.THREAD,
    "19": Kind.REPLY,
}
_WRITTEN = (Kind.MESSAGE, Kind.REPLY)
_REASONS = {
    "RecipientAdd": "member added",
    "RecipientRemove": "member removed",
    "Call": "call",
    "ChannelNameChange": "channel name",
    "ChannelIconChange": "channel icon",
    "ChannelPinnedMessage": "pinned message",
    "8": "server boost",
    "9": "server boost",
    "10": "server boost",
    "11": "server boost",
    "12": "followed channel",
    "20": "slash command",
    "21": "start of a thread",
    "23": "menu command",
    "24": "automatic moderation",
    "46": "poll result",
}
_LONGEST_NAME = 200
_CACHED = 100_000


def snowflake(text: object) -> int:
    """Return a Discord id as a number. Raises ValueError for what is none."""
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= 20:
        return int(text)
    raise ValueError("not a Discord id")


def moment_in(number: int) -> int:
    """Return the moment that is part of a Discord id, in ms. Source: Discord's reference, "Snowflakes"."""
    return (number >> 22) + _EPOCH_MS


class People:
    """The accounts of an export. Who was seen as a bot once, in whatever role, counts as one from there on."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._cached: dict[str, Account] = {}
        self._bots: set[int] = set()
        self._authors: set[int] = set()

    def account(self, user: Mapping[str, Any]) -> Account:
        """Return the account of a user object."""
        known = self._cached.get(user["id"])
        if known is None or (not known.bot and user.get("isBot") is True):
            number = snowflake(user["id"])
            if user.get("isBot") is True:
                self._bots.add(number)
                self._count()
            known = Account("discord", "", user["id"], number in self._bots)
            if len(self._cached) >= _CACHED:
                self._cached.clear()
            self._cached[known.id] = known
        return known

    def author(self, user: Mapping[str, Any]) -> Account:
        """Return the account of a message's author, which counts."""
        account = self.account(user)
        number = int(account.id)
        if number not in self._authors:
            self._authors.add(number)
            self._count()
        return account

    def _count(self) -> None:
        self._read.accounts = len(self._authors)
        self._read.bots = len(self._bots & self._authors)


class DiscordMessages:
    """Turns the messages of one file into signals; what is left aside is counted in `read`."""

    def __init__(self, file: ChannelFile, people: People, read: Read) -> None:
        self._server = file.space.id
        self._channel = file.channel
        self._captured = file.captured
        self._people = people
        self._read = read

    def signals(self, message: Mapping[str, Any]) -> list[Signal]:
        """Return all that a message says; for a broken one raises ValueError, TypeError, KeyError or AttributeError.

        Reactions carry no time: they are dated by their message and marked as estimated.
        """
        number = snowflake(message["id"])
        key, at = f"d:{number}", moment_in(number)
        reactions = message.get("reactions")
        # no list at all tells nothing; an empty one says that nobody reacted
        whole = reactions is not None and _whole(reactions)
        found = self._act(message, key, at, self._captured if whole else 0)
        if reactions:
            found += self._reactions(reactions, key, at)
        self._read.saw(at)
        return found

    def _act(self, message: Mapping[str, Any], key: str, at: int, captured: int) -> list[Signal]:
        """Return what the message itself says, without its reactions."""
        author = self._people.author(message["author"])
        if author.bot:
            self._read.skipped["bot message"] += 1
            return []
        kind = _KINDS.get(message["type"])
        if kind is None:
            self._read.skipped[_REASONS.get(message["type"], "other kind of object")] += 1
            return []
        if kind is Kind.JOIN:  # as the live bot hears it, with or without a message that greets
            return [Signal(kind, f"d:{self._server}/join", day_of(at), at, author, at, self._channel, author)]
        if kind is Kind.THREAD:
            key, day = _opened(message, key, day_of(at))
            return [Signal(kind, key, day, at, author, at, self._channel)]
        edited = message.get("timestampEdited")
        version = moment_of(edited) if edited else at
        kind, parent, parent_day = _answered(message, kind)
        day, channel, mention = day_of(at), self._channel, f"{key}/m"
        found = [Signal(kind, key, day, at, author, version, channel, None, parent, parent_day, captured=captured)]
        found += [
            Signal(Kind.MENTION, mention, day, at, author, version, channel, named, key, day, named)
            for named in self._named(message.get("mentions") or ())
        ]
        return found

    def _named(self, mentions: Iterable[Mapping[str, Any]]) -> list[Account]:
        """Return the people a message names, each once."""
        people = dict.fromkeys(self._people.account(user) for user in mentions)
        return [person for person in people if not person.bot]

    def _reactions(self, reactions: list[dict[str, Any]], key: str, at: int) -> list[Signal]:
        day, captured, channel = day_of(at), self._captured or at, self._channel
        return [
            # by position: this is by far the most frequent call of an import
            Signal(Kind.REACTION, what, day, at, who, captured, channel, who, key, day, None, 0, 0, True)
            for reaction in reactions
            for what in (f"{key}/r/{_emoji(reaction)}",)
            for who in self._reacting(reaction)
        ]

    def _reacting(self, reaction: Mapping[str, Any]) -> list[Account]:
        """Return the people behind one emoji; counts those who are left aside or not told (older exporters)."""
        users = reaction.get("users") or ()
        missing = reaction["count"] - len(users)
        if missing > 0:
            self._read.skipped["reaction without its people"] += missing
        people = dict.fromkeys(self._people.account(user) for user in users)
        found = [person for person in people if not person.bot]
        if len(found) < len(people):
            self._read.skipped["reaction by a bot"] += len(people) - len(found)
        return found


def _opened(message: Mapping[str, Any], key: str, day: int) -> tuple[str, int]:
    """Return the key and day of an opened thread: the thread's own, where the message says which it is."""
    thread = (message.get("reference") or {}).get("channelId")
    if not thread:
        return key, day
    number = snowflake(thread)
    return f"d:{number}/thread", day_of(moment_in(number))


def _answered(message: Mapping[str, Any], kind: Kind) -> tuple[Kind, str, int]:
    """Return the kind, and the key and day of the message it answers; a forwarded one answers nobody."""
    if message.get("forwardedMessage") is not None:
        return Kind.MESSAGE, "", 0
    answered = (message.get("reference") or {}).get("messageId") if kind is Kind.REPLY else None
    if not answered:
        return kind, "", 0
    number = snowflake(answered)
    return kind, f"d:{number}", day_of(moment_in(number))


def _whole(reactions: list[dict[str, Any]]) -> bool:
    """Whether every reaction names as many people as it counts. Raises for a broken one."""
    whole = True
    for reaction in reactions:
        name = _emoji(reaction)
        if not 0 < len(name) <= _LONGEST_NAME or "\0" in name:
            raise ValueError("not an emoji")
        whole = whole and len(reaction.get("users") or ()) == reaction["count"]
    return whole


def _emoji(reaction: Mapping[str, Any]) -> str:
    """Return the id of a server's own emoji, else the emoji itself."""
    emoji = reaction["emoji"]
    name: str = emoji.get("id") or emoji["name"]
    return name

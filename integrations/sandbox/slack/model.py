"""What a made-up Slack consists of. Plain state: who may change it and who hears of it is decided elsewhere.

Moments are ms since 1970, except `ts`, which is Slack's name of a message ("1700000000.000100").
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = dict[str, Any]


class Kind(StrEnum):
    """The kinds of conversation, by what events call them (`channel_type`)."""

    CHANNEL = "channel"
    PRIVATE = "group"
    MANY = "mpim"
    DIRECT = "im"


@dataclass(slots=True)
class User:
    """A person or a bot in one workspace. `restricted` are guests, `ultra_restricted` those of a single channel.

    `huddle` is the id of the huddle they are in. A `webhook` is a bot whose messages name no user, only a bot; a
    `workflow` is one that speaks for Slack's Workflow Builder. `quiet` is when they are next not to be disturbed.
    """

    id: str
    team_id: str
    name: str
    real_name: str
    updated: int
    tz: str | None = "Etc/UTC"
    locale: str = "en-US"
    bot_id: str = ""
    app_id: str = ""
    deleted: bool = False
    restricted: bool = False
    ultra_restricted: bool = False
    admin: bool = False
    owner: bool = False
    workflow: bool = False
    webhook: bool = False
    huddle: str = ""
    quiet: tuple[int, int] = (0, 0)
    profile: Json = field(default_factory=dict)

    @property
    def bot(self) -> bool:
        """Whether this is a machine."""
        return bool(self.bot_id) or self.workflow


@dataclass(slots=True)
class Message:
    """A message. `reactions` maps each emoji's name to the people and their moments, in order.

    `edited` is who changed it last and the timestamp of that; `only_for` is set on ephemeral ones, which lie in no
    channel; `team_id` is the author's workspace.
    """

    ts: str
    channel_id: str
    user: str
    team_id: str
    text: str = ""
    subtype: str = ""
    thread_ts: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    bot_id: str = ""
    app_id: str = ""
    username: str = ""
    icons: Json = field(default_factory=dict)
    client_msg_id: str = ""
    edited: tuple[str, str] | None = None
    reactions: dict[str, dict[str, int]] = field(default_factory=dict)
    metadata: Json | None = None
    room: Json | None = None
    extra: Json = field(default_factory=dict)
    broadcast: bool = False
    pinned: bool = False
    only_for: str = ""

    @property
    def is_reply(self) -> bool:
        """Whether it answers in a thread."""
        return bool(self.thread_ts) and self.thread_ts != self.ts


@dataclass(slots=True)
class Channel:
    """A conversation. `members` maps people to the moment they came; `teams` are the workspaces that share it.

    `order` has the timestamps of what lies in the channel itself, `threads` those of the answers to a message.
    """

    id: str
    kind: Kind
    name: str
    team_id: str
    creator: str
    created: int
    members: dict[str, int] = field(default_factory=dict)
    teams: list[str] = field(default_factory=list)
    archived: bool = False
    general: bool = False
    topic: tuple[str, str, int] = ("", "", 0)
    purpose: tuple[str, str, int] = ("", "", 0)
    previous_names: list[str] = field(default_factory=list)
    updated: int = 0
    messages: dict[str, Message] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    threads: dict[str, list[str]] = field(default_factory=dict)

    @property
    def shared(self) -> bool:
        """Whether another workspace shares it (Slack Connect)."""
        return len(self.teams) > 1

    def add(self, message: Message) -> None:
        """Put a message in its place."""
        self.messages[message.ts] = message
        if message.is_reply:
            insort(self.threads.setdefault(message.thread_ts, []), message.ts)
        if not message.is_reply or message.broadcast:
            insort(self.order, message.ts)

    def remove(self, ts: str) -> None:
        """Take a message out."""
        gone = self.messages.pop(ts)
        if ts in self.order:
            self.order.remove(ts)
        answers = self.threads.get(gone.thread_ts, [])
        if gone.is_reply and ts in answers:
            answers.remove(ts)

    def replies(self, ts: str) -> list[Message]:
        """Return the answers in a message's thread."""
        return [self.messages[one] for one in self.threads.get(ts, ())]


@dataclass(slots=True)
class UserGroup:
    """A user group ("subteam"); `disabled` is the moment it was switched off, 0 while it is in use."""

    id: str
    team_id: str
    name: str
    handle: str
    created_by: str
    created: int
    updated: int
    users: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    disabled: int = 0


@dataclass(slots=True)
class File:
    """A file. Its `content` has come once it was uploaded; it belongs to channels once that was completed."""

    id: str
    team_id: str
    user: str
    name: str
    length: int
    created: int
    title: str = ""
    alt_text: str = ""
    content: bytes | None = field(default=None, repr=False)
    channels: list[str] = field(default_factory=list)
    done: bool = False


@dataclass(slots=True)
class View:
    """A modal or a person's Home tab: `shown` is what the app gave; `hash` changes with each update."""

    id: str
    type: str
    app_id: str
    team_id: str
    user: str
    bot_id: str
    hash: str
    shown: Json
    root: str
    previous: str = ""
    state: Json = field(default_factory=dict)


@dataclass(slots=True)
class Token:
    """A token. `kind` is `bot`, `user` or `app`; `expires` a moment in ms, 0 for never.

    `ended` is the error with which Slack answers who uses it still, empty while it works. `refresh` renews it once.
    """

    value: str = field(repr=False)
    kind: str
    app_id: str
    team_id: str
    user: str
    scopes: tuple[str, ...]
    expires: int = 0
    refresh: str = field(default="", repr=False)
    ended: str = ""


@dataclass(slots=True)
class Installation:
    """An app in a workspace: its bot there and the scopes it was granted."""

    app_id: str
    team_id: str
    bot_user: str
    bot_id: str
    installer: str
    scopes: tuple[str, ...]
    at: int


@dataclass(slots=True)
class Team:
    """A workspace and all that is in it."""

    id: str
    name: str
    domain: str
    created: int
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    usergroups: dict[str, UserGroup] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    installed: dict[str, Installation] = field(default_factory=dict)
    discoverable: bool = True

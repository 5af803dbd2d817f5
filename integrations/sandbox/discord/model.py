"""What a made-up Discord consists of. Plain state: who may change it and who hears of it is decided elsewhere.

Ids are integers here and become text on the wire; moments are ms since 1970.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any


class ChannelType(IntEnum):
    """The kinds of channel, by Discord's numbers."""

    TEXT = 0
    DM = 1
    VOICE = 2
    CATEGORY = 4
    NEWS = 5
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    STAGE = 13
    FORUM = 15


class MessageType(IntEnum):
    """The kinds of message, by Discord's numbers, as far as the sandbox makes them."""

    DEFAULT = 0
    PINNED = 6
    JOIN = 7
    THREAD_CREATED = 18
    REPLY = 19
    COMMAND = 20
    THREAD_STARTER = 21
    POLL_RESULT = 46


@dataclass(slots=True)
class User:
    """A person or a bot, the same in all guilds. `dms_open` is whether they take direct messages.

    A `webhook` is a bot that is no member anywhere; its messages say so.
    """

    id: int
    name: str
    bot: bool = False
    dms_open: bool = True
    locale: str = "en-US"
    webhook: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody gives; it has an id once it was given."""

    name: str
    content: bytes = field(repr=False)


@dataclass(slots=True)
class Role:
    """A role of a guild; the one with the guild's own id is everybody's."""

    id: int
    name: str
    permissions: int
    position: int = 0
    bot_id: int = 0


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What a channel allows and denies a role (`kind` 0) or a member (1)."""

    id: int
    kind: int
    allow: int
    deny: int


@dataclass(slots=True)
class Member:
    """A user in one guild. `flags`: bit 1 onboarding completed, bit 3 started."""

    user_id: int
    joined: int
    roles: list[int] = field(default_factory=list)
    nick: str | None = None
    flags: int = 0
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Emoji:
    """An emoji: `id` is 0 for the common ones, whose `name` is the character itself."""

    name: str
    id: int = 0


@dataclass(frozen=True, slots=True)
class Reference:
    """The message that another one answers (`kind` 0) or forwards (1)."""

    channel_id: int
    message_id: int
    guild_id: int | None = None
    kind: int = 0


@dataclass(slots=True)
class Poll:
    """A poll in a message; `votes` maps answer number to the people who chose it."""

    question: str
    answers: dict[int, dict[str, Any]]
    expires: int
    multiple: bool = False
    finalized: bool = False
    votes: dict[int, dict[int, int]] = field(default_factory=dict)


@dataclass(slots=True)
class Message:
    """A message. `reactions` maps each emoji to the people and their moments, in order."""

    id: int
    channel_id: int
    author_id: int
    content: str = ""
    type: int = MessageType.DEFAULT
    guild_id: int | None = None
    edited: int | None = None
    flags: int = 0
    mentions: list[int] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    reference: Reference | None = None
    reactions: dict[Emoji, dict[int, int]] = field(default_factory=dict)
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    poll: Poll | None = None
    nonce: str | int | None = None
    pinned: int | None = None
    tts: bool = False
    thread_id: int | None = None
    interaction: dict[str, Any] | None = None


@dataclass(slots=True)
class ThreadState:
    """What a thread has beyond a channel; `members` maps people to the moment they joined."""

    owner_id: int
    created: int
    archived: bool = False
    archived_at: int = 0
    locked: bool = False
    keep_minutes: int = 4320
    sent: int = 0
    members: dict[int, int] = field(default_factory=dict)
    tags: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Channel:
    """A channel, a thread (then `thread` is set) or a direct conversation (then `recipients` is)."""

    id: int
    type: int
    name: str = ""
    guild_id: int | None = None
    parent_id: int | None = None
    position: int = 0
    topic: str | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    recipients: list[int] = field(default_factory=list)
    tags: dict[int, str] = field(default_factory=dict)
    thread: ThreadState | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    last_message_id: int | None = None

    def add(self, message: Message) -> None:
        """Put a message in its place, which its id tells."""
        self.messages[message.id] = message
        insort(self.order, message.id)
        self.last_message_id = max(self.last_message_id or 0, message.id)

    def remove(self, message_id: int) -> None:
        """Take a message out."""
        del self.messages[message_id]
        self.order.remove(message_id)


@dataclass(slots=True)
class VoiceState:
    """Where and how somebody is in voice; `channel_id` None says that they left."""

    user_id: int
    channel_id: int | None
    session_id: str
    self_mute: bool = False
    self_deaf: bool = False
    self_stream: bool = False
    self_video: bool = False
    suppress: bool = False
    asked_to_speak: int | None = None


@dataclass(slots=True)
class ScheduledEvent:
    """A planned event. `kind` 1 stage, 2 voice, 3 elsewhere; `status` 1 scheduled, 2 active, 3 completed, 4 off.

    Unless it `shows_creator`, only the number of who planned it is told, which Discord's reference allows. One of a
    series has a `rule` (Discord's recurrence rule): when it ends, it is scheduled again for its next date.
    """

    id: int
    guild_id: int
    name: str
    creator_id: int
    start: int
    end: int | None = None
    kind: int = 3
    status: int = 1
    channel_id: int | None = None
    location: str | None = None
    description: str | None = None
    rule: dict[str, Any] | None = None
    shows_creator: bool = True
    users: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class StageInstance:
    """A stage that is live."""

    id: int
    guild_id: int
    channel_id: int
    topic: str
    event_id: int | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An act of administration: its number (`action`) and `changes` are those of Discord's reference, "Audit Log"."""

    id: int
    action: int
    user_id: int
    target_id: int
    changes: tuple[dict[str, Any], ...] = ()
    options: dict[str, str] = field(default_factory=dict)
    reason: str = ""


@dataclass(slots=True)
class Prompt:
    """A question to newcomers; `options` maps the id of each answer to its text and the role that it gives."""

    id: int
    title: str
    options: dict[int, tuple[str, int]]


@dataclass(slots=True)
class Guild:
    """A server and all that is in it; `threads` are apart from `channels`, as Discord sends them."""

    id: int
    name: str
    owner_id: int
    created: int
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    threads: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    voice: dict[int, VoiceState] = field(default_factory=dict)
    events: dict[int, ScheduledEvent] = field(default_factory=dict)
    stages: dict[int, StageInstance] = field(default_factory=dict)
    emojis: dict[int, Emoji] = field(default_factory=dict)
    audit: list[AuditEntry] = field(default_factory=list)
    onboarding: list[Prompt] = field(default_factory=list)
    system_channel_id: int | None = None
    afk_channel_id: int | None = None
    locale: str = "en-US"
    unavailable: bool = False

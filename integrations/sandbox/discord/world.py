"""The whole made-up Discord: everything in it, found by id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations.sandbox.discord import permissions
from integrations.sandbox.discord.model import Channel, ChannelType, Guild, Member, Message, Role, Upload, User
from integrations.sandbox.discord.permissions import EVERYBODY, Permission
from integrations.sandbox.discord.snowflakes import EPOCH_MS, Snowflakes

_PRESENCES, _MEMBERS, _CONTENT = 1 << 8, 1 << 1, 1 << 15
_FLAGS = {_PRESENCES: 1 << 13, _MEMBERS: 1 << 15, _CONTENT: 1 << 19}
_DAY_MS = 86_400_000
_ABOVE = 200


@dataclass(slots=True)
class Application:
    """The registered app. `privileged` are the intents its owner has switched on; `commands` by guild, 0 for all."""

    id: int
    name: str
    owner_id: int
    privileged: int
    commands: dict[int, dict[int, dict[str, Any]]]

    @property
    def flags(self) -> int:
        """The privileged intents as the flags an app shows."""
        return sum(flag for intent, flag in _FLAGS.items() if self.privileged & intent)

    @property
    def reads_content(self) -> bool:
        """Whether the app may read what people write."""
        return bool(self.privileged & _CONTENT)


class World:
    """Guilds, channels, people and the one app. `clock` returns ms since 1970.

    The app has the id of its bot, but one of the early years (`old_app`) has another.
    """

    def __init__(self, clock: Callable[[], int], privileged: int, *, old_app: bool = False) -> None:
        self.clock = clock
        self.ids = Snowflakes(clock)
        self._born = max(clock() - 365 * _DAY_MS, EPOCH_MS + _DAY_MS)  # no id is as old as Discord
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self._dms: dict[int, Channel] = {}
        self.uploads: dict[int, Upload] = {}
        self.files_url = "https://cdn.invalid"
        owner = self.user("operator")
        self.bot = self.user("cairn", bot=True)
        number = self.ids.at(self._born) if old_app else self.bot.id
        self.application = Application(number, "cairn", owner.id, privileged, {0: {}})

    def user(self, name: str, *, bot: bool = False) -> User:
        """Make a user, whose account is a year old."""
        made = User(self.ids.at(self._born), name, bot)
        self.users[made.id] = made
        return made

    def guild(self, name: str, bot_permissions: int) -> Guild:
        """Make a guild with the bot in it. Ids are one ms apart, so that guilds spread evenly over shards."""
        born = self._born + len(self.guilds)
        number = self.ids.at(born)
        owner = self.user(f"{name} owner")
        made = Guild(number, name, owner.id, born)
        made.roles[number] = Role(number, "@everyone", int(EVERYBODY))
        role = Role(self.ids.at(born), self.bot.name, bot_permissions, _ABOVE, self.bot.id)
        made.roles[role.id] = role
        made.members[owner.id] = Member(owner.id, born)
        made.members[self.bot.id] = Member(self.bot.id, born, [role.id])
        self.guilds[number] = made
        return made

    def channel(self, guild: Guild, name: str, kind: ChannelType, parent_id: int | None = None) -> Channel:
        """Make a channel at the end of a guild's list."""
        made = Channel(self.ids.now(), kind, name, guild.id, parent_id, len(guild.channels))
        guild.channels[made.id] = made
        self.channels[made.id] = made
        return made

    def dm(self, user_id: int) -> Channel:
        """Return the bot's direct conversation with somebody, made where there is none yet."""
        known = self._dms.get(user_id)
        if known is None:
            known = self._dms[user_id] = Channel(self.ids.now(), ChannelType.DM, recipients=[user_id])
            self.channels[known.id] = known
        return known

    def upload(self, file: Upload) -> int:
        """Take a file that somebody gives; returns its id."""
        number = self.ids.now()
        self.uploads[number] = file
        return number

    def dm_with(self, user_id: int) -> Channel | None:
        """Return the bot's direct conversation with somebody, if there is one."""
        return self._dms.get(user_id)

    def guild_of(self, channel: Channel) -> Guild | None:
        """Return the guild of a channel; None for a direct conversation."""
        return None if channel.guild_id is None else self.guilds.get(channel.guild_id)

    def message(self, channel_id: int, message_id: int) -> Message | None:
        """Return a message, if it is there."""
        channel = self.channels.get(channel_id)
        return None if channel is None else channel.messages.get(message_id)

    def allowed(self, user_id: int, channel: Channel) -> int:
        """Return somebody's permissions in any channel."""
        guild = self.guild_of(channel)
        if guild is None:
            return permissions.ALL if user_id == self.bot.id or user_id in channel.recipients else 0
        return permissions.in_channel(guild, channel, user_id)

    def sees(self, channel: Channel) -> bool:
        """Whether the bot sees a channel."""
        return bool(self.allowed(self.bot.id, channel) & Permission.VIEW_CHANNEL)

    def guilds_of_bot(self) -> list[Guild]:
        """Return the guilds the bot is in."""
        return [guild for guild in self.guilds.values() if self.bot.id in guild.members]

"""A guild as a script sees it: its channels, roles and people by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from integrations.sandbox.discord.changes import members, places
from integrations.sandbox.discord.hub import By, Hub
from integrations.sandbox.discord.model import Channel, ChannelType, Emoji, Guild, Member, Prompt, Role
from integrations.sandbox.discord.people import Person
from integrations.sandbox.discord.permissions import EVERYBODY, Permission

BOT_MAY = (
    EVERYBODY
    | Permission.MANAGE_MESSAGES
    | Permission.MANAGE_ROLES
    | Permission.MANAGE_THREADS
    | Permission.MANAGE_EVENTS
    | Permission.MANAGE_CHANNELS
    | Permission.PIN_MESSAGES
    | Permission.VIEW_AUDIT_LOG
)


@dataclass(frozen=True, slots=True)
class GuildHandle:
    """One guild. Asking for a channel, role or person by name makes them where they are not there yet."""

    hub: Hub
    guild: Guild
    _person: Callable[[str], Person]

    @property
    def id(self) -> int:
        """The guild's id."""
        return self.guild.id

    def person(self, name: str) -> Person:
        """Return somebody who has been a member for long; who comes in now does so by `Person.joins`."""
        found = self._person(name)
        if found.id not in self.guild.members:
            self.guild.members[found.id] = Member(found.id, self.guild.created + 1)
        return found

    def bot(self, name: str) -> Person:
        """Return another bot, whose acts should count for nobody."""
        found = self.person(name)
        found.user.bot = True
        return found

    def webhook(self, name: str) -> Person:
        """Return a webhook: it writes, and is no member."""
        found = self._person(name)
        found.user.bot = found.user.webhook = True
        return found

    def people(self, names: Iterable[str]) -> list[Person]:
        """Return many members."""
        return [self.person(name) for name in names]

    def text(self, name: str) -> Channel:
        """Return a text channel."""
        return self._channel(name, ChannelType.TEXT)

    def news(self, name: str) -> Channel:
        """Return an announcement channel."""
        return self._channel(name, ChannelType.NEWS)

    def voice(self, name: str) -> Channel:
        """Return a voice channel."""
        return self._channel(name, ChannelType.VOICE)

    def stage(self, name: str) -> Channel:
        """Return a stage channel."""
        return self._channel(name, ChannelType.STAGE)

    def forum(self, name: str, tags: Iterable[str] = ()) -> Channel:
        """Return a forum."""
        found = self._channel(name, ChannelType.FORUM)
        for tag in tags:
            if tag not in found.tags.values():
                found.tags[self.hub.world.ids.now()] = tag
        return found

    def category(self, name: str) -> Channel:
        """Return a category."""
        return self._channel(name, ChannelType.CATEGORY)

    def make_private(self, channel: Channel, *roles: Role) -> None:
        """Hide a channel from all but some roles; the bot too, unless one of them is its own (`bot_role`)."""
        places.make_private(self.hub, self._owner, self.guild, channel, [role.id for role in roles])

    def greets_in(self, channel: Channel) -> None:
        """Let joins be announced in a channel."""
        places.change_guild(self.hub, self._owner, self.guild, system_channel_id=channel.id)

    def rests_in(self, channel: Channel) -> None:
        """Make a voice channel the one for people who are away (AFK)."""
        places.change_guild(self.hub, self._owner, self.guild, afk_channel_id=channel.id)

    def role(self, name: str, permissions: int = 0) -> Role:
        """Return a role."""
        known = next((one for one in self.guild.roles.values() if one.name == name), None)
        return known or places.make_role(self.hub, self._owner, self.guild, name, permissions)

    def has_role(self, person: Person, role: Role) -> None:
        """Let a member have had a role for long; who is given one now gets it by `Person.gets_role`."""
        held = self.guild.members[person.id].roles
        held += [] if role.id in held else [role.id]

    @property
    def bot_role(self) -> Role:
        """The bot's own role."""
        return next(one for one in self.guild.roles.values() if one.bot_id)

    def allow_bot(self, permissions: int) -> None:
        """Change what the bot may do."""
        places.change_role(self.hub, self._owner, self.guild, self.bot_role, permissions=permissions)

    def bot_leaves(self) -> None:
        """Throw the bot out."""
        members.bot_leaves(self.hub, self.guild)

    def bot_joins(self) -> None:
        """Bring the bot (back) in."""
        members.bot_joins(self.hub, self.guild, [self.bot_role.id])

    def outage(self, *, on: bool) -> None:
        """Make the guild unavailable, or available again."""
        members.outage(self.hub, self.guild, on=on)

    def delete(self, channel: Channel) -> None:
        """Delete a channel."""
        places.delete_channel(self.hub, self._owner, self.guild, channel)

    def asks_newcomers(self, question: str, options: Iterable[str]) -> list[Role]:
        """Let newcomers choose among options, each of which gives a role of its name; returns these roles."""
        roles = [self.role(name) for name in options]
        numbers = self.hub.world.ids
        self.guild.onboarding.append(
            Prompt(numbers.now(), question, {numbers.now(): (role.name, role.id) for role in roles})
        )
        return roles

    def emoji(self, name: str) -> Emoji:
        """Return an emoji of this guild's own."""
        known = next((one for one in self.guild.emojis.values() if one.name == name), None)
        return known or places.make_emoji(self.hub, self._owner, self.guild, name)

    @property
    def _owner(self) -> By:
        return By(self.guild.owner_id)

    def _channel(self, name: str, kind: ChannelType) -> Channel:
        known = next((one for one in self.guild.channels.values() if (one.name, one.type) == (name, kind)), None)
        if known is not None:
            return known
        made = Channel(self.hub.world.ids.now(), kind, name, self.guild.id)
        return places.make_channel(self.hub, self._owner, self.guild, made)

"""A workspace as a script sees it: its channels, people and groups by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from integrations.sandbox.slack.changes import belonging, installing, places, usergroups
from integrations.sandbox.slack.hub import By, Hub
from integrations.sandbox.slack.model import Channel, Installation, Kind, Team, User, UserGroup
from integrations.sandbox.slack.people import Person
from integrations.sandbox.slack.registered import App


@dataclass(frozen=True, slots=True)
class TeamHandle:
    """One workspace. Asking for a channel or person by name makes them where they are not there yet."""

    hub: Hub
    team: Team
    app: App

    @property
    def id(self) -> str:
        """The workspace's id."""
        return self.team.id

    @property
    def owner(self) -> Person:
        """The first owner."""
        return Person(self.hub, self.hub.world.owner(self.team))

    def person(self, name: str, *, tz: str | None = "Etc/UTC", locale: str = "en-US") -> Person:
        """Return somebody who has been here for long; `tz` and `locale` hold where they are made. Who comes in now does
        so by `Person.joins_team`, and into a channel by `Person.joins`.
        """
        known = next((one for one in self.team.users.values() if one.real_name == name), None)
        if known is None:
            known = self.hub.world.user(self.team, name)
            known.tz, known.locale = tz, locale
        return Person(self.hub, known)

    def people(self, names: Iterable[str]) -> list[Person]:
        """Return many people."""
        return [self.person(name) for name in names]

    def guest(self, name: str, *, single_channel: bool = False) -> Person:
        """Return a guest, of several channels or of a single one."""
        found = self.person(name)
        found.user.restricted, found.user.ultra_restricted = True, single_channel
        return found

    def admin(self, name: str) -> Person:
        """Return somebody who administers the workspace."""
        found = self.person(name)
        found.user.admin = True
        return found

    def machine(self, name: str) -> Person:
        """Return another app's bot, whose acts should count for nobody."""
        found = self.person(name)
        if not found.user.bot_id:
            found.user.bot_id, found.user.app_id = self.hub.world.ids.new("B"), self.hub.world.ids.new("A")
        return found

    def webhook(self, name: str) -> Person:
        """Return an incoming webhook: it writes as `bot_message`, without a user."""
        found = self.machine(name)
        found.user.webhook = True
        return found

    def workflow(self, name: str) -> Person:
        """Return a workflow, whose messages come from Slack's Workflow Builder."""
        found = self.webhook(name)
        found.user.workflow = True
        return found

    def channel(self, name: str, *, members: Iterable[Person] = (), bot: bool = True) -> Channel:
        """Return a public channel. Where it is made, the `members` are in it, and the app's bot with `bot`."""
        return self._channel(name, Kind.CHANNEL, members, bot=bot)

    def private(self, name: str, *, members: Iterable[Person] = (), bot: bool = True) -> Channel:
        """Return a private channel."""
        return self._channel(name, Kind.PRIVATE, members, bot=bot)

    def several(self, *people: Person) -> Channel:
        """Return the conversation of several people with the app's bot."""
        inside = {self.bot.id, *(one.id for one in people)}
        here = self.team.channels.values()
        known = next((one for one in here if one.kind == Kind.MANY and set(one.members) == inside), None)
        if known is None:
            names = "--".join(self.hub.world.users[one].name for one in sorted(inside))
            known = self.hub.world.channel(self.team, f"mpdm-{names}-1", Kind.MANY, people[0].id)
            known.members = dict.fromkeys(sorted(inside), known.created)
        return known

    def _channel(self, name: str, kind: Kind, members: Iterable[Person], *, bot: bool) -> Channel:
        known = next((one for one in self.team.channels.values() if (one.name, one.kind) == (name, kind)), None)
        if known is None:
            known = places.make(self.hub, self._owner, self.team, name, kind)
            installed = self.team.installed.get(self.app.id)
            if bot and installed is not None:
                known.members[installed.bot_user] = known.created
        for one in members:
            known.members.setdefault(one.id, known.created)
        return known

    def renames(self, channel: Channel, name: str) -> None:
        """Give a channel another name."""
        places.rename(self.hub, self._owner, channel, name)

    def archives(self, channel: Channel, *, on: bool = True) -> None:
        """Archive a channel, or bring it back."""
        places.archive(self.hub, self._owner, channel, on=on)

    def deletes(self, channel: Channel) -> None:
        """Delete a channel."""
        places.delete(self.hub, self._owner, channel)

    def shares(self, channel: Channel, other: TeamHandle) -> Channel:
        """Share a channel with another workspace (Slack Connect)."""
        places.share(self.hub, self._owner, channel, other.team)
        return channel

    def unshares(self, channel: Channel, other: TeamHandle) -> None:
        """End that."""
        places.unshare(self.hub, self._owner, channel, other.team)

    def group(self, name: str, members: Iterable[Person] = ()) -> UserGroup:
        """Return a user group."""
        known = next((one for one in self.team.usergroups.values() if one.name == name), None)
        return known or usergroups.make(self.hub, self._owner, self.team, name, [one.id for one in members])

    def changes_group(self, group: UserGroup, add: Iterable[Person] = (), remove: Iterable[Person] = ()) -> None:
        """Change who is in a user group."""
        usergroups.change(self.hub, self._owner, group, [one.id for one in add], [one.id for one in remove])

    def switches_group(self, group: UserGroup, *, on: bool) -> None:
        """Switch a user group off, or on again."""
        usergroups.switch(self.hub, self._owner, group, on=on)

    # the app

    def install(self, app: App | None = None, scopes: tuple[str, ...] | None = None) -> str:
        """Install an app without asking anybody (`OAuth` has the page for that); returns its bot's token."""
        return installing.install(self.hub, self._owner, app or self.app, self.team, scopes).value

    def uninstalls(self, app: App | None = None, *, tokens_first: bool = False) -> None:
        """Take an app out; `tokens_first` says in which order it is told."""
        installing.uninstall(self.hub, self._owner, app or self.app, self.team, tokens_first=tokens_first)

    def revokes(self, app: App | None = None) -> None:
        """End an app's tokens; it stays installed."""
        installing.revoke(self.hub, self._owner, app or self.app, self.team)

    @property
    def installation(self) -> Installation:
        """The app's installation here."""
        return self.team.installed[self.app.id]

    @property
    def token(self) -> str:
        """The app's bot token here that works. Raises LookupError where there is none."""
        known = installing.current(self.hub, self.installation)
        if known is None:
            raise LookupError("the app has no token here that works")
        return known.value

    @property
    def bot(self) -> User:
        """The app's bot here."""
        return self.hub.world.users[self.installation.bot_user]

    def bot_joins(self, channel: Channel) -> None:
        """Bring the bot into a channel, as its owner does."""
        belonging.join(self.hub, By(self.bot.id), channel, self._owner.user_id)

    def bot_leaves(self, channel: Channel) -> None:
        """Take the bot out of a channel."""
        belonging.leave(self.hub, By(self.bot.id), channel)

    @property
    def _owner(self) -> By:
        return By(self.hub.world.owner(self.team).id)

"""Being somewhere: in channels, in the workspace, as who one is."""

from __future__ import annotations

from yarl import URL

from integrations.sandbox.slack import authorizing
from integrations.sandbox.slack.changes import belonging
from integrations.sandbox.slack.hub import By
from integrations.sandbox.slack.model import Channel
from integrations.sandbox.slack.people.somebody import Somebody


class Belonging(Somebody):
    """Membership of channels and of the workspace."""

    __slots__ = ()

    async def joins(self, channel: Channel, inviter: Somebody | None = None) -> None:
        """Come into a channel, where it is so by somebody's invitation."""
        belonging.join(self.hub, self.by, channel, "" if inviter is None else inviter.id)

    async def leaves(self, channel: Channel) -> None:
        """Leave a channel."""
        belonging.leave(self.hub, self.by, channel)

    async def invites_bot(self, channel: Channel) -> None:
        """Bring the app's bot into a channel."""
        bot = By(self.bot_of().id, self.moment, self.told)
        belonging.join(self.hub, bot, channel, self.id)

    async def throws_bot_out(self, channel: Channel) -> None:
        """Take the app's bot out of a channel."""
        belonging.leave(self.hub, By(self.bot_of().id, self.moment, self.told), channel)

    async def joins_team(self) -> None:
        """Come into the workspace now; until then this person was there, but nobody had been told."""
        belonging.join_team(self.hub, self.by, self.user)

    async def leaves_team(self) -> None:
        """Lose the account of the workspace."""
        belonging.change(self.hub, self.by, self.user, deleted=True)
        for channel in self.hub.world.teams[self.user.team_id].channels.values():
            channel.members.pop(self.id, None)

    async def comes_back(self) -> None:
        """Get the account back."""
        belonging.change(self.hub, self.by, self.user, deleted=False)

    async def moves_to(self, tz: str | None) -> None:
        """Live in another time zone, by its IANA name."""
        belonging.change(self.hub, self.by, self.user, tz=tz)

    async def changes(self, **fields: object) -> None:
        """Change fields of the person (`real_name`, `restricted` ...) or, by other names, of their profile."""
        belonging.change(self.hub, self.by, self.user, **fields)

    def accepts(self, url: str) -> str:
        """Agree on the page of an installation, whose address an app gave; returns where the browser is sent."""
        asked = authorizing.read(self.hub, URL(url))
        return authorizing.accept(self.hub, asked, self.user.team_id, self.id)

    def refuses(self, url: str) -> str:
        """Refuse there."""
        return authorizing.refuse(authorizing.read(self.hub, URL(url)))

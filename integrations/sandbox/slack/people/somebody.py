"""Who acts, and when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from integrations.sandbox.slack.hub import By, Hub
from integrations.sandbox.slack.model import Channel, Message, User
from integrations.sandbox.slack.registered import App


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person of a workspace; `moment` (ms) is set where they act in the past, `told` where apps hear of it."""

    hub: Hub
    user: User
    moment: int | None = None
    told: bool = False

    @property
    def id(self) -> str:
        """The person's id, which holds in this workspace."""
        return self.user.id

    @property
    def mention(self) -> str:
        """How a message names this person."""
        return f"<@{self.id}>"

    def at(self, moment: int, *, told: bool = False) -> Self:
        """Return this person at a moment in the past, in ms. What they do there is history, unless it is `told`: then
        apps hear of it like of anything new, which is how a whole history is replayed through the live path.
        """
        return replace(self, moment=moment, told=told)

    @property
    def by(self) -> By:
        """This person as the one who does something."""
        return By(self.id, self.moment, self.told)

    def bot_of(self, app: App | None = None) -> User:
        """Return the bot of an app in this person's workspace, of the first one where none is named. Raises LookupError
        where it is not installed.
        """
        installed = self.hub.world.teams[self.user.team_id].installed
        known = next(iter(installed.values()), None) if app is None else installed.get(app.id)
        if known is None:
            raise LookupError("the app is not installed in this workspace")
        return self.hub.world.users[known.bot_user]

    @property
    def dm(self) -> Channel:
        """This person's direct conversation with the app's bot."""
        return self.hub.world.direct(self.id, self.bot_of().id)

    @property
    def ephemerals(self) -> list[Message]:
        """The messages that only this person sees, the oldest first."""
        return self.hub.private.ephemerals[self.id]

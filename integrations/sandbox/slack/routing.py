"""How a file of methods says what it serves, and what its functions are handed."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import ModuleType

from integrations.sandbox.slack.arguments import Arguments
from integrations.sandbox.slack.delivery.subscriptions import place
from integrations.sandbox.slack.hub import By, Hub
from integrations.sandbox.slack.limits import TIER_3
from integrations.sandbox.slack.model import Channel, Installation, Json, Kind, Team, Token, User
from integrations.sandbox.slack.refusals import Refused, missing_scope
from integrations.sandbox.slack.registered import App


@dataclass(slots=True)
class Call:
    """One request that was let in: the token it came with and its arguments. `values` is what the ledger is to keep."""

    hub: Hub
    method: str
    token: Token
    args: Arguments
    values: Json = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def by(self) -> By:
        """The app's bot, as the one who does it."""
        return By(self.token.user)

    @property
    def app(self) -> App:
        """The app that calls."""
        return self.hub.world.apps[self.token.app_id]

    @property
    def team(self) -> Team:
        """The workspace of the token."""
        return self.hub.world.teams[self.token.team_id]

    @property
    def installation(self) -> Installation:
        """The app's installation there."""
        return self.hub.world.installation(self.token)

    def granted(self, scope: str) -> bool:
        """Whether the token has a scope."""
        return scope in self.token.scopes

    def need(self, *scopes: str) -> None:
        """Refuse unless the token has one of these scopes."""
        if scopes and not any(self.granted(one) for one in scopes):
            raise missing_scope(scopes[0], self.token.scopes)

    def channel(self, name: str = "channel", *, scope: str = "read") -> Channel:
        """Return the conversation that an argument names. Refuses what the bot does not see, and a kind whose scope
        (`channels:read` for `read`) is missing; with an empty `scope`, none is asked for.
        """
        known = self.hub.world.channels.get(self.args.need(name))
        if known is None or not self.visible(known):
            raise Refused("channel_not_found")
        if scope:
            self.need(f"{place(known.kind)}:{scope}")
        return known

    def visible(self, channel: Channel) -> bool:
        """Whether the bot sees a conversation at all: one it is in, or a public one of its workspace."""
        public = channel.kind == Kind.CHANNEL and self.team.id in channel.teams
        return public or self.token.user in channel.members

    def person(self, name: str = "user") -> User:
        """Return the person that an argument names: of this workspace, or of one that shares a channel with it."""
        known = self.hub.world.users.get(self.args.need(name))
        if known is None or not self.meets(known):
            raise Refused("user_not_found")
        return known

    def meets(self, user: User) -> bool:
        """Whether this workspace knows somebody."""
        if user.team_id == self.team.id:
            return True
        return any(one.shared and user.id in one.members for one in self.team.channels.values())


Serve = Callable[[Call], Awaitable[Json]]


@dataclass(frozen=True, slots=True)
class Method:
    """One method as Slack documents it: its tier, the scopes of which one is needed, and whose tokens (`of`) it
    takes: a `bot`'s, the `app`'s, or `any`.

    With `open_door`, it takes no token.
    """

    name: str
    serve: Serve
    tier: int = TIER_3
    scopes: tuple[str, ...] = ()
    of: str = "bot"
    open_door: bool = False


class Methods:
    """The methods of one file: a decorator for each function."""

    def __init__(self) -> None:
        self.all: list[Method] = []

    def on(
        self, name: str, tier: int, *scopes: str, of: str = "bot", open_door: bool = False
    ) -> Callable[[Serve], Serve]:
        """Serve a method with a function."""

        def add(serve: Serve) -> Serve:
            self.all.append(Method(name, serve, tier, scopes, of, open_door))
            return serve

        return add


class Table:
    """All methods of a package of files."""

    def __init__(self, package: ModuleType) -> None:
        self.methods: dict[str, Method] = {}
        for module in pkgutil.iter_modules(package.__path__):
            for one in importlib.import_module(f"{package.__name__}.{module.name}").methods.all:
                self.methods[one.name] = one

"""How a file of routes says what it serves, and what its functions are handed."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from integrations.sandbox.discord import refusals
from integrations.sandbox.discord.hub import By, Hub
from integrations.sandbox.discord.model import Channel, Guild, Message
from integrations.sandbox.discord.permissions import Permission, in_guild

Json = dict[str, Any]


@dataclass(slots=True)
class Call:
    """One request: the values in its path, its query and body, and the `reason` it gives for the audit log.

    `values` collects what the ledger is to keep.
    """

    hub: Hub
    route: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    reason: str = ""
    values: Json = field(default_factory=dict)
    status: int = 200

    @property
    def by(self) -> By:
        """The bot, as the one who does it."""
        return By(self.hub.world.bot.id, reason=self.reason)

    def number(self, name: str) -> int:
        """Return an id of the path."""
        text = self.path[name]
        if text == "@me":
            return self.hub.world.bot.id
        if not text.isdigit():
            raise refusals.invalid(name, "NUMBER_TYPE_COERCE", f'Value "{text[:40]}" is not snowflake.')
        return int(text)

    def count(self, name: str, usual: int, most: int) -> int:
        """Return a limit of the query, held to what the route allows."""
        text = self.query.get(name, str(usual))
        if not text.isdigit() or not 1 <= int(text) <= most:
            raise refusals.invalid(name, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")
        return int(text)

    def asked(self, name: str) -> int | None:
        """Return an id of the query, if it was given."""
        text = self.query.get(name)
        return int(text) if text and text.isdigit() else None

    def says(self, name: str) -> bool:
        """Whether the query switches something on."""
        return self.query.get(name, "").lower() in ("true", "1")

    def guild(self) -> Guild:
        """Return the guild of the path; refuses what the bot is not in."""
        guild = self.hub.world.guilds.get(self.number("guild_id"))
        if guild is None:
            raise refusals.unknown(10004)
        if self.hub.world.bot.id not in guild.members:
            raise refusals.Refused(403, 50001)
        return guild

    def channel(self, *needed: Permission) -> Channel:
        """Return the channel of the path; refuses where the bot does not see it or may not do what is needed."""
        channel = self.hub.world.channels.get(self.number("channel_id"))
        if channel is None:
            raise refusals.unknown(10003)
        allowed = self.hub.world.allowed(self.hub.world.bot.id, channel)
        if not allowed & Permission.VIEW_CHANNEL:
            raise refusals.Refused(403, 50001)
        if any(not allowed & one for one in needed):
            raise refusals.Refused(403, 50013)
        return channel

    def message(self, *needed: Permission) -> Message:
        """Return the message of the path."""
        message = self.channel(*needed).messages.get(self.number("message_id"))
        if message is None:
            raise refusals.unknown(10008)
        return message

    def need(self, guild: Guild, needed: Permission) -> None:
        """Refuse unless the bot may do something in a guild."""
        if not in_guild(guild, self.hub.world.bot.id) & needed:
            raise refusals.Refused(403, 50013)


Serve = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Route:
    """One method and path as Discord documents them.

    `own_token` ones carry one in the path; `limited` is False where Discord keeps no rate limit.
    """

    method: str
    path: str
    serve: Serve
    own_token: bool = False
    limited: bool = True

    @property
    def name(self) -> str:
        """The method and path."""
        return f"{self.method} {self.path}"

    def pattern(self) -> re.Pattern[str]:
        """Return what matches a path of this route."""
        return re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path) + "$")


class Routes:
    """The routes of one file: a decorator for each function."""

    def __init__(self) -> None:
        self.all: list[Route] = []

    def on(self, method: str, path: str, *, own_token: bool = False, limited: bool = True) -> Callable[[Serve], Serve]:
        """Serve a method and path with a function."""

        def add(serve: Serve) -> Serve:
            self.all.append(Route(method, path, serve, own_token, limited))
            return serve

        return add


class Table:
    """All routes of a package of route files; fixed paths come before those with values in them."""

    def __init__(self, package: ModuleType) -> None:
        found: list[Route] = []
        for module in pkgutil.iter_modules(package.__path__):
            found += importlib.import_module(f"{package.__name__}.{module.name}").routes.all
        found.sort(key=lambda route: (route.path.count("{"), route.path))
        self.routes = tuple(found)
        self._patterns = [(route, route.pattern()) for route in found]

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """Return the route of a request and the values in its path. Raises Refused for a method it does not have."""
        other = False
        for route, pattern in self._patterns:
            match = pattern.match(path)
            if match is not None and route.method == method:
                return route, match.groupdict()
            other = other or match is not None
        if other:
            raise refusals.Refused(405, 0)
        return None

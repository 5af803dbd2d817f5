"""A whole Cairn on a sandbox Slack in which workspaces install it by the link, with browsers of their own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import aiohttp
from aiohttp.test_utils import unused_port
from yarl import URL

from bot.hearing.installing import InstallationsOf
from bot.ports import Installation
from bot.storage import migrate
from bot.storage.engine import Database
from integrations.sandbox.slack.limits import LIFTED
from integrations.sandbox.slack.server import Sandbox, Settings
from integrations.sandbox.slack.teams import TeamHandle
from integrations.slack.access import BACK, Access, Client
from integrations.slack.receiving.serving import EVENTS
from tests.scenarios.slack_rig import SlackRig

TICK = 0.1
"""Seconds between looks at what has changed, instead of five."""


@dataclass
class Clock:
    """The time of day of Slack and of Cairn, in ms; it goes on by itself and can be put forward."""

    ahead: int = 0

    def __call__(self) -> int:
        """Return the moment."""
        return time.time_ns() // 1_000_000 + self.ahead


async def _pause(seconds: float) -> None:
    await asyncio.sleep(min(seconds, TICK))


@dataclass
class LinkRig(SlackRig):
    """A Cairn that is installed by the link only, and by `tokens` of the settings where there are any."""

    clock: Clock = field(default_factory=Clock)
    tokens: tuple[str, ...] = ()

    @property
    def root(self) -> str:
        """Where browsers reach Cairn."""
        return f"http://127.0.0.1:{self.port}"

    def access(self) -> Access:
        """How Cairn reaches this Slack."""
        app = self.server.app
        client = Client(app.client_id, app.client_secret, self.root)
        found = Access(self.tokens, api_url=self.server.url, port=self.port, clock=self.clock, pause=_pause)
        found = replace(found, client=client)
        if self.http:
            return replace(found, signing_secret=app.signing_secret)
        return replace(found, app_token=app.app_token)

    def link(self) -> str:
        """Return a link as `cairn invite` prints it."""
        client = self.access().client
        assert client is not None
        return client.link(InstallationsOf(Database(self.url), self.keys, "slack").invitation(self.clock()))

    async def kept(self) -> list[Installation]:
        """Return the installations in the store."""
        database = Database(self.url)
        try:
            return await InstallationsOf(database, self.keys, "slack").everything()
        finally:
            await database.close()

    async def tokens_of(self, team: TeamHandle) -> list[str]:
        """Return the tokens that are stored of a workspace."""
        return [one.token for one in await self.kept() if one.space == team.id]

    async def left_at(self, team: TeamHandle) -> int | None:
        """Return since when Cairn is known to be taken out of a workspace."""
        (row,) = await self.query(f"SELECT left_at FROM space WHERE external = '{team.id}'")
        return None if row[0] is None else int(row[0])

    async def heard_in(self, team: TeamHandle) -> int:
        """Return how many messages of a workspace are stored."""
        found = await self.query(
            "SELECT count(*) FROM engagement e JOIN context c ON c.id = e.context JOIN space s ON s.id = c.space "
            f"WHERE s.external = '{team.id}'"
        )
        return int(found[0][0])


@dataclass(frozen=True)
class Page:
    """What a browser was shown."""

    status: int
    text: str
    headers: Mapping[str, str]


class Browser:
    """Somebody's browser: it keeps cookies and follows no redirect by itself."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def get(self, url: str, **headers: str) -> Page:
        """Open an address."""
        async with self._session.get(url, allow_redirects=False, headers=headers) as answer:
            return Page(answer.status, await answer.text(), dict(answer.headers))

    async def begins(self, rig: LinkRig) -> str:
        """Follow the link; return the address of Slack's page."""
        shown = await self.get(rig.link())
        assert shown.status == 302, shown.text
        return shown.headers["Location"]

    async def installs(self, rig: LinkRig, team: TeamHandle, **headers: str) -> Page:
        """Install Cairn in a workspace, as its owner does; return what is shown at the end."""
        return await self.get(team.owner.accepts(await self.begins(rig)), **headers)


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Yield a browser without cookies."""
    # a cookie for an address of numbers is kept only where one asks for it
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield Browser(session)


@asynccontextmanager
async def link_rig(url: str, *, http: bool = False) -> AsyncIterator[LinkRig]:
    """Yield a rig whose Cairn runs and is installed nowhere; its workspace is called Garden."""
    clock = Clock()
    async with Sandbox(Settings(limits=LIFTED, clock=clock)) as server:
        rig = LinkRig(url, server, server.team("Garden", installed=False), http, port=unused_port(), clock=clock)
        server.app.redirect_urls = (f"{rig.root}{BACK}",)
        if http:
            server.app.reached_at(f"{rig.root}{EVENTS}")
        database = Database(url)
        await migrate.upgrade(database)
        await database.close()
        await rig.start()
        try:
            yield rig
        finally:
            await rig.stop()


def state_of(page: str) -> str:
    """Return what the address of Slack's page has as its state."""
    return URL(page).query["state"]

"""The sandbox itself: one port of this machine with Slack's Web API, sockets and pages behind it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Self

from aiohttp import web

from integrations.sandbox.exchanges import Watch
from integrations.sandbox.faults import Fault, Faults
from integrations.sandbox.ledger import Ledger
from integrations.sandbox.slack import authorizing
from integrations.sandbox.slack.clock import Time
from integrations.sandbox.slack.delivery.courier import NEVER_AGAIN, Courier
from integrations.sandbox.slack.delivery.letters import EVENT, Letter
from integrations.sandbox.slack.delivery.sockets import Sockets
from integrations.sandbox.slack.hub import Hub
from integrations.sandbox.slack.interactions.responses import serve
from integrations.sandbox.slack.interactions.triggers import Triggers
from integrations.sandbox.slack.limits import Limits
from integrations.sandbox.slack.model import Channel, Json
from integrations.sandbox.slack.private import Private
from integrations.sandbox.slack.registered import App
from integrations.sandbox.slack.teams import TeamHandle
from integrations.sandbox.slack.web_api import WebApi
from integrations.sandbox.slack.world import World

_LARGEST_REQUEST = 26_214_400


def _wall_clock() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """How a sandbox behaves. `clock` returns ms since 1970 and may be made up; `timer` returns monotonic seconds.

    `port` 0 takes a free one. `watch` is shown each request and its answer, with all that was written.
    """

    clock: Callable[[], int] = _wall_clock
    timer: Callable[[], float] = time.monotonic
    limits: Limits = field(default_factory=Limits)
    port: int = 0
    watch: Watch | None = None


class Sandbox:
    """A made-up Slack. Use as `async with Sandbox() as server`, then point a client at its URLs with its tokens.

    `app` is the first registered app; `sockets`, `courier` and `faults` disturb it, `ledger` tells what was accepted,
    `hub` and `world` are its inside.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.time = Time(self.settings.clock, self.settings.timer)
        self.world = World(self.time.moment)
        self.ledger = Ledger()
        self.faults = Faults()
        limits = self.settings.limits
        self.courier = Courier(self.time, limits)
        triggers = Triggers(self.time, limits.trigger)
        self.hub = Hub(self.world, self.time, self.ledger, self.faults, limits, self.courier, Private(), triggers)
        self.courier.wake = self.courier.sockets.wake = self.hub.wake
        self.app = self.world.app("Cairn")
        self.port = self.settings.port
        self.web_api = WebApi(self.hub, self.settings.watch)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.courier.alarms.clear()
        await self.courier.posting.close()
        await self.stop()

    async def start(self) -> None:
        """Open the port."""
        app = web.Application(client_max_size=_LARGEST_REQUEST)
        app.router.add_get("/link/", self.courier.sockets.serve)
        app.router.add_route("*", "/api/{method}", self.web_api.serve)
        for kind in ("actions", "commands"):
            app.router.add_post(f"/{kind}/{{team}}/{{name}}", self._serve_response)
        app.router.add_get(authorizing.PATH, self._serve_page)
        app.router.add_post("/upload/v1/{file}", self._serve_upload)
        app.router.add_get("/files-pri/{team}-{file}/{name:.*}", self._serve_file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = int(self._runner.addresses[0][1])
        self.hub.root = self.world.files_root = f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        """Close the port and every socket; the world stays, and so does what waits for its next attempt to reach an
        app. `start` opens the same port again.
        """
        self.faults.clear()
        self.courier.sockets.drop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def url(self) -> str:
        """The root of the Web API, for a client's `base_url`."""
        return f"{self.hub.root}/api/"

    @property
    def root(self) -> str:
        """Where it is reached, without a slash at the end: pages (`/oauth/v2/authorize`) and all else."""
        return self.hub.root

    @property
    def sockets(self) -> Sockets:
        """The sockets of apps, and what can happen to them."""
        return self.courier.sockets

    def announce_sockets(self, port: int) -> None:
        """Tell apps to open their sockets at another port, where a proxy stands."""
        self.hub.sockets_root = f"ws://127.0.0.1:{port}"

    def register(self, name: str) -> App:
        """Register another app; `app` is the first."""
        return self.world.app(name)

    def team(self, name: str, *, installed: bool = True) -> TeamHandle:
        """Return the workspace with a name, made where there is none yet, then with the app `installed`."""
        known = next((one for one in self.world.teams.values() if one.name == name), None)
        if known is not None:
            return TeamHandle(self.hub, known, self.app)
        made = TeamHandle(self.hub, self.world.team(name), self.app)
        if installed:
            made.install()
        return made

    def fails(self, method: str, error: str, times: int = 1) -> Fault:
        """Let a method fail with one of Slack's errors. Other kinds of fault are made with `faults.add`."""
        return self.faults.add(Fault("*", f"/{method}", status=200, error=error, times=times))

    def tell(self, team: TeamHandle, event: Json, channel: Channel | None = None) -> bool:
        """Tell the app of an event of any kind, as it stands; returns whether it hears of such."""
        return self.courier.tell(self.world, self.app.id, team.id, event, channel) is not None

    async def emit_many(self, team: TeamHandle, payloads: Iterable[Json]) -> int:
        """Send prepared envelopes as fast as the app takes them; returns how many."""
        sent = 0
        for payload in payloads:
            self.courier.enclose(self.app, team.id, payload)
            sent += 1
        await self.delivered(60.0)
        return sent

    async def verifies(self) -> bool:
        """Ask the app's URL to prove itself (`url_verification`), as Slack does before it sends events there."""
        challenge = secrets.token_hex(16)
        asked = {"token": self.app.verification, "challenge": challenge, "type": "url_verification"}
        letter = Letter(self.app, "", EVENT, asked)
        # what is no event is asked once only
        letter.attempt = NEVER_AGAIN
        self.courier.send(letter)
        await letter.ended.wait()
        return challenge in (letter.reply.get("challenge"), letter.reply.get("text"))

    def passes(self, seconds: float) -> None:
        """Let time pass: what is due by then happens, such as Slack's next attempt to deliver something."""
        self.time.skipped += seconds
        self.courier.alarms.ring()

    async def delivered(self, within: float = 5.0) -> None:
        """Wait until nothing is on its way to an app; what waits for its next attempt is not waited for."""
        await self.until(lambda: not self.courier.under_way, within)

    async def until(self, condition: Callable[[], object], within: float = 5.0) -> None:
        """Wait until something holds that requests or acts bring about. Raises TimeoutError."""
        await self.hub.until(condition, within)

    async def _serve_response(self, request: web.Request) -> web.StreamResponse:
        return await serve(self.hub, request)

    async def _serve_page(self, request: web.Request) -> web.StreamResponse:
        return authorizing.serve(self.hub, request)

    async def _serve_upload(self, request: web.Request) -> web.StreamResponse:
        """Take the content of a file that was announced with its length."""
        known = self.world.files.get(request.match_info["file"])
        content = await _content(request)
        if known is None or known.done or len(content) != known.length:
            return web.Response(status=400)
        known.content = content
        return web.Response(text=f"OK - {known.length}")

    async def _serve_file(self, request: web.Request) -> web.StreamResponse:
        """Give a file to who may read it; everybody else gets a page to sign in, as from Slack, and no error."""
        known = self.world.files.get(request.match_info["file"])
        token = self.world.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        allowed = token is not None and known is not None and token.team_id == known.team_id
        if token is None or known is None or known.content is None or not (allowed and "files:read" in token.scopes):
            return web.Response(text="<html><body>Sign in</body></html>", content_type="text/html")
        return web.Response(body=known.content, content_type="application/octet-stream")


async def _content(request: web.Request) -> bytes:
    """Return what was uploaded, as the body itself or as the file of a form."""
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    parts = (await request.post()).values()
    return next((one.file.read() for one in parts if isinstance(one, web.FileField)), b"")

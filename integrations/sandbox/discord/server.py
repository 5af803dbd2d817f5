"""The sandbox itself: one port of this machine with Discord's REST interface and gateway behind it."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from integrations.sandbox.discord.changes import voice
from integrations.sandbox.discord.gateway.connection import Connection
from integrations.sandbox.discord.gateway.gateway import Gateway
from integrations.sandbox.discord.gateway.intents import PRIVILEGED
from integrations.sandbox.discord.gateway.wire import Wire
from integrations.sandbox.discord.guilds import BOT_MAY, GuildHandle
from integrations.sandbox.discord.hub import By, Hub, Limits
from integrations.sandbox.discord.people import Person
from integrations.sandbox.discord.rest import Rest
from integrations.sandbox.discord.world import World
from integrations.sandbox.exchanges import Watch
from integrations.sandbox.faults import Faults
from integrations.sandbox.ledger import Ledger

_LARGEST_REQUEST = 26_214_400
_CLOSE_WITHIN = 1.0


def _token(bot_id: int) -> str:
    """Return a token as Discord makes them: clients read the bot's id out of its first part."""
    first = base64.urlsafe_b64encode(str(bot_id).encode()).decode().rstrip("=")
    return f"{first}.sandbox.{secrets.token_urlsafe(24)}"


def _wall_clock() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """How a sandbox behaves. `clock` returns ms since 1970 and may be made up; `timer` returns monotonic seconds.

    `privileged` are the intents the app's owner has switched on; `heartbeat` is in seconds; `port` 0 takes a free one.
    `watch` is shown each request and its answer, with all that was written. `old_app`: the app's id is not its bot's.
    `mark` stands behind whatever people write, so that it can be looked for where nobody's words may be.
    """

    clock: Callable[[], int] = _wall_clock
    timer: Callable[[], float] = time.monotonic
    limits: Limits = field(default_factory=Limits)
    privileged: int = int(PRIVILEGED)
    heartbeat: float = 41.25
    port: int = 0
    watch: Watch | None = None
    old_app: bool = False
    mark: str = ""


class Sandbox:
    """A made-up Discord. Use as `async with Sandbox() as server`, then point a client at its URLs with its token.

    `gateway` and `faults` disturb it, `ledger` tells what was accepted, `hub` and `world` are its inside.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.world = World(self.settings.clock, self.settings.privileged, old_app=self.settings.old_app)
        self.gateway = Gateway(self.world, self.settings.heartbeat)
        self.ledger = Ledger()
        self.faults = Faults()
        limits, timer = self.settings.limits, self.settings.timer
        self.hub = Hub(self.world, self.gateway, self.ledger, self.faults, limits, timer, self.settings.mark)
        self.gateway.moves_itself = self._bot_moves
        self.token = _token(self.world.bot.id)
        self.port = self.settings.port
        self._rest = Rest(self.hub, self.token, self.settings.watch)
        self._people: dict[str, Person] = {}
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Open the port."""
        app = web.Application(client_max_size=_LARGEST_REQUEST)
        app.router.add_get("/gateway/", self._serve_gateway)
        app.router.add_route("*", "/{path:api/.*}", self._rest.serve)
        app.router.add_get("/attachments/{number}/{name}", self._serve_file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = int(self._runner.addresses[0][1])
        self.world.files_url = f"http://127.0.0.1:{self.port}"
        if not self.gateway.resume_url:
            self.gateway.resume_url = self.gateway_url

    async def stop(self) -> None:
        """Close the port and every connection; the world stays, and `start` opens the same port again."""
        self.faults.clear()
        for wire in list(self.gateway.wires):
            wire.abort()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def rest_url(self) -> str:
        """The root of the REST interface, for `discord.http.Route.BASE`."""
        return f"http://127.0.0.1:{self.port}/api/v10"

    @property
    def gateway_url(self) -> str:
        """The gateway, for `DiscordWebSocket.DEFAULT_GATEWAY`."""
        return f"ws://127.0.0.1:{self.port}/gateway/"

    def announce_gateway(self, port: int) -> str:
        """Tell clients to come to another port, where a proxy stands; returns the URL they are told."""
        self.gateway.resume_url = f"ws://127.0.0.1:{port}/gateway/"
        return self.gateway.resume_url

    def guild(self, name: str, bot_permissions: int = int(BOT_MAY)) -> GuildHandle:
        """Return the guild with a name, made with the bot in it where there is none yet."""
        known = next((one for one in self.world.guilds.values() if one.name == name), None)
        if known is None:
            known = self.world.guild(name, bot_permissions)
            self.gateway.tell_guild(known, new=True)
        return GuildHandle(self.hub, known, self.person)

    def person(self, name: str) -> Person:
        """Return the person with a name, made where there is none yet; they are in no guild by that."""
        known = self._people.get(name)
        if known is None:
            known = self._people[name] = Person(self.hub, self.world.user(name))
        return known

    async def emit_many(self, event: str, payloads: Iterable[Any], guild_id: int | None = None) -> int:
        """Send prepared events (dictionaries, or JSON as bytes) as fast as clients take them; returns how many."""
        return await self.gateway.emit_many(event, payloads, guild_id)

    async def until(self, condition: Callable[[], object], within: float = 5.0) -> None:
        """Wait until something holds that requests or acts bring about. Raises TimeoutError."""
        await self.hub.until(condition, within)

    async def _serve_gateway(self, request: web.Request) -> web.StreamResponse:
        self.gateway.counts["connections"] += 1
        socket = web.WebSocketResponse(timeout=_CLOSE_WITHIN, compress=False, max_msg_size=65_536)
        try:
            await socket.prepare(request)
        except ConnectionError:
            # the client was gone before it got in; there is nobody to tell
            return web.Response()
        wire = Wire(socket, request)
        self.gateway.wires.add(wire)
        try:
            await Connection(self.gateway, wire, self.token).follow(socket)
        finally:
            self.gateway.wires.discard(wire)
            await wire.end()
            self.hub.wake()
        return socket

    async def _serve_file(self, request: web.Request) -> web.Response:
        number = request.match_info["number"]
        known = self.world.uploads.get(int(number)) if number.isdigit() else None
        return web.Response(status=404) if known is None else web.Response(body=known.content)

    def _bot_moves(self, asked: dict[str, Any]) -> None:
        """Let the bot join, move in or leave voice, as it asked over the gateway."""
        guild = self.world.guilds.get(int(asked.get("guild_id") or 0))
        if guild is None or self.world.bot.id not in guild.members:
            return
        place = asked.get("channel_id")
        bot = By(self.world.bot.id)
        states = {key: bool(asked.get(key)) for key in ("self_mute", "self_deaf")}
        voice.change(self.hub, bot, guild, channel_id=int(place) if place else None, **states)
        if place:
            told = {"token": "voice", "guild_id": str(guild.id), "endpoint": None}
            self.gateway.tell("VOICE_SERVER_UPDATE", told, guild.id)

"""Start a made-up Discord on this machine, to try Cairn on without an account."""

from __future__ import annotations

import asyncio
import random
import sys
from contextlib import suppress
from typing import Annotated, Literal

from cyclopts import App, Parameter

from bot.cli import output
from bot.cli.stage.garden import NAME, Garden
from bot.errors import InputError, MachineError
from bot.operating.running import Stop
from integrations.sandbox.discord.gateway.intents import PRIVILEGED
from integrations.sandbox.discord.server import Sandbox, Settings

app = App(name="sandbox", help="Start a made-up platform on this machine, to try Cairn on without an account.")

_BEGINNING = """\
A made-up Discord is at work on this machine until you press Ctrl-C. In its server {name} (id {id})
invented people write, answer, cheer and thank. In another terminal, in an empty folder:

export CAIRN_DISCORD_TOKEN={token}
export CAIRN_DISCORD_API_URL={rest}
export CAIRN_DISCORD_GATEWAY_URL={gateway}
cairn doctor
cairn run

Afterwards: unset CAIRN_DISCORD_TOKEN CAIRN_DISCORD_API_URL CAIRN_DISCORD_GATEWAY_URL"""
_NEWCOMER = 0.1
"""How often what happens is that somebody new comes in."""


_PORTS = range(65_536)
_FASTEST = 100.0


@app.command
async def discord(
    *,
    port: Annotated[int, Parameter(help="The port it answers on; 0 takes a free one.")] = 0,
    pace: Annotated[float, Parameter(help="Acts of people a second; 0 for a server where nothing happens.")] = 0.5,
    members: Annotated[
        Literal["on", "off"], Parameter(help="Whether the bot is allowed the server members intent.")
    ] = "on",
) -> None:
    """Start a made-up Discord with one server of invented people, and print the settings to use it with."""
    if port not in _PORTS:
        raise InputError(f"--port: {port} is no port; expected 0 to {_PORTS[-1]}")
    if not 0 <= pace <= _FASTEST:
        raise InputError(f"--pace: {pace} is too fast or too slow; expected 0 to {_FASTEST:.0f}")
    stop, server = Stop(), Sandbox(Settings(port=port, privileged=int(PRIVILEGED) if members == "on" else 0))
    try:
        await server.start()
    except OSError as error:
        raise MachineError(f"--port: {port} cannot be used: {error.strerror or type(error).__name__}") from None
    try:
        with stop.on_signals():
            await _live(server, pace, stop)
    finally:
        await server.stop()


async def _live(server: Sandbox, pace: float, stop: Stop) -> None:
    """Let people be at work until asked to stop."""
    chance = random.Random()  # noqa: S311 - a story, not a secret
    garden = Garden(server, chance.getrandbits(32))
    where = {"name": NAME, "id": garden.guild.id, "token": server.token}
    output.show(_BEGINNING.format(**where, rest=server.rest_url, gateway=server.gateway_url))
    sys.stdout.flush()
    while not stop.asked:
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 1 / pace if pace else None)
            return
        await (garden.newcomer() if chance.random() < _NEWCOMER else garden.act())

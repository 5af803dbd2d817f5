"""Single questions to Discord's REST interface, and a count of the answers that asked to wait."""

from __future__ import annotations

from collections.abc import Callable

import aiohttp
import discord
from discord.http import HTTPClient

from bot.ports import Host, MachineError, Meter
from integrations.discord.ear import Event, Server
from integrations.discord.ids import UnknownPlaceError
from integrations.discord.sentences import unreachable

_TOO_MANY = 429


def count_waits(http: HTTPClient, host: Host) -> None:
    """Count each answer that asks to wait; call it before the first request. discord.py itself waits and asks again."""

    async def ended(_: aiohttp.ClientSession, __: object, answer: aiohttp.TraceRequestEndParams) -> None:
        if answer.response.status == _TOO_MANY:
            host.count(Meter.RATE_LIMITED)

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(ended)
    http.http_trace = trace


class Fetching:
    """Fetches what the gateway's events speak of and has not told."""

    def __init__(self, http: HTTPClient, host: Host, clock: Callable[[], int]) -> None:
        """Take discord.py's way to Discord's REST interface, where to count, and the clock (ms)."""
        self._http = http
        self._host = host
        self._clock = clock

    async def fetch(self, server: Server, unknown: UnknownPlaceError) -> Event | None:
        """Fetch a channel, thread or convening; None where the bot may not see it. MachineError: try later."""
        now = self._clock()
        try:
            if unknown.what == "channel":
                return Event("CHANNEL_UPDATE", await self._http.get_channel(int(unknown.place)), now)
            number = int(server.guild.id)
            plan = await self._http.get_scheduled_event(number, int(unknown.place), with_user_count=False)
            return Event("GUILD_SCHEDULED_EVENT_UPDATE", plan, now)
        except (discord.Forbidden, discord.NotFound):
            if unknown.what == "channel":
                server.guild.channels.shut(unknown.place)
            return None
        except (discord.DiscordServerError, aiohttp.ClientError, OSError) as error:
            raise MachineError(unreachable(error)) from None
        except discord.HTTPException:
            self._host.count(Meter.MALFORMED)
            return None

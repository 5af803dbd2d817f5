"""Single questions to Discord's REST interface, and what the headers of its answers tell."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import aiohttp
import discord
from discord.http import HTTPClient

from bot.ports import Host, MachineError, Meter
from integrations.discord.listening.server import Event, Server
from integrations.discord.payloads.ballots import ANSWERS
from integrations.discord.payloads.ids import Payload, UnknownPlaceError, UnreadableError, readable
from integrations.discord.sentences import unreachable

if TYPE_CHECKING:
    from discord.types.gateway import SessionStartLimit

CLOCK_MAY_BE_OFF = 30.0
"""By how many seconds our clock may differ from Discord's."""
_TOO_MANY = 429


class Answers:
    """Looks at the headers of all answers: how many asked to wait, and how far our clock is from Discord's."""

    def __init__(self, http: HTTPClient, clock: Callable[[], int], waits: Callable[[], None]) -> None:
        """Take discord.py's way to Discord before its first request, our clock (ms), and who hears of waits."""
        self.ahead: float | None = None
        """By how many seconds our clock is ahead of Discord's; None until Discord has answered."""
        self._clock = clock
        self._waits = waits
        trace = aiohttp.TraceConfig()
        trace.on_request_end.append(self._ended)
        http.http_trace = trace

    async def _ended(self, _: aiohttp.ClientSession, __: object, answer: aiohttp.TraceRequestEndParams) -> None:
        if answer.response.status == _TOO_MANY:  # discord.py itself waits and asks again
            self._waits()
        try:
            there = parsedate_to_datetime(answer.response.headers["Date"]).timestamp()
        except (LookupError, ValueError, TypeError):
            return
        self.ahead = self._clock() / 1000 - there

    def clock_is_wrong(self) -> str:
        """Return what is wrong with our clock in one line; nothing where it is right, or not known yet."""
        if self.ahead is None or abs(self.ahead) <= CLOCK_MAY_BE_OFF:
            return ""
        how = "ahead of" if self.ahead > 0 else "behind"
        return (
            f"this machine's clock is {abs(round(self.ahead))} s {how} Discord's; set it right (NTP), "
            "because acts are dated by it"
        )


def use_gateway(http: HTTPClient, address: str) -> None:
    """Let a client connect to another gateway than the one it is told of."""
    asked = http.get_bot_gateway

    async def get_bot_gateway() -> tuple[int, str, SessionStartLimit]:
        shards, _, limit = await asked()
        return shards, address, limit

    http.get_bot_gateway = get_bot_gateway  # type: ignore[method-assign]


class Fetching:
    """Fetches what the gateway's events speak of and has not told."""

    def __init__(self, http: HTTPClient, host: Host, clock: Callable[[], int]) -> None:
        """Take discord.py's way to Discord's REST interface, where to count, and the clock (ms)."""
        self._http = http
        self._host = host
        self._clock = clock

    async def answers(self, server: Server, d: Payload) -> list[int] | None:
        """Return which answers of a poll somebody has chosen who took one back, as the gateway tells of that (`d`).

        None where the bot may not see it. Nobody else's answers are asked for. MachineError: try later.
        """
        channel, poll, person = int(d["channel_id"]), int(d["message_id"]), int(d["user_id"])
        found = []
        try:
            for answer in _answers(await self._http.get_message(channel, poll)):
                chose = await self._http.get_poll_answer_voters(channel, poll, answer, after=person - 1, limit=1)
                if _names(chose, d["user_id"]):
                    found.append(answer)
        except (discord.Forbidden, discord.NotFound):
            return None
        except (discord.DiscordServerError, aiohttp.ClientError, OSError) as error:
            raise MachineError(unreachable(error)) from None
        except (discord.HTTPException, UnreadableError):
            self._host.count(Meter.MALFORMED)
            return None
        return found

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


@readable
def _answers(message: Payload) -> list[int]:
    """Return the answers of a message's poll; none where only one can be chosen, which is the one taken back."""
    poll = message.get("poll") or {}
    numbers = [int(one["answer_id"]) for one in poll.get("answers") or ()] if poll.get("allow_multiselect") else []
    return [one for one in numbers if one in ANSWERS]


@readable
def _names(page: Payload, person: str) -> bool:
    """Whether a page of those who chose an answer begins with somebody."""
    return [one["id"] for one in page["users"][:1]] == [person]

"""What Discord still shows of a time that was not heard: messages and their reactions, channel by channel.

It is read page by page, oldest first, and how far it has got is put down, so that a restart goes on there. discord.py
keeps to Discord's limits on requests.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

import discord
from discord.http import HTTPClient

from bot.ports import Signal
from integrations.discord.channels import FORUMS
from integrations.discord.ear import Server
from integrations.discord.ids import Payload, UnreadableError, emoji_in, moment_in, readable, snowflake
from integrations.discord.messages import captured_whole, written

PAGE = 100
_DISCORD_EPOCH_MS = 1_420_070_400_000
_NAME = "gaps"
_WITH_THREADS = FORUMS | {0, 5}
"""Channels that can have threads: forums, text and announcement channels."""
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gap:
    """A time that is being read: its number at the desk, its ends in ms, and the places that are done."""

    number: int
    since: int
    until: int
    done: tuple[str, ...] = ()


def _now() -> int:
    return time.time_ns() // 1_000_000


class History:
    """Reads what was missed."""

    def __init__(self, http: HTTPClient, now: Callable[[], int] = _now) -> None:
        """Take discord.py's way to Discord's REST interface, and the clock."""
        self._http = http
        self._now = now

    async def make_good(self, server: Server, since: int, until: int) -> None:
        """Put a gap down, and read it; and whatever is left of an earlier one that a restart broke off."""
        left = await self._left(server)
        gap = Gap(await server.desk.missed(since, until), since, until)
        await self._keep(server, [*left, gap])
        await self.go_on(server)

    async def go_on(self, server: Server) -> None:
        """Read the gaps that are put down."""
        for gap in await self._left(server):
            await self._read(server, gap)
            await server.desk.made_good(gap.number)
            await self._keep(server, [one for one in await self._left(server) if one.number != gap.number])

    async def _read(self, server: Server, gap: Gap) -> None:
        for place in await self._places(server, gap):
            if place in gap.done:
                continue
            async for page in self._pages(server, place, gap):
                signals = [signal for one in page for signal in await self._signals(server, one)]
                if signals:
                    await server.desk.record(signals)
            gap = Gap(gap.number, gap.since, gap.until, (*gap.done, place))
            rest = [one for one in await self._left(server) if one.number != gap.number]
            await self._keep(server, [*rest, gap])

    async def _places(self, server: Server, gap: Gap) -> list[str]:
        """Return the channels and threads that count and in which something was written since the gap began."""
        channels = server.guild.channels
        for thread in await self._threads(server, gap):
            channels.tried(thread)
        return [place for place in channels.places(since=gap.since) if _type(server, place) is not None]

    async def _threads(self, server: Server, gap: Gap) -> list[Payload]:
        """Return the threads that were put away since the gap began; running ones are known already."""
        found: list[Payload] = []
        for place in server.guild.channels.places():
            if _type(server, place) not in _WITH_THREADS:
                continue
            try:
                page = await self._http.get_public_archived_threads(int(place), limit=PAGE)
            except (discord.Forbidden, discord.NotFound):
                continue
            found += [one for one in page["threads"] if _active_since(one, gap.since)]
        return found

    async def _pages(self, server: Server, place: str, gap: Gap) -> AsyncIterator[Sequence[Payload]]:
        """Yield the messages of a place within the gap, a page at a time, oldest first."""
        after = (gap.since - _DISCORD_EPOCH_MS) << 22
        while True:
            try:
                page = await self._http.logs_from(int(place), PAGE, after=max(after, 0))
            except (discord.Forbidden, discord.NotFound):
                server.guild.channels.shut(place)
                return
            within = [one for one in page if moment_in(snowflake(one["id"])) <= gap.until]
            yield sorted(within, key=lambda one: int(one["id"]))
            if len(page) < PAGE or len(within) < len(page):
                return
            after = max(int(one["id"]) for one in page)

    async def _signals(self, server: Server, message: Payload) -> list[Signal]:
        captured = self._now()
        try:
            reactions = _reactions(message)
            if not reactions:
                return written(message, server.guild, captured, captured)
            reacting = {name: await self._reacting(message, emoji) for name, emoji in reactions.items()}
            return captured_whole(message, reacting, server.guild, captured)
        except UnreadableError:
            return []

    async def _reacting(self, message: Payload, emoji: Payload) -> list[Payload]:
        """Return everyone who reacted to a message with an emoji."""
        text = f"{emoji['name']}:{emoji['id']}" if emoji.get("id") else str(emoji["name"])
        found: list[Payload] = []
        while True:
            after = int(found[-1]["id"]) if found else None
            try:
                page = await self._http.get_reaction_users(
                    int(message["channel_id"]), int(message["id"]), text, PAGE, after
                )
            except (discord.Forbidden, discord.NotFound):
                return found
            found += page
            if len(page) < PAGE:
                return found

    async def _left(self, server: Server) -> list[Gap]:
        rows = json.loads(await server.desk.notes.read(_NAME) or "[]")
        return [Gap(row[0], row[1], row[2], tuple(row[3])) for row in rows]

    async def _keep(self, server: Server, gaps: Sequence[Gap]) -> None:
        rows = [[one.number, one.since, one.until, one.done] for one in gaps]
        await server.desk.notes.write(_NAME, json.dumps(rows))


@readable
def _reactions(message: Payload) -> dict[str, Payload]:
    """Return a message's emoji by their names in natural keys."""
    return {emoji_in(one["emoji"]): one["emoji"] for one in message.get("reactions") or ()}


def _type(server: Server, place: str) -> int | None:
    """Return the type of a place that counts, None for one that does not."""
    try:
        spot = server.guild.channels.spot(place)
    except UnreadableError:  # a thread of a channel that the bot may not see
        return None
    return spot.type if spot.allowed else None


def _active_since(thread: Payload, moment: int) -> bool:
    last = thread.get("last_message_id")
    return last is not None and moment_in(int(last)) >= moment

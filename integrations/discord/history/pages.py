"""Pages of Discord's history, and what the messages on them say: for gaps in what was heard, and for back-fill.

Every request goes through one place, where a pace can be kept. discord.py keeps to Discord's limits on requests, and
waits where it is told to.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, TypeVar

import aiohttp
import discord
from discord.http import HTTPClient

from bot.ports import MachineError, Signal, Unreadable
from integrations.discord.listening.server import Server
from integrations.discord.payloads.channels import FORUMS
from integrations.discord.payloads.guild import Guild
from integrations.discord.payloads.ids import (
    BROKEN,
    Payload,
    UnreadableError,
    emoji_in,
    moment_in,
    moment_of,
    readable,
    snowflake,
)
from integrations.discord.payloads.messages import captured_whole, written
from integrations.discord.rights import Rights, rights

PAGE = 100
ENOUGH = 500
"""Signals that are worth storing before the end of a page."""
WITH_THREADS = FORUMS | {0, 5}
"""Channels that can have threads: forums, text and announcement channels."""
NOT_SHOWN = (discord.Forbidden, discord.NotFound)
"""What Discord answers where the bot may not look, or there is nothing any more."""
FAILURES = (discord.DiscordException, aiohttp.ClientError, OSError, MachineError)
"""What ends a reading that can be gone on with later: Discord or the storage does not answer."""
GAP_SECONDS = 0.025
_KNOWN_ROLES, _ROLES_MS = 20_000, 3_600_000
"""Of how many people roles are remembered, and for how long: asking for them takes a request each."""

_T = TypeVar("_T")


class Pace:
    """Lets requests through one by one, at least `GAP_SECONDS` apart: all bots may ask 50 times a second, no more."""

    def __init__(self) -> None:
        self._next = 0.0

    async def __call__(self) -> None:
        """Return when the next request may be made."""
        now = asyncio.get_running_loop().time()
        self._next = max(self._next + GAP_SECONDS, now)
        await asyncio.sleep(self._next - now)


class Pages:
    """Asks for pages. `turn` returns when the next request may be made; `now` is our clock in ms."""

    def __init__(
        self, http: HTTPClient, now: Callable[[], int], turn: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        self._http = http
        self.now = now
        self._turn = turn or Pace()
        self._roles: dict[tuple[str, str], list[str]] = {}
        self._roles_since = 0

    async def messages(self, place: str, *, before: int | None = None, after: int | None = None) -> list[Payload]:
        """Return up to a page of messages before or after an id, the newest first. Raises one of `NOT_SHOWN`."""
        page = await self._ask(self._http.logs_from(int(place), PAGE, before=before, after=after))
        return _understood(_in_order, page)

    async def rights(self, server: Server) -> Rights:
        """Return what the bot may do in a server now."""
        number = int(server.guild.id)
        member = await self._ask(self._http.get_member(number, int(server.guild.people.own)))
        return rights(server.guild.id, member, await self._ask(self._http.get_roles(number)))

    async def running(self, server: Server) -> list[Payload]:
        """Return a server's threads that are not archived."""
        found = await self._ask(self._http.get_active_threads(int(server.guild.id)))
        return list(found["threads"])

    async def archived(self, channel: str, since: int) -> AsyncIterator[Sequence[Payload]]:
        """Yield a channel's public threads that were archived since a moment (ms), page by page, the latest first.

        Nothing was written in a thread after it was archived. Raises discord.Forbidden where the bot may not look.
        """
        before: Any = None
        while True:
            try:
                found = await self._ask(self._http.get_public_archived_threads(int(channel), before, PAGE))
            except discord.NotFound:  # the channel was deleted
                return
            threads = [one for one in found["threads"] if _understood(_archived_at, one) >= since]
            yield threads
            if not found.get("has_more") or len(threads) < len(found["threads"]) or not threads:
                return
            before = threads[-1]["thread_metadata"]["archive_timestamp"]

    async def signals(self, server: Server, message: Payload, captured: int) -> list[Signal]:
        """Return what a message and its reactions say; nothing for one that cannot be read.

        `captured` is when its page was asked for (ms): who reacts later than that is on neither, and told of live.
        """
        guild = server.guild
        try:
            message = await self._with_roles(guild, message)
            reactions = _reactions(message)
            if not reactions:
                return written(message, guild, captured, captured)
            reacting = {name: await self._reacting(guild, message, emoji) for name, emoji in reactions.items()}
            return captured_whole(message, reacting, guild, captured)
        except UnreadableError as error:
            await server.desk.unread.add([Unreadable("message", str(error), _moment(message, captured))])
            return []

    async def _reacting(self, guild: Guild, message: Payload, emoji: Payload) -> list[Payload]:
        """Return everyone who reacted to a message with an emoji and is not left out by a role."""
        text = f"{emoji['name']}:{emoji['id']}" if emoji.get("id") else str(emoji["name"])
        found: list[Payload] = []
        while True:
            after = int(found[-1]["id"]) if found else None
            asked = self._http.get_reaction_users(int(message["channel_id"]), int(message["id"]), text, PAGE, after)
            try:
                page = await self._ask(asked)
            except NOT_SHOWN:
                break
            found += page
            if len(page) < PAGE:
                break
        if not guild.excluded:
            return found
        return [one for one in found if guild.excluded.isdisjoint(await self._roles_of(guild, one))]

    async def _with_roles(self, guild: Guild, message: Payload) -> Payload:
        """Return a message with its author's roles, which history does not tell, where a role can leave people out."""
        author = _author(message)
        if not guild.excluded or author is None:
            return message
        return {**message, "member": {"roles": await self._roles_of(guild, author)}}

    async def _roles_of(self, guild: Guild, user: Payload) -> list[str]:
        """Return the roles somebody has now; none for machines and for those who have left."""
        if user.get("bot") or user.get("system"):
            return []
        key = guild.id, str(user["id"])
        if key not in self._roles:
            if len(self._roles) >= _KNOWN_ROLES or self.now() > self._roles_since + _ROLES_MS:
                self._roles.clear()
                self._roles_since = self.now()
            try:
                member = await self._ask(self._http.get_member(int(guild.id), snowflake(user["id"])))
                self._roles[key] = [str(one) for one in member["roles"]]
            except (*NOT_SHOWN, ValueError):
                self._roles[key] = []
        return self._roles[key]

    async def _ask(self, request: Awaitable[_T]) -> _T:
        try:
            await self._turn()
        except BaseException:
            if asyncio.iscoroutine(request):
                request.close()
            raise
        return await request


_Given = TypeVar("_Given")


def _understood(read: Callable[[_Given], _T], answer: _Given) -> _T:
    """Read an answer; one that is not what Discord's reference says is asked for again later."""
    try:
        return read(answer)
    except UnreadableError:
        raise MachineError("Discord gave an answer that cannot be read") from None


@readable
def _in_order(page: Sequence[Payload]) -> list[Payload]:
    """Return a page's messages, the newest first."""
    return sorted(page, key=lambda one: -snowflake(one["id"]))


@readable
def _reactions(message: Payload) -> dict[str, Payload]:
    """Return a message's emoji by their names in natural keys."""
    return {emoji_in(one["emoji"]): one["emoji"] for one in message.get("reactions") or ()}


@readable
def _author(message: Payload) -> Payload | None:
    author = message["author"]
    return author if isinstance(author, dict) and "id" in author and message.get("webhook_id") is None else None


def _moment(message: Payload, now: int) -> int:
    """Return when a message that cannot be read was written, as far as it says so."""
    try:
        return min(moment_in(snowflake(message["id"])), now)
    except BROKEN:
        return now


@readable
def _archived_at(thread: Payload) -> int:
    return moment_of(thread["thread_metadata"]["archive_timestamp"])


def type_of(server: Server, place: str) -> int | None:
    """Return the type of a place that counts, None for one that does not."""
    try:
        spot = server.guild.channels.spot(place)
    except UnreadableError:  # a thread of a channel that the bot may not see
        return None
    return spot.type if spot.allowed else None


def written_in_since(thread: Payload, moment: int) -> bool:
    """Whether a thread was opened or written in since a moment (ms)."""
    numbers = [int(one) for one in (thread.get("last_message_id"), thread.get("id")) if one]
    return max(map(moment_in, numbers), default=0) >= moment

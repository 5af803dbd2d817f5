"""Hands messages to Discord that nobody asked for a moment ago: once each, and what became of it is told exactly."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from bot.ports import Account, Delivered, Delivery, File, Outcome
from integrations.discord.listening.server import Server
from integrations.discord.payloads.ids import UnreadableError
from integrations.discord.speaking.asked import carrier
from integrations.discord.speaking.line import Answer, Line
from integrations.discord.speaking.rendering import SILENT, draw

_logger = logging.getLogger(__name__)
REMEMBERS = 120.0
"""For how many seconds a nonce is surely known again; Discord says "a few minutes"."""
SOON = 5.0
"""Seconds until a message is tried again that could not be handed over."""
_A_MOMENT = 1.0
"""Seconds that a rate limit is waited for here; after that the message goes back."""
_KNOWN = 20_000
_UNKNOWN_CHANNEL = 10003
_CODES = {
    50007: Delivered.CLOSED, 50278: Delivered.CLOSED, 40003: Delivered.TOO_FAST, 20026: Delivered.TOO_FAST,
    10003: Delivered.GONE, 10004: Delivered.GONE, 10007: Delivered.GONE, 10013: Delivered.GONE, 50001: Delivered.GONE,
    50013: Delivered.GONE, 50008: Delivered.GONE, 50024: Delivered.GONE, 160005: Delivered.GONE,
}  # fmt: skip
"""What Discord's own codes of errors mean for a message. Source: its reference, "Opcodes and Status Codes"."""
_FLAGGED = 20026


class Delivering:
    """Sends messages to people and channels."""

    def __init__(self, line: Line, servers: Mapping[str, Server], within: float) -> None:
        """Take the way to Discord, the servers that are listened to, and how long an answer may take (seconds)."""
        self._line = line
        self._servers = servers
        self._within = within
        self._rooms: OrderedDict[str, str] = OrderedDict()
        self._spent: dict[str, float] = {}

    async def deliver(self, delivery: Delivery) -> Outcome:
        """Send one message; see `bot.sending.delivering.Deliverer`."""
        server = self._servers.get(delivery.space)
        if server is None or not server.live:
            return Outcome(Delivered.LATER, after=SOON, reason="the server is not connected")
        if delivery.person is None:
            refused = await self._foreign(server, delivery.channel)
            return refused or await self._send(delivery, delivery.channel)
        if delivery.channel:
            return Outcome(Delivered.FAILED, reason="Discord shows nothing to one person alone")
        return await self._to_person(delivery, delivery.person)

    async def _to_person(self, delivery: Delivery, person: Account) -> Outcome:
        if person.platform != "discord" or not person.id.isdigit():
            return Outcome(Delivered.FAILED, reason="not somebody on Discord")
        known = self._rooms.get(person.id)
        if known is not None:
            outcome = await self._send(delivery, known)
            if outcome.reason != _reason(_UNKNOWN_CHANNEL):
                return outcome
            del self._rooms[person.id]
        answer = await self._ask("/users/@me/channels", {"recipient_id": person.id})
        if not answer.done:
            return _not_opened(answer)
        room = str(answer.body["id"])
        self._rooms[person.id] = room
        while len(self._rooms) > _KNOWN:
            self._rooms.popitem(last=False)
        return await self._send(delivery, room)

    async def _foreign(self, server: Server, channel: str) -> Outcome | None:
        """Return the outcome for a channel that is not the server's; nothing for one that is."""
        if not (channel.isascii() and channel.isdigit()):
            return Outcome(Delivered.FAILED, reason="not a channel on Discord")
        try:
            server.guild.spot(channel)
        except UnreadableError:
            answer = await self._line.send("GET", f"/channels/{channel}", within=self._within)
            if not answer.done:
                return _not_opened(answer)
            if str(answer.body.get("guild_id")) != server.guild.id:
                return Outcome(Delivered.GONE, reason="the channel is not in this server")
        return None

    async def _send(self, delivery: Delivery, channel: str) -> Outcome:
        several = delivery.person is not None and len(self._servers) > 1
        drawn = draw(delivery.blocks, carrier(delivery.space if several else ""))
        pinged = (delivery.pings.id,) if delivery.pings is not None and delivery.pings.platform == "discord" else ()
        body = drawn.body(SILENT if delivery.silent else 0, pinged)
        body |= {"nonce": delivery.nonce, "enforce_nonce": True}
        answer = await self._ask(f"/channels/{channel}/messages", body, drawn.files)
        if answer.done:
            return Outcome(Delivered.SENT, str(answer.body.get("id") or ""))
        if answer.lost:
            return Outcome(Delivered.UNKNOWN, reason=_reason(answer.code) if answer.status > 0 else "no answer")
        return _refused(answer)

    async def _ask(self, path: str, body: object, files: Sequence[File] = ()) -> Answer:
        """Post something; a place that takes no more for now is not even asked."""
        clock = asyncio.get_running_loop().time
        for once_more in (True, False):
            wait = self._spent.get(path, 0.0) - clock()
            if wait > _A_MOMENT:
                return Answer(429, after=wait)
            await asyncio.sleep(max(wait, 0.0))
            answer = await self._line.send("POST", path, body, files, self._within)
            self._remember(path, clock() + max(answer.spent, answer.after))
            if not (once_more and answer.status == 429 and answer.after <= _A_MOMENT):
                break
        return answer

    def _remember(self, path: str, until: float) -> None:
        """Remember until when a place takes no more, and forget what is over."""
        now = asyncio.get_running_loop().time()
        if len(self._spent) > _KNOWN:
            self._spent = {one: then for one, then in self._spent.items() if then > now}
        if until > now:
            self._spent[path] = until


def _not_opened(answer: Answer) -> Outcome:
    """Return what it means that a conversation could not be opened or a channel not be looked at: nothing was sent."""
    if answer.lost or answer.status == 0:
        return Outcome(Delivered.LATER, after=SOON, reason="no answer")
    return _refused(answer)


def _refused(answer: Answer) -> Outcome:
    """Return what a refusal means for a message."""
    if answer.code == _FLAGGED:
        _logger.error("Discord has flagged this bot for its direct messages; no more are sent for now")
    if answer.status == 429:
        return Outcome(Delivered.LATER, after=answer.after, reason="rate limit")
    if answer.status in (0, 401):
        return Outcome(Delivered.LATER, after=SOON, reason="Discord does not let us in")
    found = _CODES.get(answer.code)
    if found is None:
        found = Delivered.GONE if answer.status in (403, 404) else Delivered.FAILED
    return Outcome(found, after=600.0 if found is Delivered.TOO_FAST else 0.0, reason=_reason(answer.code))


def _reason(code: int) -> str:
    return f"Discord's code {code}"

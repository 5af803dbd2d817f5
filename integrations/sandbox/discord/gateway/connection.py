"""One connection from hello to close: what a client says, and what becomes of it."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from integrations.sandbox.discord.gateway.asking import members_asked_for
from integrations.sandbox.discord.gateway.gateway import Gateway
from integrations.sandbox.discord.gateway.intents import KNOWN, PRIVILEGED
from integrations.sandbox.discord.gateway.session import Session
from integrations.sandbox.discord.gateway.wire import Wire

UNKNOWN_OP, DECODE_ERROR, NOT_AUTHENTICATED, AUTHENTICATION_FAILED, ALREADY = 4001, 4002, 4003, 4004, 4005
INVALID_SEQUENCE, RATE_LIMITED, TIMED_OUT, INVALID_SHARD, SHARDING_REQUIRED = 4007, 4008, 4009, 4010, 4011
INVALID_INTENTS, DISALLOWED = 4013, 4014
_MINUTE = 60.0
_LARGEST = 4096
_WITH_DATA = (2, 3, 4, 6, 8)


class Closed(Exception):  # noqa: N818 (what has happened, not a mistake)
    """The connection is to be closed with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class Connection:
    """Follows one websocket; `token` is the only one that is let in."""

    def __init__(self, gateway: Gateway, wire: Wire, token: str) -> None:
        self._gateway = gateway
        self._wire = wire
        self._token = token
        self._session: Session | None = None
        self._heard: deque[float] = deque(maxlen=gateway.most_said)

    async def follow(self, socket: web.WebSocketResponse) -> None:
        """Say hello and answer until either side ends it."""
        interval = round(self._gateway.heartbeat * 1000)
        self._say(10, {"heartbeat_interval": interval, "_trace": []})
        try:
            async for message in socket:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    self._hear(message.data)
        except Closed as closed:
            self._wire.close(closed.code)
        finally:
            if self._session is not None and self._session.wire is self._wire:
                self._session.wire, self._session.parted = None, time.monotonic()
                # a client that closes like this says that it will not come back
                if not self._wire.closing and socket.close_code in (1000, 1001):
                    self._gateway.sessions.pop(self._session.id, None)

    def _say(self, op: int, data: object) -> None:
        self._wire.push(orjson.dumps({"op": op, "d": data, "s": None, "t": None}))

    def _hear(self, text: str | bytes) -> None:
        """Do what a client asks. Raises Closed where Discord would close."""
        if self._wire.stalled:
            return
        self._pace()
        if len(text) > _LARGEST:
            raise Closed(DECODE_ERROR)
        try:
            said = orjson.loads(text)
            op, data = said["op"], said.get("d")
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            raise Closed(DECODE_ERROR) from None
        if op == 1:
            self._beat(data)
        elif not isinstance(data, dict) and op in _WITH_DATA:
            raise Closed(DECODE_ERROR)
        elif op == 2:
            self._identify(data)
        elif op == 6:
            self._resume(data)
        elif self._session is None:
            raise Closed(NOT_AUTHENTICATED)
        else:
            self._ask(self._session, op, data)

    def _pace(self) -> None:
        now = time.monotonic()
        if len(self._heard) == self._gateway.most_said and now - self._heard[0] < _MINUTE:
            raise Closed(RATE_LIMITED)
        self._heard.append(now)

    def _beat(self, sequence: object) -> None:
        self._gateway.counts["heartbeats"] += 1
        if self._session is not None and isinstance(sequence, int):
            if sequence > self._session.sequence:
                raise Closed(INVALID_SEQUENCE)
            self._session.has(sequence)
        self._say(11, None)

    def _identify(self, data: dict[str, Any]) -> None:
        if self._session is not None:
            raise Closed(ALREADY)
        self._check_token(data)
        shard, intents = self._shard(data), self._intents(data)
        if not self._gateway.starts.begin(shard[0]):
            self._say(9, data=False)
            return
        self._gateway.counts["identifies"] += 1
        if self._gateway.starts.remaining < 0:
            self._gateway.reset_token()
            raise Closed(AUTHENTICATION_FAILED)
        self._session = self._gateway.begin(shard, intents, self._wire)

    def _shard(self, data: dict[str, Any]) -> tuple[int, int]:
        """Return which shard of how many a client is. Raises Closed where that is none, or too few for all guilds."""
        match data.get("shard", [0, 1]):
            case [int() as number, int() as count] if 0 <= number < count:
                if len(self._gateway.world.guilds_of_bot()) > self._gateway.most_guilds * count:
                    raise Closed(SHARDING_REQUIRED)
                return number, count
            case _:
                raise Closed(INVALID_SHARD)

    def _check_token(self, data: dict[str, Any]) -> None:
        said = str(data.get("token", "")).removeprefix("Bot ")
        if said != self._token or self._gateway.token_is_reset:
            raise Closed(AUTHENTICATION_FAILED)

    def _intents(self, data: dict[str, Any]) -> int:
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~KNOWN:
            raise Closed(INVALID_INTENTS)
        if intents & PRIVILEGED & ~self._gateway.world.application.privileged:
            raise Closed(DISALLOWED)
        return intents

    def _resume(self, data: dict[str, Any]) -> None:
        if self._session is not None:
            raise Closed(ALREADY)
        self._check_token(data)
        session = self._gateway.sessions.get(str(data.get("session_id")))
        sequence = int(data.get("seq") or 0)
        if session is None or not session.resumes_from(sequence):
            self._gateway.counts["refused"] += 1
            self._say(9, False)
            return
        self._gateway.counts["resumes"] += 1
        session.has(sequence)
        if session.wire is not None and session.wire is not self._wire:
            session.wire.close(TIMED_OUT)
        session.wire, self._session = self._wire, session
        for frame in session.missed(sequence):
            self._wire.push(frame)
        session.tell("RESUMED", b'{"_trace":[]}')

    def _ask(self, session: Session, op: int, data: dict[str, Any]) -> None:
        if op == 8:
            members_asked_for(self._gateway.world, session, data)
        elif op == 4:
            self._gateway.moves_itself(data)
        elif op != 3:
            raise Closed(UNKNOWN_OP)

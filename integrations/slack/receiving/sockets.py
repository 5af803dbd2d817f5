"""Socket Mode: what Slack sends over a connection that we open, so that nothing of ours has to be reachable.

The library's own client closes a connection before it opens the next one, holds what arrives in a queue without end
and writes all of it to its log. Here the next connection is open before the old one is let go, what arrives is answered
one by one under a bound, and an envelope is acknowledged only when it has been dealt with; Slack sends it again else.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

import aiohttp
import orjson
from slack_bolt.response import BoltResponse

from bot.ports import ConfigError, MachineError, Meter, Payload
from integrations.slack.api import Api, RefusedError
from integrations.slack.receiving.bodies import BodyError, from_json
from integrations.slack.sentences import APP_REFUSED

AT_ONCE = 200
"""Envelopes that are dealt with at once; the socket is read no further meanwhile."""
SILENCE_SECONDS = 30.0
"""How long a connection may show no life before it is asked for some; after as long again it counts as dead."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds until a connection that failed is tried again: twice as long each time, and some more by chance."""
_WRONG = frozenset({"invalid_auth", "not_authed", "not_allowed_token_type", "token_revoked", "account_inactive"})
SHORT_SECONDS = 1.0
"""A connection that ends sooner than this counts as failed."""
GRACE_SECONDS = 20.0
"""How long a connection that Slack wants to end may still bring something."""
_LARGEST = 4_000_000
_logger = logging.getLogger(__name__)

Takes = Callable[[Payload], Awaitable[BoltResponse]]


class Sockets:
    """Keeps one connection open, and two while one takes over from another."""

    def __init__(self, api: Api, token: str, takes: Takes, count: Callable[[Meter], None]) -> None:
        """Take the way to Slack, the app's token, who answers what arrives, and where connections are counted."""
        self._api = api
        self._token = token
        self._takes = takes
        self._count = count
        self._open: set[aiohttp.ClientWebSocketResponse] = set()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._began = False

    @property
    def connected(self) -> bool:
        """Whether a connection is open."""
        return any(not one.closed for one in self._open)

    async def run(self, opened: Callable[[], None]) -> None:
        """Stay connected until cancelled; `opened` is called with each connection that stands.

        Raises ConfigError where Slack does not take the token.
        """
        serving: set[asyncio.Task[None]] = set()
        async with aiohttp.ClientSession() as session:
            try:
                await self._keep(session, serving, opened)
            finally:
                for one in serving:
                    one.cancel()
                await asyncio.gather(*serving, return_exceptions=True)

    async def _keep(
        self, session: aiohttp.ClientSession, serving: set[asyncio.Task[None]], opened: Callable[[], None]
    ) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                socket = await self._connect(session)
            except (MachineError, aiohttp.ClientError, TimeoutError, OSError) as error:
                _logger.warning("Slack cannot be reached (%s); trying again", type(error).__name__)
                await asyncio.sleep(pause * (1 + random.random()))  # noqa: S311 - only so that not all come at once
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            began = asyncio.get_running_loop().time()
            self._count(Meter.RECONNECTS if self._began else Meter.CONNECTS)
            self._began = True
            opened()
            over = asyncio.Event()
            task = asyncio.create_task(self._serve(socket, over))
            serving.add(task)
            task.add_done_callback(serving.discard)
            await over.wait()  # it is at its end, or Slack is about to end it
            if asyncio.get_running_loop().time() - began >= SHORT_SECONDS:
                pause = FIRST_PAUSE
            else:
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _connect(self, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
        try:
            answer = await self._api.ask(self._token, "apps.connections.open")
        except RefusedError as error:
            if error.code in _WRONG:
                raise ConfigError(APP_REFUSED) from None
            raise MachineError(str(error)) from None
        return await session.ws_connect(
            str(answer["url"]), heartbeat=SILENCE_SECONDS, max_msg_size=_LARGEST, autoping=True
        )

    async def _serve(self, socket: aiohttp.ClientWebSocketResponse, over: asyncio.Event) -> None:
        """Read one connection to its end; `over` is set as soon as the next one is wanted."""
        self._open.add(socket)
        try:
            async with asyncio.TaskGroup() as answers, asyncio.timeout(None) as patience:
                async for message in socket:
                    if message.type is aiohttp.WSMsgType.TEXT and not await self._take(socket, message.data, answers):
                        over.set()
                        patience.reschedule(asyncio.get_running_loop().time() + GRACE_SECONDS)
                over.set()  # the next one is not to wait until all of this one's is stored
        except* (TimeoutError, aiohttp.ClientError, OSError) as errors:
            _logger.info("a connection to Slack ended (%s)", type(errors.exceptions[0]).__name__)
        finally:
            over.set()
            self._open.discard(socket)
            await socket.close()

    async def _take(self, socket: aiohttp.ClientWebSocketResponse, text: str, answers: asyncio.TaskGroup) -> bool:
        """Take one message; returns False where Slack is going to end the connection."""
        try:
            envelope = from_json(text.encode("utf-8", "surrogatepass"))
        except BodyError:
            self._count(Meter.MALFORMED)
            return True
        if envelope.get("type") == "disconnect":
            return False
        number, body = envelope.get("envelope_id"), envelope.get("payload")
        if isinstance(number, str) and isinstance(body, dict):
            await self._room.acquire()
            answers.create_task(self._answer(socket, number, body))
        return True

    async def _answer(self, socket: aiohttp.ClientWebSocketResponse, number: str, body: Payload) -> None:
        try:
            found = await self._takes(body)
            if found.status == 200 and not socket.closed:  # noqa: PLR2004 - HTTP's own number
                await socket.send_bytes(_acknowledged(number, found))
        except (ConnectionError, aiohttp.ClientError):
            pass  # it was closed meanwhile: Slack sends what was not acknowledged again
        finally:
            self._room.release()


def _acknowledged(number: str, found: BoltResponse) -> bytes:
    """Return the acknowledgement of an envelope, with what is answered along with it."""
    said: dict[str, object] = {"envelope_id": number}
    if found.body:
        kinds = found.headers.get("content-type", [""])
        packed = kinds[0].startswith("application/json")
        said["payload"] = orjson.loads(found.body) if packed else {"text": found.body}
    return orjson.dumps(said)

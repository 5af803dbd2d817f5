"""The way by HTTP: one signed request for each letter."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import aiohttp
import orjson

from integrations.sandbox.slack.delivery.letters import Letter, Outcome
from integrations.sandbox.slack.delivery.signing import signed
from integrations.sandbox.slack.limits import Limits
from integrations.sandbox.slack.model import Json

_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


class Posting:
    """Sends letters to the URLs of their apps; `ended` is told how that went."""

    def __init__(self, limits: Limits, ended: Callable[[Letter, Outcome], None]) -> None:
        self._limits = limits
        self._ended = ended
        self._at_once = asyncio.Semaphore(limits.at_once)
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    def send(self, letter: Letter) -> None:
        """Send a letter."""
        task = asyncio.create_task(self._send(letter))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop sending."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _send(self, letter: Letter) -> None:
        # the app's time runs from the request on, not while it waits for others
        async with self._at_once:
            await self._send_now(letter)

    async def _send_now(self, letter: Letter) -> None:
        began = time.monotonic()
        try:
            outcome = await self._post(letter, began)
        except TimeoutError:
            outcome = Outcome("http_timeout", seconds=time.monotonic() - began)
        except (aiohttp.ClientError, OSError):
            outcome = Outcome("connection_failed", seconds=time.monotonic() - began)
        self._ended(letter, outcome)

    async def _post(self, letter: Letter, began: float) -> Outcome:
        if not letter.url:
            return Outcome("connection_failed")
        waits = aiohttp.ClientTimeout(total=self._limits.answer)
        headers = {"Content-Type": letter.content_type, "User-Agent": _AGENT, **_again(letter)}
        headers |= signed(letter.app.signing_secret, letter.body)
        async with self._open().post(
            letter.url, data=letter.body, headers=headers, timeout=waits, allow_redirects=False
        ) as answer:
            text = await answer.read()
            spent = time.monotonic() - began
            if 200 <= answer.status < 300:
                return Outcome(status=answer.status, reply=_reply(answer.content_type, text), seconds=spent)
            final = answer.headers.get("X-Slack-No-Retry") == "1"
            return Outcome("http_error", answer.status, final=final, seconds=spent)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self._session


def _again(letter: Letter) -> dict[str, str]:
    if not letter.attempt:
        return {}
    return {"X-Slack-Retry-Num": str(letter.attempt), "X-Slack-Retry-Reason": letter.reason}


def _reply(content_type: str, text: bytes) -> Json:
    """Return what an app said in its answer; plain text is a message."""
    if not text.strip():
        return {}
    if content_type != "application/json":
        return {"text": text.decode(errors="replace")}
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}

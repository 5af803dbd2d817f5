"""Slack's Web API, as Cairn asks it: every call once, at Slack's pace, and never with what it said in any log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import orjson
import yarl
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ports import MachineError, Payload

PAGE = 200
"""How many entries of a list are asked for at once: as Slack recommends."""
LONGEST_WAIT = 60.0
"""Seconds that a limit of Slack's is waited for at a time."""
_TIMEOUT = 10
_JSON = {"Content-Type": "application/json; charset=utf-8"}
_BYTES = {"Content-Type": "application/octet-stream"}
_HOSTS = ("slack.com", "slack-files.com")
_ANSWERS = yarl.URL("https://hooks.slack.com")
"""Where Slack takes answers to what people did."""
SILENT = logging.Logger("slack", logging.CRITICAL + 1)
"""What Slack's own libraries log to: they write bodies, and in them what people said."""


_OF_OTHER_THINGS = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", "team_added_to_org",
     "accesslimited", "invalid_auth", "not_authed", "token_expired", "token_revoked", "account_inactive"}
)  # fmt: skip


class RefusedError(Exception):
    """Slack refused a call; `code` is its reason, as its reference has it."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack refuses ({code})")
        self.code = code

    @property
    def says_nothing(self) -> bool:
        """Whether it says nothing of what was asked about: Slack is in trouble, or the token does not hold now."""
        return self.code.isdigit() or self.code in _OF_OTHER_THINGS


class LimitedError(Exception):
    """Slack wants to be asked later; `after` says in how many seconds."""

    def __init__(self, after: float) -> None:
        super().__init__(f"Slack wants to be asked in {after:.0f} s")
        self.after = after


class Api:
    """Asks Slack, for any workspace. `limited` is told each time when Slack wants to be asked more slowly."""

    def __init__(self, url: str, limited: Callable[[], None] = lambda: None) -> None:
        self._url = url.rstrip("/") + "/"
        self._limited = limited
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    async def close(self) -> None:
        """Close all connections; nothing is asked for any more."""
        self._closed = True
        if self._session is not None:
            await self._session.close()
            self._session = None

    def client(self, token: str) -> AsyncWebClient:
        """Return a client of Slack's own library, which tries nothing twice; its connections are shared."""
        return AsyncWebClient(
            token, self._url, timeout=_TIMEOUT, session=self._opened(), retry_handlers=[], logger=SILENT
        )

    def _opened(self) -> aiohttp.ClientSession:
        if self._closed:
            raise MachineError("Slack is not asked any more")
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT))
        return self._session

    async def ask(self, token: str, method: str, /, **arguments: Any) -> Payload:  # noqa: ANN401 - what it takes
        """Return Slack's answer to a question that changes nothing; waits where Slack asks to.

        Raises RefusedError, and MachineError where Slack cannot be reached.
        """
        return (await self.whole(token, method, **arguments))[0]

    async def whole(self, token: str, method: str, /, **arguments: Any) -> tuple[Payload, Mapping[str, str]]:  # noqa: ANN401
        """Return the answer with its headers, their names in small letters; as `ask`."""
        while True:
            try:
                return await self._told(token, method, arguments)
            except LimitedError as limited:
                await asyncio.sleep(min(limited.after, LONGEST_WAIT))

    async def at_once(self, token: str, method: str, /, **arguments: Any) -> Payload:  # noqa: ANN401 - what it takes
        """Return the answer as `ask`, but raise LimitedError where that takes waiting."""
        return (await self._told(token, method, arguments))[0]

    async def _told(self, token: str, method: str, arguments: Mapping[str, Any]) -> tuple[Payload, Mapping[str, str]]:
        try:
            answer = await self.client(token).api_call(method, params=dict(arguments))
        except SlackApiError as error:
            if error.response.status_code != 429:  # noqa: PLR2004 - HTTP's own number
                raise RefusedError(code_of(error)) from None
            self._limited()
            raise LimitedError(seconds_of(error)) from None
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise MachineError(f"Slack cannot be reached ({type(error).__name__})") from None
        headers = {name.lower(): str(value) for name, value in answer.headers.items()}
        return answer.data if isinstance(answer.data, dict) else {}, headers

    async def post(self, token: str, method: str, body: Mapping[str, Any]) -> Payload:
        """Return Slack's answer to something that is done, once: nothing is tried again, whatever happens.

        Raises RefusedError, `LimitedError` where Slack wants it later, and MachineError where no answer came: it may
        have been done then.
        """
        return await self._done(self.client(token).api_call(method, json=dict(body)))

    async def grant(self, said: Mapping[str, str]) -> Payload:
        """Return tokens for what stands for them; `said` holds the app's own id and secret. Raises as `post`."""
        return await self._done(self.client("").api_call("oauth.v2.access", data=dict(said)))

    async def _done(self, doing: Awaitable[AsyncSlackResponse]) -> Payload:
        try:
            answer = await doing
        except SlackApiError as error:
            if error.response.status_code == 429:  # noqa: PLR2004 - HTTP's own number
                self._limited()
                raise LimitedError(seconds_of(error)) from None
            raise RefusedError(code_of(error)) from None
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise MachineError(f"Slack did not answer ({type(error).__name__})") from None
        return answer.data if isinstance(answer.data, dict) else {}

    async def respond(self, address: str, body: Mapping[str, Any]) -> None:
        """Post to the address of Slack's that came with what somebody did. Raises RefusedError, MachineError."""
        if not self._takes_answers(address):
            raise RefusedError("not_slack")
        await self._put(address, orjson.dumps(body), _JSON)

    async def upload(self, address: str, content: bytes) -> None:
        """Bring a file to where Slack wants it. Raises RefusedError, MachineError."""
        if not self._is_slack(address):
            raise RefusedError("not_slack")
        await self._put(address, content, _BYTES)

    async def fetch(self, token: str, address: str, size: int) -> bytes:
        """Return a file of at most so many bytes that somebody gave. Raises MachineError where it cannot be had."""
        if not self._is_slack(address):
            raise MachineError("the file is not on Slack")
        try:
            headers = {"Authorization": f"Bearer {token}"}
            async with self._opened().get(address, headers=headers, allow_redirects=False) as response:
                if response.status >= 400:  # noqa: PLR2004 - HTTP's own number
                    raise MachineError(f"the file cannot be read from Slack ({response.status})")
                # Slack asks who has no right to a file to sign in, or sends them to where they can
                if response.status != 200 or response.content_type == "text/html":  # noqa: PLR2004 - as above
                    raise MachineError("the file cannot be read from Slack: the permission files:read is missing")
                found = await response.content.read(size + 1)
                while len(found) <= size and (more := await response.content.read(size + 1 - len(found))):
                    found += more
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise MachineError(f"Slack cannot be reached ({type(error).__name__})") from None
        if len(found) > size:
            raise MachineError("the file is larger than Slack said")
        return found

    async def _put(self, address: str, content: bytes, headers: Mapping[str, str]) -> None:
        try:
            posted = self._opened().post(address, data=content, headers=headers, allow_redirects=False)
            async with posted as response:
                if response.status >= 300:  # noqa: PLR2004 - HTTP's own number
                    raise RefusedError(str(response.status))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise MachineError(f"Slack did not answer ({type(error).__name__})") from None

    def _takes_answers(self, address: str) -> bool:
        """Whether an address is where Slack takes answers, or of the server that stands for it."""
        try:
            return yarl.URL(address).origin() in (_ANSWERS, yarl.URL(self._url).origin())
        except ValueError:  # it is no whole address
            return False

    def _is_slack(self, address: str) -> bool:
        """Whether an address is Slack's, or of the server that stands for it: nothing is sent anywhere else."""
        try:
            url, own = yarl.URL(address), yarl.URL(self._url)
            host = url.host or ""
            slacks = any(host == one or host.endswith(f".{one}") for one in _HOSTS)
            return url.origin() == own.origin() or (url.scheme == "https" and slacks)
        except ValueError:  # it is no whole address
            return False

    async def pages(self, token: str, method: str, entries: str, /, **arguments: Any) -> AsyncIterator[list[Payload]]:  # noqa: ANN401
        """Yield what a list holds, a page at a time; raises as `ask`."""
        cursor = ""
        while True:
            more = {"cursor": cursor} if cursor else {}
            answer = await self.ask(token, method, **{"limit": PAGE} | arguments | more)
            yield list(answer.get(entries) or ())
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return


def code_of(error: SlackApiError) -> str:
    """Return the reason of a refusal; its status where there is none."""
    data = error.response.data
    code = data.get("error") if isinstance(data, dict) else None
    return code if isinstance(code, str) and code.isascii() and len(code) <= 100 else str(error.response.status_code)


def seconds_of(error: SlackApiError) -> float:
    """Return after how many seconds Slack wants to be asked again."""
    told = str(error.response.headers.get("Retry-After") or error.response.headers.get("retry-after") or "")
    return float(told) if told.isdigit() else 30.0

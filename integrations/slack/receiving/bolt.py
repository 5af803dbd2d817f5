"""Bolt, as Cairn uses it: commands and clicks find their way through it. Events are caught in front of it.

What Bolt does for each request costs more than hearing a message, and it would tell Slack that an event arrived before
a listener has begun. So one catch takes them all: what a message costs does not grow with the number of commands,
nothing is lost where two would listen to one event, and Slack is told that an event arrived only when it is stored.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.ports import BROKEN, MachineError, Payload
from integrations.slack.api import SILENT
from integrations.slack.receiving.ear import Ear

_ANY = re.compile("")
_logger = logging.getLogger(__name__)
Tokens = Callable[[str], Awaitable[str | None]]
"""What returns the token of a workspace, None where Cairn is not installed."""
Interacts = Callable[[Payload, Callable[..., Awaitable[Any]]], Awaitable[None]]
"""What serves a command, click, form or shortcut, with what acknowledges it (and may bring an answer along)."""


class Bolt:
    """Takes what Slack sends, however it came, and returns what is to be answered."""

    def __init__(self, ear: Ear, interacts: Interacts, tokens: Tokens) -> None:
        self._ear = ear

        async def authorize(enterprise_id: str | None, team_id: str | None) -> Any:  # noqa: ANN401 - Bolt takes None
            token = await tokens(team_id or "")
            if token is None:
                return None
            return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

        self._app = AsyncApp(
            logger=SILENT,
            authorize=authorize,
            # checked and answered in front of it, on the raw body
            request_verification_enabled=False,
            ssl_check_enabled=False,
            url_verification_enabled=False,
            # machines are told apart where events are read
            ignoring_self_events_enabled=False,
            ignoring_self_assistant_message_events_enabled=False,
            attaching_function_token_enabled=False,
        )

        async def told(error: Exception) -> None:
            _fault(error)

        self._app.error(told)

        async def serve(body: dict[str, Any], ack: Callable[..., Awaitable[Any]]) -> None:
            await interacts(body, ack)

        for listen in (
            self._app.command(_ANY),
            self._app.action(_ANY),
            self._app.shortcut(_ANY),
            self._app.view_submission(_ANY),
            self._app.view_closed(_ANY),
            self._app.options(_ANY),
        ):
            listen(serve)

    async def take(self, body: Payload) -> BoltResponse:
        """Return the answer to a request whose sender is known to be Slack; 503 where it cannot be stored now.

        What cannot be read is refused, but for events: those are taken and left, as are sorts that nobody knows,
        because Slack ends what is refused too often.
        """
        kind = body.get("type")
        if kind == "event_callback":
            return await self._event(body)
        if kind == "app_rate_limited":
            self._ear.limited(body)
            return BoltResponse(status=200, body="")
        if not isinstance(kind, str) and "command" not in body:
            return self._broken()
        try:
            request = AsyncBoltRequest(body=dict(body), mode="socket_mode")
            # Bolt would post to it, wherever it leads, where Cairn is not installed; what answers people looks first
            request.context.pop("response_url", None)
            found = await self._app.async_dispatch(request)
        except BROKEN:
            return self._broken()
        if found.status not in (404, 500):
            return found
        return self._broken(200 if found.status == 404 else 400)  # noqa: PLR2004 - HTTP's own numbers

    def _broken(self, status: int = 400) -> BoltResponse:
        self._ear.broken()
        return BoltResponse(status=status, body="")

    async def _event(self, body: Payload) -> BoltResponse:
        try:
            await self._ear.hear(body)
        except MachineError:
            return BoltResponse(status=503, body="")
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one event, the others are heard
            _fault(error)
            return BoltResponse(status=500, body="")
        return BoltResponse(status=200, body="")


def _fault(error: Exception) -> None:
    # never its text: it may quote what somebody wrote
    _logger.error("what Slack sent could not be taken in (%s)", type(error).__name__)

"""The pages by which others install Cairn: one that sends their browser to Slack, and one to which it comes back.

Only who has an invitation may begin; what Slack gives back has to come with the browser that began, in ten minutes,
once. Where the browser is sent, and what it comes back to, stands in the settings: nothing of a request decides that.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from html import escape
from http import HTTPStatus

from aiohttp import web

from bot.ports import Installations, MachineError, Words
from integrations.slack.access import INVITATION, Access, Client
from integrations.slack.api import LimitedError, RefusedError
from integrations.slack.installing.granting import WHOLE_ORGANISATION, asked_at
from integrations.slack.installing.installed import Known
from integrations.slack.scopes import lacking

_LASTS = 600
_LONGEST = 1_000
_WORD = re.compile(r"[A-Za-z0-9_.-]{20,200}", re.ASCII)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_logger = logging.getLogger(__name__)
Arrives = Callable[[str], Awaitable[tuple[Known, bool]]]
"""What installs Cairn for a code; returns the workspace, and whether it is listened to."""


class Pages:
    """The pages of one app."""

    def __init__(self, access: Access, client: Client, installations: Installations, arrives: Arrives) -> None:
        self._access = access
        self._client = client
        self._installations = installations
        self._arrives = arrives
        secure = client.public_url.startswith("https://")
        self._cookie = "__Host-cairn-install" if secure else "cairn-install"
        self._secure = secure

    async def install(self, request: web.BaseRequest) -> web.Response:
        """Send a browser to Slack, where its link bears an invitation."""
        now, words = self._access.clock(), _words(request)
        if not self._installations.invited(_one(request, INVITATION), now):
            return _page(words, HTTPStatus.FORBIDDEN, "install.uninvited")
        browser = secrets.token_urlsafe(32)
        try:
            state = await self._installations.expect(browser, now)
        except MachineError:
            return _page(words, HTTPStatus.SERVICE_UNAVAILABLE, "install.later")
        where = str(asked_at(self._access.api_url, self._client, state))
        found = web.Response(status=HTTPStatus.FOUND, headers={**_HEADERS, "Location": where})
        found.set_cookie(
            self._cookie, browser, max_age=_LASTS, path="/", secure=self._secure, httponly=True, samesite="Lax"
        )
        return found

    async def back(self, request: web.BaseRequest) -> web.Response:
        """Take a browser back from Slack, and install Cairn where somebody agreed."""
        found = await self._back(request, _words(request))
        found.del_cookie(self._cookie, path="/", secure=self._secure, httponly=True, samesite="Lax")
        return found

    async def _back(self, request: web.BaseRequest, words: Words) -> web.Response:
        state, browser = _one(request, "state"), request.cookies.get(self._cookie, "")
        if not (_WORD.fullmatch(state) and _WORD.fullmatch(browser)):
            return _page(words, HTTPStatus.BAD_REQUEST, "install.again")
        try:
            if not await self._installations.came_back(state, browser, self._access.clock()):
                return _page(words, HTTPStatus.BAD_REQUEST, "install.again")
            code = _one(request, "code")
            if not code or len(code) > _LONGEST:
                return _page(words, HTTPStatus.OK, "install.refused")
            known, heard = await self._arrives(code)
        except RefusedError as error:
            _logger.warning("an installation came to nothing: %s", error)
            why = "install.organisation" if error.code == WHOLE_ORGANISATION else "install.again"
            return _page(words, HTTPStatus.BAD_REQUEST, why)
        except (LimitedError, MachineError) as error:
            _logger.warning("an installation came to nothing: %s", error)
            return _page(words, HTTPStatus.SERVICE_UNAVAILABLE, "install.later")
        return _done(words, known, heard=heard)


def _done(words: Words, known: Known, *, heard: bool) -> web.Response:
    """Say that Cairn is installed, what it was not allowed, and what comes next."""
    team = known.identity
    said = [words.plain("install.done", workspace=team.name or team.team)]
    if lacks := lacking(team.scopes):
        said.append(words.plain("install.missing", permissions=", ".join(lacks)))
    said.append(words.plain("install.next") if heard else words.plain("install.unheard", id=team.team))
    return _html(words, HTTPStatus.OK, said)


def _page(words: Words, status: HTTPStatus, key: str) -> web.Response:
    return _html(words, status, [words.plain(key)])


def _html(words: Words, status: HTTPStatus, said: list[str]) -> web.Response:
    lines = "".join(f"<p>{escape(one)}</p>" for one in said)
    title = f"<title>{escape(words.plain('install.title'))}</title>"
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">{title}'
    text = f'<!doctype html><html lang="{words.tag}"><head>{head}</head><body><h1>Cairn</h1>{lines}</body></html>'
    return web.Response(status=status, text=text, content_type="text/html", headers=_HEADERS)


def _one(request: web.BaseRequest, name: str) -> str:
    """Return what an address says under a name; nothing where it says it twice."""
    found = request.query.getall(name, [])
    return found[0] if len(found) == 1 else ""


def _words(request: web.BaseRequest) -> Words:
    """Return the language that a browser asks for first, of those that Cairn speaks; English else."""
    asked = request.headers.get("Accept-Language", "")[:_LONGEST]
    return Words(asked.partition(",")[0].partition(";")[0].strip())

"""The door of the Web API: lets tokens in, keeps the limits, lets faults strike, answers as Slack does."""

from __future__ import annotations

import asyncio
import base64
import binascii
from dataclasses import dataclass
from types import MappingProxyType

import orjson
from aiohttp import web

from integrations.sandbox.exchanges import Exchange, Watch
from integrations.sandbox.faults import Fault
from integrations.sandbox.ledger import Request
from integrations.sandbox.slack import routes
from integrations.sandbox.slack.arguments import Arguments, read
from integrations.sandbox.slack.hub import Hub
from integrations.sandbox.slack.limits import FREE, SPECIAL, Meters
from integrations.sandbox.slack.model import Json, Token
from integrations.sandbox.slack.refusals import Refused, missing_scope
from integrations.sandbox.slack.routing import Call, Method, Table

_MINUTE = 60.0
_NOBODY = Token("", "", "", "", "", ())
_SECRET = frozenset({"token", "client_secret", "client_id", "code", "refresh_token"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What came with a request; `swallowed` is set where a fault will keep the answer."""

    args: Arguments
    warnings: list[str]
    swallowed: bool


class WebApi:
    """Serves the methods to whoever has a token; `watch` is called with each request and its answer."""

    def __init__(self, hub: Hub, watch: Watch | None = None) -> None:
        self._hub = hub
        self._watch = watch
        self._table = Table(routes)
        self.meters = Meters(hub.time)

    @property
    def methods(self) -> dict[str, Method]:
        """All methods there are."""
        return self._table.methods

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        name = request.match_info["method"]
        fault = self._hub.faults.take(request.method, f"/{name}")
        if fault is not None:
            self._hub.wake()
        if fault is not None and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        elif fault is not None and not fault.after_accept:
            return await self._hub.faults.strike(fault, request, _failed)
        swallowed = fault is not None and fault.after_accept
        try:
            args, warnings = await read(request)
        except Refused as refused:
            return _json(refused.body())
        answer = await self._answer(request, name, Asked(args, warnings, swallowed))
        if self._watch is not None:
            body = dict(args.given)
            self._watch(Exchange(request.method, f"/{name}", dict(request.query), body, answer.status, _told(answer)))
        if fault is not None and fault.after_accept:
            return await self._hub.faults.strike(fault, request, _failed)
        return answer

    async def _answer(self, request: web.Request, name: str, asked: Asked) -> web.Response:
        token = _NOBODY
        try:
            method = self._table.methods.get(name)
            if method is None:
                raise Refused("unknown_method", req_method=name)
            if not method.open_door:
                token = self._let_in(request, method, asked.args)
            wait = self._wait(method, token, asked.args)
            if wait:
                return _json({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(wait)})
            call = Call(self._hub, name, token, _with_header(request, asked.args), warnings=asked.warnings)
            result = {"ok": True, **await method.serve(call)}
        except Refused as refused:
            return _json(refused.body(), headers=_scopes(token, self._table.methods.get(name)))
        self._write(request.method, call, result, swallowed=asked.swallowed)
        return _json(_warned(result, call.warnings), headers=_scopes(token, method))

    def _let_in(self, request: web.Request, method: Method, args: Arguments) -> Token:
        """Return the token of a request. Refuses what is none, has ended or lacks a scope."""
        said = request.headers.get("Authorization", "").removeprefix("Bearer ").strip() or args.text("token")
        if not said:
            raise Refused("not_authed")
        known = self._hub.world.tokens.get(said)
        if known is None:
            raise Refused("invalid_auth")
        if known.ended:
            raise Refused(known.ended)
        if known.expires and known.expires <= self._hub.world.clock():
            raise Refused("token_expired")
        if method.of not in ("any", known.kind):
            raise Refused("not_allowed_token_type")
        if method.scopes and not any(one in known.scopes for one in method.scopes):
            raise missing_scope(",".join(method.scopes), known.scopes)
        return known

    def _wait(self, method: Method, token: Token, args: Arguments) -> int:
        """Return the seconds to wait where there were too many requests."""
        limits = self._hub.limits
        if limits.lifted or method.tier == FREE or method.open_door:
            return 0
        who = (method.name, token.team_id, token.app_id)
        app = self._hub.world.apps[token.app_id]
        if method.name == "chat.postMessage":
            wait = self.meters.wait((*who, args.text("channel")), *limits.post)
            return wait or self.meters.wait(who, limits.special, _MINUTE)
        if app.commercial and method.name in ("conversations.history", "conversations.replies"):
            return self.meters.wait(who, limits.commercial, _MINUTE)
        most = limits.special if method.tier == SPECIAL else limits.tiers[method.tier - 1]
        return self.meters.wait(who, most, _MINUTE)

    def _write(self, verb: str, call: Call, result: Json, *, swallowed: bool) -> None:
        keys = tuple(sorted(one for one in call.args.given if one not in _SECRET))
        team = {"team": call.token.team_id} if call.token.team_id else {}
        values = MappingProxyType({**team, **call.values, **({"answered": False} if swallowed else {})})
        made = str(call.values.get("message") or "")
        moment = self._hub.world.clock()
        self._hub.ledger.add(Request(moment, verb, call.method, MappingProxyType({}), keys, values, made))
        self._hub.wake()


def _with_header(request: web.Request, args: Arguments) -> Arguments:
    """Return the arguments with an app's id and secret, or a token, among them, where they came in the header."""
    kind, _, said = request.headers.get("Authorization", "").partition(" ")
    if kind == "Bearer":
        return Arguments({"token": said, **args.given})
    if kind != "Basic":
        return args
    try:
        name, _, secret = base64.b64decode(said).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return args
    return Arguments({**args.given, "client_id": name, "client_secret": secret})


def _warned(result: Json, warnings: list[str]) -> Json:
    """Return an answer with Slack's warnings in both places where it puts them."""
    if not warnings:
        return result
    about = {**result.get("response_metadata", {}), "warnings": warnings}
    return {**result, "warning": ",".join(warnings), "response_metadata": about}


def _scopes(token: Token, method: Method | None) -> dict[str, str]:
    if not token.value:
        return {}
    accepted = "" if method is None else ",".join(method.scopes)
    return {"X-OAuth-Scopes": ",".join(token.scopes), "X-Accepted-OAuth-Scopes": accepted}


def _failed(fault: Fault) -> web.Response:
    if fault.kind == "banned" or fault.status == 429:
        return _json({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(int(fault.seconds) or 1)})
    if fault.status >= 500 and not fault.error:
        return web.Response(status=fault.status, text="<html>Server Error</html>", content_type="text/html")
    return _json({"ok": False, "error": fault.error or "internal_error"}, fault.status)


def _told(answer: web.Response) -> object:
    body = answer.body
    return orjson.loads(body) if isinstance(body, bytes) and answer.content_type == "application/json" else None


def _json(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    shown = {**(headers or {}), "Content-Type": "application/json; charset=utf-8"}
    return web.Response(status=status, body=orjson.dumps(body), headers=shown)

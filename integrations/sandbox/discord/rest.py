"""The REST door: finds the route, keeps the limits, lets faults strike, answers as Discord does, writes the ledger."""

from __future__ import annotations

import asyncio
import re
from types import MappingProxyType
from urllib.parse import unquote

import orjson
from aiohttp import web

from integrations.sandbox.discord import routes
from integrations.sandbox.discord.buckets import Buckets, Taken
from integrations.sandbox.discord.hub import Hub
from integrations.sandbox.discord.refusals import Refused, error
from integrations.sandbox.discord.routing import Call, Json, Route, Table
from integrations.sandbox.exchanges import Exchange, Watch
from integrations.sandbox.faults import Fault
from integrations.sandbox.ledger import Request

_VERSION = re.compile(r"^/api(/v\d+)?")
_MAJOR = ("channel_id", "guild_id", "webhook_id", "interaction_id")
_VIA = {"Via": "1.1 sandbox"}
_FREE = Taken(0.0, False, {})
_SAID: web.RequestKey[object] = web.RequestKey("said", object)


class Rest:
    """Serves the REST interface to the one bot with `token`; `watch` is called with each request and its answer."""

    def __init__(self, hub: Hub, token: str, watch: Watch | None = None) -> None:
        self._hub = hub
        self._token = token
        self._watch = watch
        self._table = Table(routes)
        self.buckets = Buckets(hub.limits, hub.timer, lambda: hub.world.clock() / 1000)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        path = _VERSION.sub("", request.rel_url.raw_path)
        answer = await self._serve(request, path)
        if self._watch is not None:
            said = request.get(_SAID) if request.body_exists else None
            self._watch(Exchange(request.method, path, dict(request.query), said, answer.status, _told(answer)))
        return answer

    async def _serve(self, request: web.Request, path: str) -> web.Response:
        fault = self._hub.faults.take(request.method, unquote(path))
        if fault is not None:
            self._hub.wake()
        if fault is not None and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        elif fault is not None and not fault.after_accept:
            return await self._hub.faults.strike(fault, request, _failed)
        try:
            answer = await self._answer(request, path, swallowed=fault is not None and fault.after_accept)
        except Refused as refused:
            return _json(refused.status, refused.body())
        if fault is not None and fault.after_accept:
            return await self._hub.faults.strike(fault, request, _failed)
        return answer

    async def _answer(self, request: web.Request, path: str, *, swallowed: bool) -> web.Response:
        found = self._table.find(request.method, path)
        if found is None:
            raise Refused(404, 0)
        route, values = found
        self._let_in(request, route)
        taken = _FREE
        if route.limited:
            taken = self.buckets.take(route.name, _major(values), counted=not route.own_token)
        if taken.wait:
            return _too_many(taken)
        path_values = {key: unquote(value) for key, value in values.items()}
        reason = unquote(request.headers.get("X-Audit-Log-Reason", ""))
        call = Call(self._hub, route.path, path_values, request.query, await _body(request), reason)
        try:
            result = await route.serve(call)
        except Refused as refused:
            return _json(refused.status, refused.body(), taken.headers)
        except (AttributeError, KeyError, TypeError, ValueError):
            # a body that lacks a field, or has text where an object should be
            return _json(400, error(400, 50035, {}), taken.headers)
        self._write(route, call, result, swallowed=swallowed)
        if result is None:
            return web.Response(status=204, headers=taken.headers)
        return _json(call.status, result, taken.headers)

    def _let_in(self, request: web.Request, route: Route) -> None:
        said = request.headers.get("Authorization", "")
        known = said == f"Bot {self._token}" and not self._hub.gateway.token_is_reset
        if not known and not route.own_token:
            raise Refused(401, 0)

    def _write(self, route: Route, call: Call, result: object, *, swallowed: bool) -> None:
        made = str(result["id"]) if route.method == "POST" and isinstance(result, dict) and "id" in result else ""
        keys = tuple(sorted(call.body)) if isinstance(call.body, dict) else ()
        path = {key: value for key, value in call.path.items() if "token" not in key}
        values = MappingProxyType({**call.values, **({"answered": False} if swallowed else {})})
        moment = self._hub.world.clock()
        self._hub.ledger.add(Request(moment, route.method, route.path, MappingProxyType(path), keys, values, made))
        self._hub.wake()


def _major(values: dict[str, str]) -> str:
    return next((values[name] for name in _MAJOR if name in values), "")


async def _body(request: web.Request) -> object:
    """Return what a request holds; files come as a form, whose JSON is in `payload_json`."""
    if request.content_type.startswith("multipart/"):
        return await _form(request)
    text = await request.read()
    try:
        said = request[_SAID] = orjson.loads(text) if text else {}
    except orjson.JSONDecodeError:
        raise Refused(400, 50109) from None
    return said


async def _form(request: web.Request) -> Json:
    form = await request.post()
    said = form.get("payload_json", "{}")
    body: Json = orjson.loads(said) if isinstance(said, str) else {}
    request[_SAID] = {**body}
    files = [one for one in form.values() if isinstance(one, web.FileField)]
    described = {int(one.get("id") or 0): one for one in body.get("attachments") or ()}
    body["attachments"] = [
        {"id": number, **described.get(number, {}), "filename": one.filename, "size": len(one.file.read())}
        for number, one in enumerate(files)
    ]
    return body


def _told(answer: web.Response) -> object:
    """Return what an answer says; what stands in front of Discord says nothing that can be read."""
    body = answer.body
    return orjson.loads(body) if isinstance(body, bytes) and answer.content_type == "application/json" else None


def _too_many(taken: Taken) -> web.Response:
    body = {
        "message": "You are being rate limited.",
        "code": 0,
        "retry_after": round(taken.wait, 3),
        "global": taken.everywhere,
    }
    headers = {**taken.headers, **_VIA, "Retry-After": str(int(taken.wait) + 1)}
    return _json(429, body, headers)


def _failed(fault: Fault) -> web.Response:
    if fault.kind == "banned":
        # what stands in front of Discord speaks in plain text and leaves no `Via`
        return web.Response(status=429, text="error code: 1015")
    if fault.status != 429:
        return _json(fault.status, error(fault.status, fault.code))
    shared = {"X-RateLimit-Scope": "shared"}
    return _too_many(Taken(fault.seconds, False, shared))


def _json(status: int, body: object, headers: dict[str, str] | None = None) -> web.Response:
    # exactly this type: with a charset behind it, discord.py takes the body for plain text
    shown = {**_VIA, **(headers or {}), "Content-Type": "application/json"}
    return web.Response(status=status, body=orjson.dumps(body), headers=shown)

"""What apps say in answer to an interaction, with their acknowledgement or to its response URL."""

from __future__ import annotations

from types import MappingProxyType

import orjson
from aiohttp import web

from integrations.sandbox.ledger import Request
from integrations.sandbox.slack.arguments import Arguments
from integrations.sandbox.slack.changes import messages
from integrations.sandbox.slack.changes.messages import Draft
from integrations.sandbox.slack.drafts import draft
from integrations.sandbox.slack.hub import By, Hub
from integrations.sandbox.slack.interactions.urls import Response
from integrations.sandbox.slack.model import Json, Message
from integrations.sandbox.slack.refusals import Refused
from integrations.sandbox.slack.text import pings


async def serve(hub: Hub, request: web.Request) -> web.StreamResponse:
    """Answer a request to a response URL."""
    fault = hub.faults.take(request.method, "/response_url")
    if fault is not None and not fault.after_accept:
        return await hub.faults.strike(fault, request, lambda one: web.Response(status=one.status))
    try:
        known = hub.urls.find(hub.limits, hub.time.seconds(), request.match_info["name"])
        said = _read(await request.read())
        answer(hub, known, said, request.method)
    except Refused as refused:
        status = 404 if refused.error.endswith("_url") else 400
        return web.Response(status=status, body=orjson.dumps(refused.body()), content_type="application/json")
    if fault is not None:
        return await hub.faults.strike(fault, request, lambda one: web.Response(status=one.status))
    return web.Response(text="ok")


def _read(body: bytes) -> Json:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refused("invalid_payload") from None
    if not isinstance(said, dict):
        raise Refused("invalid_payload")
    return said


def answer(hub: Hub, known: Response, said: Json, verb: str = "") -> None:
    """Do what an app says in answer to an interaction; with a `verb`, it came by the URL and the ledger keeps it."""
    before = known.original or (known.use.messages[-1] if known.use.messages else None)
    if said.get("delete_original"):
        _delete(hub, known, before)
        _write(hub, known, None, said, verb)
        return
    drafted = draft(Arguments({name: part for name, part in said.items() if name != "metadata"}))
    replaced = before if said.get("replace_original") else None
    if replaced is not None:
        _replace(hub, known, replaced, drafted)
    made = replaced or _say(hub, known, drafted, private=said.get("response_type") != "in_channel")
    if made not in known.use.messages:
        known.use.messages.append(made)
    _write(hub, known, made, said, verb)


def _by(hub: Hub, known: Response) -> By:
    return By(hub.world.teams[known.team_id].installed[known.app_id].bot_user)


def _say(hub: Hub, known: Response, drafted: Draft, *, private: bool) -> Message:
    by = _by(hub, known)
    if not private:
        return messages.post(hub, by, known.place, drafted)
    made = messages.make(hub, by, known.place, drafted)
    made.only_for = known.use.user_id
    hub.private.ephemerals[made.only_for].append(made)
    return made


def _replace(hub: Hub, known: Response, before: Message, drafted: Draft) -> None:
    if before.only_for:
        before.text, before.blocks = drafted.text, list(drafted.blocks)
        before.attachments = list(drafted.attachments)
        return
    changes = {"text": drafted.text, "blocks": list(drafted.blocks), "attachments": list(drafted.attachments)}
    messages.edit(hub, _by(hub, known), before, changes)


def _delete(hub: Hub, known: Response, before: Message | None) -> None:
    if before is None:
        raise Refused("message_not_found")
    if before.only_for:
        mine = hub.private.ephemerals[before.only_for]
        mine[:] = [one for one in mine if one is not before]
    elif before.ts in known.place.messages:
        messages.delete(hub, _by(hub, known), before)


def _write(hub: Hub, known: Response, made: Message | None, said: Json, verb: str) -> None:
    hub.wake()
    if not verb:
        return
    values: Json = {"team": known.team_id, "channel": known.place.id, "user": known.use.user_id}
    if made is not None:
        values |= {"message": made.ts, "private": bool(made.only_for), "pings": tuple(pings(made.text))}
    moment = hub.world.clock()
    keys = tuple(sorted(said))
    hub.ledger.add(Request(moment, verb, "response_url", keys=keys, values=MappingProxyType(values)))

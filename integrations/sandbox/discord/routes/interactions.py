"""Answers to interactions: the first within seconds, more by the token within minutes."""

from __future__ import annotations

from dataclasses import replace

from integrations.sandbox.discord import components, drafts, pending
from integrations.sandbox.discord.changes import interactions
from integrations.sandbox.discord.changes.interactions import EPHEMERAL, LOADING
from integrations.sandbox.discord.changes.messages import Draft, pinged
from integrations.sandbox.discord.model import Message
from integrations.sandbox.discord.payloads.interactions import callback
from integrations.sandbox.discord.payloads.messages import message
from integrations.sandbox.discord.pending import Pending
from integrations.sandbox.discord.refusals import Refused, check_length, invalid, unknown
from integrations.sandbox.discord.routing import Call, Json, Routes

routes = Routes()

_HOOK = "/webhooks/{webhook_id}/{webhook_token}"
_FOR_COMPONENTS = (pending.DEFERRED_UPDATE, pending.UPDATED)


@routes.on("POST", "/interactions/{interaction_id}/{interaction_token}/callback", own_token=True, limited=False)
async def answer(call: Call) -> Json | None:
    """Take the first answer, if it comes in time and is the first."""
    of = call.hub.pending.by_id(call.number("interaction_id"))
    in_time = of is not None and call.hub.timer() - of.began <= call.hub.limits.answer
    if of is None or of.token != call.path["interaction_token"] or (not in_time and not of.answer):
        raise unknown(10062)
    if of.answer:
        raise Refused(400, 40060)
    kind = int(call.body.get("type") or 0)
    made = _answered(call, of, kind, call.body.get("data") or {})
    call.values |= {"interaction": str(of.id), "type": kind, "user": str(of.user_id), "private": of.private}
    if made is not None and kind != pending.UPDATED:
        call.values |= {"message": str(made.id), "channel": str(made.channel_id), "pings": pinged(made)}
    return callback(call.hub.world, of, made, kind) if call.says("with_response") else None


def _answered(call: Call, of: Pending, kind: int, data: Json) -> Message | None:
    """Do what a first answer says; returns the message that it made or changed."""
    if kind in _FOR_COMPONENTS and of.message is None:
        raise invalid("type", "BASE_TYPE_CHOICES", "This interaction has no message to update.")
    if kind == pending.FORM:
        _form(call, of, data)
        return None
    if kind == pending.CHOICES:
        interactions.answered(call.hub, of, kind, choices=list(data.get("choices") or ())[:25])
        return None
    if kind == pending.DEFERRED_UPDATE:
        interactions.answered(call.hub, of, kind, original=of.message)
        return None
    made = _message(call, of, kind, data)
    interactions.answered(call.hub, of, kind, loading=kind == pending.DEFERRED)
    return made


def _message(call: Call, of: Pending, kind: int, data: Json) -> Message:
    if kind == pending.SAID:
        return interactions.say(call.hub, of, _draft(call, of, data), original=True)
    if kind == pending.DEFERRED:
        waiting = Draft(flags=int(data.get("flags") or 0) & EPHEMERAL | LOADING)
        return interactions.say(call.hub, of, waiting, original=True)
    if kind == pending.UPDATED and of.message is not None:
        of.original = of.message
        interactions.change(call.hub, of, of.message, drafts.read_changes(call.hub, of.message, data))
        return of.message
    raise invalid("type", "BASE_TYPE_CHOICES", "Value must be one of (4, 5, 6, 7, 8, 9).")


def _form(call: Call, of: Pending, data: Json) -> None:
    if of.kind == pending.MODAL:
        raise invalid("type", "INTERACTION_CALLBACK_TYPE_INVALID", "A modal cannot answer a modal.")
    check_length("data.title", data.get("title"), 45, 1)
    check_length("data.custom_id", data.get("custom_id"), 100, 1)
    said = data.get("components") or []
    components.check_form(said)
    form = {**data, "components": drafts.shown_components(said)}
    interactions.answered(call.hub, of, pending.FORM, form=form)


def _draft(call: Call, of: Pending, data: Json) -> Draft:
    draft = drafts.read_draft(call.hub, call.hub.world.channels[of.channel_id], data)
    return replace(draft, flags=draft.flags | int(data.get("flags") or 0) & EPHEMERAL)


@routes.on("POST", _HOOK, own_token=True)
async def follow_up(call: Call) -> Json | None:
    """Say something more; after a deferred answer, the first one fills that in."""
    of = _of(call)
    if of.loading and of.original is not None:
        made = of.original
        draft = _draft(call, of, call.body)
        parts = {key: list(getattr(draft, key)) for key in ("embeds", "components", "attachments")}
        flags = made.flags | draft.flags & components.NEW_LAYOUT
        interactions.change(call.hub, of, made, {"content": draft.content, "flags": flags, **parts})
    else:
        made = interactions.say(call.hub, of, _draft(call, of, call.body), original=False)
        call.values |= {"message": str(made.id), "channel": str(made.channel_id), "pings": pinged(made)}
    call.values |= {"interaction": str(of.id), "user": str(of.user_id), "private": bool(made.flags & EPHEMERAL)}
    return message(call.hub.world, made, reads=True) if call.says("wait") else None


@routes.on("GET", _HOOK + "/messages/{message_id}", own_token=True)
async def read(call: Call) -> Json:
    """Return an answer."""
    return message(call.hub.world, _said(call, _of(call)), reads=True)


@routes.on("PATCH", _HOOK + "/messages/{message_id}", own_token=True)
async def edit(call: Call) -> Json:
    """Change an answer."""
    of = _of(call)
    known = _said(call, of)
    interactions.change(call.hub, of, known, drafts.read_changes(call.hub, known, call.body))
    call.values |= {"interaction": str(of.id), "user": str(of.user_id)}
    return message(call.hub.world, known, reads=True)


@routes.on("DELETE", _HOOK + "/messages/{message_id}", own_token=True)
async def delete(call: Call) -> None:
    """Take an answer back."""
    of = _of(call)
    interactions.take_back(call.hub, of, _said(call, of))


def _of(call: Call) -> Pending:
    """Return the interaction of a token that still holds, and that was answered."""
    if call.number("webhook_id") != call.hub.world.application.id:
        raise unknown(10015)
    of = call.hub.pending.by_token(call.path["webhook_token"])
    if of is None or call.hub.timer() - of.began > call.hub.limits.token:
        raise Refused(401, 50027)
    if not of.answer:
        raise unknown(10015)
    return of


def _said(call: Call, of: Pending) -> Message:
    if call.path["message_id"] == "@original":
        known = of.original
    else:
        number = call.number("message_id")
        known = next((one for one in of.messages() if one.id == number), None)
    if known is None:
        raise unknown(10008)
    return known

"""Hands messages to Slack that nobody asked for a moment ago: once each, and what became of it is told exactly.

Slack does not know a message again that comes twice, so nothing is ever sent again where no answer came. Each bears its
nonce in its metadata, which tells whether it is there.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Mapping
from html import escape
from typing import Any

from bot.ports import (
    BROKEN,
    Account,
    Delivered,
    Delivery,
    Fields,
    Heading,
    MachineError,
    Outcome,
    Paragraph,
    Payload,
    Text,
    Who,
    letters,
)
from integrations.slack.api import Api, LimitedError, RefusedError
from integrations.slack.payloads.channels import is_direct
from integrations.slack.payloads.ids import UnknownError
from integrations.slack.receiving.ear import Heard
from integrations.slack.speaking.files import Files
from integrations.slack.speaking.marks import Marks
from integrations.slack.speaking.rendering import Drawn, draw

SOON = 5.0
"""Seconds until a message is tried again that could not be handed over."""
EVENT = "cairn_delivery"
"""The kind of metadata that messages bear."""
_A_SECOND, _LIMITED = 1.0, "Slack wants it later"
_PLACES, _NAMES = 5_000, 5_000
WITHOUT_TOKEN = frozenset(
    {"account_inactive", "token_revoked", "token_expired", "invalid_auth", "not_authed", "team_access_not_granted",
     "org_login_required"}
)  # fmt: skip
"""Slack's words for a token that does not hold (any more): nobody is gone because of it, and it may hold again."""
_UNTIL_SOMEBODY_ACTS = 60.0
_GONE = frozenset({"channel_not_found", "not_in_channel", "is_archived", "user_not_found", "user_disabled"})
_CLOSED = frozenset({"cannot_dm_bot", "messages_tab_disabled", "user_not_visible", "im_not_allowed"})
_LATER = frozenset({"service_unavailable", "team_added_to_org", "request_timeout", "accesslimited"})
_MAYBE = frozenset({"fatal_error", "internal_error", "500", "502", "503", "504"})


class Delivering:
    """Sends messages to people and channels."""

    def __init__(self, api: Api, heard: Mapping[str, Heard]) -> None:
        """Take the way to Slack, and the workspaces that are listened to."""
        self._api = api
        self._heard = heard
        self._files = Files(api)
        self._next: OrderedDict[str, float] = OrderedDict()
        self._names: OrderedDict[str, str] = OrderedDict()
        self._files_on_their_way: set[asyncio.Task[str]] = set()

    async def close(self) -> None:
        """Let go of what was still to be brought beside messages that are sent."""
        for one in self._files_on_their_way:
            one.cancel()
        await asyncio.gather(*self._files_on_their_way, return_exceptions=True)

    async def deliver(self, delivery: Delivery) -> Outcome:
        """Send one message; see `bot.ports.Deliverer`."""
        heard = self._heard.get(delivery.space)
        if heard is None:
            return Outcome(Delivered.LATER, after=SOON, reason="the workspace is not connected")
        if delivery.person is not None and delivery.channel:
            return await self._beside(heard, delivery, delivery.person)
        room = await self._room(heard, delivery)
        if isinstance(room, Outcome):
            return room
        wait = self._next.get(room, 0.0) - asyncio.get_running_loop().time()
        if wait > _A_SECOND:
            return Outcome(Delivered.LATER, after=wait, reason="this channel has just been written in")
        await asyncio.sleep(max(wait, 0.0))
        try:
            drawn = await self._drawn(heard, delivery)
        except LimitedError as limited:
            return Outcome(Delivered.LATER, after=limited.after, reason=_LIMITED)
        outcome = await self._send(heard, room, delivery, drawn)
        self._wrote(room, outcome)
        if outcome.what is Delivered.SENT:
            for one in drawn.files:  # they may take longer than the message, which is sent whatever becomes of them
                task = asyncio.create_task(self._files.put(heard, one, drawn.text, room))
                self._files_on_their_way.add(task)
                task.add_done_callback(self._files_on_their_way.discard)
        return outcome

    async def _beside(self, heard: Heard, delivery: Delivery, person: Account) -> Outcome:
        """Show something to one person in a channel. Slack gives no id of it that could ever be used."""
        if person.platform != "slack" or person.realm != heard.workspace.id or is_direct(delivery.channel):
            return Outcome(Delivered.FAILED, reason="not somebody in a channel of this workspace")
        drawn = draw(delivery.blocks, Marks(heard.workspace.id))
        body = _said(delivery.channel, drawn) | {"user": person.id}
        answer = await _handed(self._api.post(heard.token, "chat.postEphemeral", body))
        return answer if isinstance(answer, Outcome) else Outcome(Delivered.SENT)

    async def _room(self, heard: Heard, delivery: Delivery) -> str | Outcome:
        """Return where a message goes: a channel of the workspace, or a person, who needs no channel to be opened."""
        person = delivery.person
        if person is not None:
            ours = person.platform == "slack" and person.realm == heard.workspace.id
            return person.id if ours else Outcome(Delivered.FAILED, reason="not somebody of this workspace")
        try:
            if is_direct(delivery.channel):
                return Outcome(Delivered.FAILED, reason="not a channel")
            heard.workspace.channels.spot(delivery.channel)
        except UnknownError:
            return delivery.channel  # Slack tells whether it is there
        except BROKEN:
            return Outcome(Delivered.FAILED, reason="not a channel on Slack")
        return delivery.channel

    async def _drawn(self, heard: Heard, delivery: Delivery) -> Drawn:
        if delivery.person is not None:
            return draw(delivery.blocks, Marks(heard.workspace.id))
        await self._learn(heard, delivery)
        names = self._names
        return draw(delivery.blocks, Marks(heard.workspace.id, lambda who: names.get(who.id, ""), delivery.pings))

    async def _learn(self, heard: Heard, delivery: Delivery) -> None:
        """Ask how people are called whom a message in a channel names without notifying them. Raises LimitedError."""
        for who in named(delivery):
            if who.platform == "slack" and who != delivery.pings and who.id not in self._names:
                try:
                    user = (await self._api.at_once(heard.token, "users.info", user=who.id))["user"]
                    profile = user.get("profile") or {}
                    name = profile.get("display_name") or user.get("real_name") or user.get("name") or ""
                    self._names[who.id] = letters.label(str(name), 80)
                except (RefusedError, MachineError, *BROKEN):
                    continue
                while len(self._names) > _NAMES:
                    self._names.popitem(last=False)

    async def _send(self, heard: Heard, room: str, delivery: Delivery, drawn: Drawn) -> Outcome:
        body = _said(room, drawn) | {
            "metadata": {"event_type": EVENT, "event_payload": {"nonce": delivery.nonce}},
            "unfurl_links": False,
            "unfurl_media": False,
        }
        answer = await _handed(self._api.post(heard.token, "chat.postMessage", body))
        if isinstance(answer, Outcome):
            return answer
        return Outcome(Delivered.SENT, f"{answer.get('channel', room)}:{answer.get('ts', '')}")

    def _wrote(self, room: str, outcome: Outcome) -> None:
        """Slack takes about one message a second in a channel."""
        after = max(_A_SECOND, outcome.after if outcome.reason == _LIMITED else 0.0)
        self._next[room] = asyncio.get_running_loop().time() + after
        self._next.move_to_end(room)
        while len(self._next) > _PLACES:
            self._next.popitem(last=False)


async def _handed(call: Awaitable[Payload]) -> Payload | Outcome:
    """Return Slack's answer to something that was handed over, or what else became of it."""
    try:
        return await call
    except LimitedError as limited:
        return Outcome(Delivered.LATER, after=limited.after, reason=_LIMITED)
    except RefusedError as refused:
        return _refused(refused.code)
    except MachineError:
        return Outcome(Delivered.UNKNOWN, reason="no answer")


def _said(channel: str, drawn: Drawn) -> dict[str, Any]:
    """Return what is said where; the words beside the blocks are read to people and shown in notices."""
    return {"channel": channel, "text": escape(drawn.text, quote=False), "blocks": list(drawn.blocks)}


def named(delivery: Delivery) -> list[Account]:
    """Return whom a message names, each once."""
    texts: list[Text] = []
    for one in delivery.blocks:
        if isinstance(one, Heading | Paragraph):
            texts.append(one.text)
        elif isinstance(one, Fields):
            texts += [part for row in one.rows for part in row]
    return list(dict.fromkeys(span.account for text in texts for span in text if isinstance(span, Who)))


def _refused(code: str) -> Outcome:
    if code in _MAYBE:
        return Outcome(Delivered.UNKNOWN, reason=f"Slack says {code}")
    if code in _LATER or code in WITHOUT_TOKEN or code == "missing_scope":
        after = SOON if code in _LATER else _UNTIL_SOMEBODY_ACTS
        return Outcome(Delivered.LATER, after=after, reason=f"Slack says {code}")
    found = Delivered.CLOSED if code in _CLOSED else Delivered.GONE if code in _GONE else Delivered.FAILED
    return Outcome(found, reason=f"Slack says {code}")

"""Tells people what came of what they did, by the way that Slack leaves open for it.

A command or a click in a message is answered to that person alone, by an address that Slack gives for half an hour. In
a form the answer takes the form's place; on the Home page it opens in front of it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from typing import Any

from bot.ports import Action, Button, Controls, Form, MachineError, Paragraph, Reply, Style, Waiting, Words
from integrations.slack.api import Api, LimitedError, RefusedError
from integrations.slack.receiving.ear import Heard
from integrations.slack.speaking.asked import FORM, Asked
from integrations.slack.speaking.files import Files
from integrations.slack.speaking.forms import Origin, again, beside, modal
from integrations.slack.speaking.marks import Marks
from integrations.slack.speaking.rendering import Drawn, draw

Json = dict[str, Any]
REOPEN = "slack-form"
"""The name of this integration's own action: opening a form that waits."""
_TITLE = "Cairn"
_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Open:
    """Something that is to be answered: who did it where, in which words. `late` says that Slack waits no longer.

    `spare` says that there were words which nothing takes.
    """

    one: Asked
    heard: Heard
    words: Words
    origin: Origin
    late: bool = False
    spare: bool = False
    view: str = ""
    """The id of a view that was opened meanwhile to say that the answer will come."""


class Mouth:
    """Says things in answer to people."""

    def __init__(self, api: Api, files: Files, waiting: Waiting) -> None:
        self._api = api
        self._files = files
        self._waiting = waiting

    async def say(self, to: Open, reply: Reply, ack: Mapping[str, Any] | None = None) -> Json:
        """Tell somebody the answer; returns what is to be acknowledged with, where `ack` is still open (not None)."""
        if to.one.kind == FORM and (wrong := beside(to.one.body["view"], reply.wrong)):
            return await self._wrong(to, wrong, open_still=ack is not None)
        if reply.form is not None:
            return await self._ask(to, reply, reply.form, open_still=ack is not None)
        drawn = draw(reply.blocks, Marks(to.heard.workspace.id))
        drawn = await self._files.shown(to.heard, to.one.who, drawn)
        if to.one.view or to.view or not to.one.respond:
            return await self._in_view(to, drawn, open_still=ack is not None)
        if ack is not None and not reply.replaces:
            return message(drawn)
        await self._respond(to, message(drawn) | _replacing(to, reply))
        return {}

    async def _wrong(self, to: Open, wrong: dict[str, str], *, open_still: bool) -> Json:
        """Say beside the fields of a form what is wrong with them; what was given stays in them."""
        if open_still:
            return {"response_action": "errors", "errors": wrong}
        await self._update(to, to.one.view, again(to.one.body["view"], wrong))
        return {}

    async def put_off(self, to: Open, *, form: bool) -> None:
        """Tell somebody that an answer will come, where nothing else shows it: on the Home page and after shortcuts.

        So, too, where it may be a `form`: that opens in three seconds only, but can take the place of a view later.
        """
        if to.one.kind != FORM and (form or not to.one.respond) and to.one.trigger:
            said = draw((Paragraph(to.words.text("chat.one_moment")),), Marks(to.heard.workspace.id))
            to.view = await self._open(to, _shown(to, said))

    async def _ask(self, to: Open, reply: Reply, form: Form, *, open_still: bool) -> Json:
        """Open a form, or say that a button opens it."""
        view = modal(form, to.origin, to.words, lambda: _groups(to))
        if to.one.kind == FORM and open_still:
            return {"response_action": "update", "view": view}
        if to.view or (to.one.view and not to.one.home):
            await self._update(to, to.view or to.one.view, view)
            return {}
        if not to.late and await self._open(to, view):
            return {}
        number = self._waiting.keep(to.heard.workspace.people.account(to.one.who), to.heard.workspace.id, form)
        button = Button(to.words.plain("chat.open_form"), Action(REOPEN, (number,)), Style.MAIN)
        said = reply.blocks or (Paragraph(to.words.text("chat.go_on")),)
        return await self.say(to, Reply((*said, Controls((button,)))), {} if open_still else None)

    async def options(self, to: Open, form: Form, suggested: frozenset[str]) -> bool:
        """Open the form that asks for a command's options; returns whether Slack showed it."""
        return bool(await self._open(to, modal(form, to.origin, to.words, lambda: _groups(to), suggested)))

    async def _in_view(self, to: Open, drawn: Drawn, *, open_still: bool) -> Json:
        view = _shown(to, drawn)
        if to.one.kind == FORM and open_still:
            return {"response_action": "update", "view": view}
        number = to.view or ("" if to.one.home else to.one.view)
        if number:
            await self._update(to, number, view)
        elif not await self._open(to, view):
            await self._otherwise(to, message(drawn))
        return {}

    async def _open(self, to: Open, view: Json) -> str:
        """Open a view; returns its id, nothing where Slack does not show it (any more)."""
        try:
            answer = await self._api.post(to.heard.token, "views.open", {"trigger_id": to.one.trigger, "view": view})
        except (RefusedError, LimitedError, MachineError) as error:
            _logger.warning("a view is not shown: %s", error)
            return ""
        return str((answer.get("view") or {}).get("id") or "")

    async def _update(self, to: Open, number: str, view: Json) -> None:
        try:
            await self._api.post(to.heard.token, "views.update", {"view_id": number, "view": view})
        except (RefusedError, LimitedError, MachineError) as error:
            _logger.warning("a view is not changed: %s", error)

    async def _respond(self, to: Open, said: Json) -> None:
        """Say something by the address that came with what somebody did."""
        if not to.one.respond:
            return
        try:
            await self._api.respond(to.one.respond, said)
        except RefusedError:
            await self._otherwise(to, said)
        except (LimitedError, MachineError) as error:
            _logger.warning("an answer to a person is not shown (%s)", type(error).__name__)

    async def _otherwise(self, to: Open, said: Json) -> None:
        """Say something where the way that Slack gave for it is used up or too old: beside, else directly."""
        who, plain = to.one.who, {name: said[name] for name in ("text", "blocks")}
        try:
            with suppress(RefusedError):  # Cairn is not where it was called
                if to.one.place:
                    there = {"channel": to.one.place, "user": who}
                    await self._api.post(to.heard.token, "chat.postEphemeral", plain | there)
                    return
            await self._api.post(to.heard.token, "chat.postMessage", plain | {"channel": who})
        except (RefusedError, LimitedError, MachineError) as error:
            _logger.warning("an answer to a person is not shown (%s)", type(error).__name__)


def message(drawn: Drawn) -> Json:
    """Return what only one person sees. The words beside the blocks are read to people and shown in notices."""
    return {"response_type": "ephemeral", "text": escape(drawn.text, quote=False), "blocks": list(drawn.blocks)}


def _replacing(to: Open, reply: Reply) -> Json:
    return {"replace_original": reply.replaces and to.one.private}


def _shown(to: Open, drawn: Drawn) -> Json:
    """Return an answer as a view that asks nothing."""
    words = to.words
    return {
        "type": "modal",
        "private_metadata": to.origin.packed,
        "title": {"type": "plain_text", "text": _TITLE},
        "close": {"type": "plain_text", "text": words.plain("chat.close")},
        "blocks": list(drawn.blocks),
    }


def _groups(to: Open) -> list[tuple[str, str]]:
    return [(number, group.name) for number, group in to.heard.workspace.groups.all.items()]

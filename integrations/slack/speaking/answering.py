"""Answers what people do with Cairn's commands, buttons, lists, forms and shortcuts, each by itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from bot.ports import (
    Account,
    Call,
    Caller,
    Choice,
    Host,
    MachineError,
    Menu,
    Meter,
    Offered,
    Paragraph,
    Payload,
    Reply,
    Underway,
    UnreadableError,
    Waiting,
    Words,
    in_time,
    spoken,
)
from integrations.slack.api import Api
from integrations.slack.receiving.ear import Ear
from integrations.slack.speaking.asked import (
    CLICK,
    COMMAND,
    FORM,
    GLOBAL,
    MESSAGE,
    TYPING,
    Asked,
    Tools,
    call_of,
    read,
    typed,
)
from integrations.slack.speaking.callers import Callers
from integrations.slack.speaking.commands import form, meant, of_path, suggested
from integrations.slack.speaking.controls import choices, words
from integrations.slack.speaking.files import Files
from integrations.slack.speaking.forms import Origin
from integrations.slack.speaking.home import RUN, Home
from integrations.slack.speaking.looking import Looking
from integrations.slack.speaking.saying import REOPEN, Mouth, Open

FIRST_SECONDS = 2.0
"""How long an answer may take until Slack is told that it was heard; after three seconds it shows an error."""
_TYPING_SECONDS, _LONGEST = 2.5, 1_500.0
_MOST_SUGGESTED = 100
_ALONE = {"cairn": ("cairn", "help"), "cairn-team": ("cairn-team", "overview")}
"""What a slash command means without a word behind it."""
_logger = logging.getLogger(__name__)
Ack = Callable[..., Awaitable[Any]]


class Answering:
    """Answers people."""

    def __init__(self, host: Host, api: Api, ear: Ear, callers: Callers, clock: Callable[[], int]) -> None:
        """Take whom to ask, the way to Slack, who is heard, who tells what callers may, and the clock (ms)."""
        self._host = host
        self._api = api
        self._ear = ear
        self._callers = callers
        self._clock = clock
        self._waiting = Waiting(clock)
        self._underway = Underway()
        self._files = Files(api)
        self._mouth = Mouth(api, self._files, self._waiting)
        self.home = Home(api, callers, clock)

    async def interact(self, body: Payload, ack: Ack) -> None:
        """Serve what somebody did; `ack` tells Slack that it was heard, with an answer where there is one already."""
        done, task = _Once(ack), asyncio.current_task()
        if task is not None:  # Bolt begins one for each, and looks after none of them
            self._underway.add(task)
        try:
            async with asyncio.timeout(_LONGEST):
                await self._serve(read(body), done)
        except UnreadableError:
            self._host.count(Meter.MALFORMED)
        except TimeoutError:
            _logger.warning("an answer to a person took longer than Slack waits")
        except Exception as error:  # noqa: BLE001 - one person's click is not another's
            # never its text: it may quote what somebody wrote
            _logger.error("a person could not be answered (%s)", type(error).__name__)
        finally:
            await done({})

    async def close(self) -> None:
        """Let answers that are nearly there be given; then end."""
        await self._underway.close()

    async def _serve(self, one: Asked, ack: _Once) -> None:
        heard = await self._ear.of(one.team)
        if heard is None:
            await ack(_plainly(Words("en"), "chat.not_here") if one.kind == COMMAND else {})
            return
        caller = await self._callers.of(heard, one.who)
        said = Words(spoken(caller.locale) or heard.desk.settings.language)
        to = Open(one, heard, said, Origin(one.place, home=one.origin.home))
        if one.kind == TYPING:
            await ack(await self._suggest(to, caller))
        elif one.kind == COMMAND:
            await self._command(to, caller, ack)
        elif not await self._reopen(to, ack):
            await self._other(to, caller, ack)

    async def _command(self, to: Open, caller: Caller, ack: _Once) -> None:
        body = to.one.body
        root = str(body["command"]).removeprefix("/")
        text, offered = str(body.get("text") or "").strip(), self._offered(to)
        alone = _ALONE.get(root, _ALONE["cairn"]) if not text else None
        found = meant(root, text, offered, self._account(to)) if alone is None else None
        found = found or meant(*(alone or _ALONE["cairn"]), offered, self._account(to))
        if found is None:
            return
        if not found.enough and found.offered.options and to.heard.desk.may(caller, found.offered.path):
            await self._options(to, found.offered, found.given, ack)
            return
        to.spare = found.spare
        call = Call(caller, self._clock(), command=found.offered.path, given=found.given, place=to.one.place)
        await self._call(to, call, ack)

    async def _other(self, to: Open, caller: Caller, ack: _Once) -> None:
        """Answer a click, a form or a shortcut."""
        call, listed = call_of(to.one, caller, self._clock(), self._tools(to)), False
        if call.action is not None and call.action.name == RUN:
            path = call.chosen[0] if call.chosen else " ".join(call.action.arguments)
            listed = bool(call.chosen)
            call = Call(caller, call.at, command=path, place=call.place)
        if to.one.kind in (CLICK, GLOBAL, MESSAGE):
            await ack({})
        wanting = self._wanting(to, call, listed=listed)
        if wanting is not None:
            await self._options(to, wanting, {}, ack)
            return
        await self._call(to, call, ack)
        if to.origin.home:  # what was done may show there
            await self.home.show(to.heard, to.one.who)

    def _wanting(self, to: Open, call: Call, *, listed: bool) -> Offered | None:
        """Return the command whose options have to be asked for: it needs some, or was chosen from a list without any.

        Who may not use it is not asked; the call tells them so.
        """
        offered = of_path(call.command, self._offered(to)) if call.command else None
        if offered is None or to.one.kind == FORM or call.aim.person is not None:
            return None
        asked = _needs(offered) or (listed and bool(offered.options))
        return offered if asked and to.heard.desk.may(call.caller, offered.path) else None

    async def _call(self, to: Open, call: Call, ack: _Once) -> None:
        """Answer, at once where that is possible; else Slack is told first that it was heard."""
        running = asyncio.ensure_future(to.heard.desk.call(self._looking(to, call)))
        try:
            if not await in_time(running, FIRST_SECONDS):
                to.late = True
                await ack({} if to.one.kind != FORM else {"response_action": "update", "view": self._soon(to)})
                await self._mouth.put_off(to, form=to.heard.desk.opens_form(call))
            reply = await running
            if to.spare:
                reply = replace(reply, blocks=(*reply.blocks, Paragraph(to.words.text("chat.spare_words"))))
            await ack(await self._mouth.say(to, reply, None if ack.done else {}))
        except MachineError as error:
            _logger.warning("a call is not answered, because the storage is not there: %s", error)
            await ack(await self._mouth.say(to, _said(to.words, "chat.too_slow"), None if ack.done else {}))
        finally:
            running.cancel()

    def _soon(self, to: Open) -> dict[str, Any]:
        to.view = to.one.view
        return {
            "type": "modal",
            "title": words("Cairn", 24),
            "blocks": [{"type": "section", "text": words(to.words.plain("chat.one_moment"), 200)}],
        }

    async def _options(self, to: Open, offered: Offered, given: Any, ack: _Once) -> None:  # noqa: ANN401
        """Ask for what a command takes, in a form."""
        await ack({})
        to.origin = replace(to.origin, command=offered.path)
        if not await self._mouth.options(to, form(offered, given), suggested(offered)):
            await self._mouth.say(to, _said(to.words, "chat.not_opened"))

    async def _suggest(self, to: Open, caller: Caller) -> dict[str, Any]:
        wanted = typed(to.one)
        asked = asyncio.ensure_future(to.heard.desk.suggest(caller, self._clock(), wanted))
        try:
            found = asked.result() if await in_time(asked, _TYPING_SECONDS) else ()
        except MachineError:
            found = ()  # whoever is typing can go on without
        finally:
            asked.cancel()
        options = choices((*found[: _MOST_SUGGESTED - 1], *_as_typed(wanted[2], found)))
        return {"options": options}

    async def _reopen(self, to: Open, ack: _Once) -> bool:
        """Open a form that has waited for its button; returns whether that was what was asked for."""
        if to.one.kind != CLICK:
            return False
        call = call_of(to.one, Caller(self._account(to)(to.one.who)), 0, self._tools(to))
        if call.action is None or call.action.name != REOPEN:
            return False
        await ack({})
        account = self._account(to)(to.one.who)
        kept = self._waiting.find("".join(call.action.arguments[:1]), account, to.heard.workspace.id)
        await self._mouth.say(to, Reply(form=kept) if kept is not None else _said(to.words, "chat.closed_form"))
        return True

    def _looking(self, to: Open, call: Call) -> Call:
        return replace(call, look=Looking(self._api, to.heard, self._callers))

    def _offered(self, to: Open) -> list[Offered]:
        return to.heard.desk.offered_in(to.words.tag)

    def _account(self, to: Open) -> Callable[[str], Account]:
        return to.heard.workspace.people.account

    def _tools(self, to: Open) -> Tools:
        return self._account(to), lambda told: self._files.given(to.heard, told)


class _Once:
    """Tells Slack once that something was heard."""

    def __init__(self, ack: Ack) -> None:
        self._ack = ack
        self.done = False

    async def __call__(self, said: dict[str, Any]) -> None:
        if not self.done:
            self.done = True
            await self._ack(**said)


def _as_typed(text: str, found: Sequence[Choice]) -> tuple[Choice, ...]:
    """Return what was typed as a choice of its own: suggestions are only that, and a list takes nothing else."""
    text = " ".join(text.split())
    known = {word.casefold() for one in found for word in (one.value, one.label)}
    return (Choice(text, text),) if text and text.casefold() not in known else ()


def _needs(offered: Offered) -> bool:
    """Whether a command cannot be run without anything given."""
    return any(one.required for one in offered.options) and offered.menu is not Menu.MESSAGE


def _said(of: Words, key: str) -> Reply:
    return Reply((Paragraph(of.text(key)),))


def _plainly(of: Words, key: str) -> dict[str, Any]:
    return {"response_type": "ephemeral", "text": of.plain(key)}

"""Answers interactions, each by itself: what is slow or goes wrong with one is nobody else's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.ports import (
    LANGUAGES,
    Action,
    Call,
    Caller,
    Choice,
    Controls,
    Desk,
    Host,
    MachineError,
    Meter,
    Paragraph,
    Reply,
    Select,
    Underway,
    Waiting,
    Words,
    in_time,
    once_more,
    spoken,
)
from integrations.discord.listening.server import Server
from integrations.discord.payloads.ids import Payload, UnreadableError
from integrations.discord.payloads.people import People
from integrations.discord.speaking.asked import (
    COMPONENT,
    FORM,
    KINDS,
    PICK,
    REOPEN,
    TYPING,
    Interaction,
    action_of,
    call_of,
    caller_of,
    chosen,
    read,
    typed,
)
from integrations.discord.speaking.commands import MOST_CHOICES
from integrations.discord.speaking.controls import choices as offered_choices
from integrations.discord.speaking.line import Line
from integrations.discord.speaking.looking import Looking
from integrations.discord.speaking.saying import Mouth, Open
from integrations.discord.timing import Timing

LONGEST = 840.0
"""Seconds that an answer may take; Discord takes none after fifteen minutes."""
_TYPING = 2.5
_ARRIVING = 1.0
_LOOK = 0.05
_logger = logging.getLogger(__name__)


class Answering:
    """Answers what people do with Cairn's commands, buttons, lists and forms."""

    def __init__(self, host: Host, servers: Mapping[str, Server], people: People, line: Line,
                 times: tuple[Callable[[], int], Timing]) -> None:  # fmt: skip
        """Take whom to ask, the servers that are listened to, and the clock (ms) with how long to wait."""
        self._host = host
        self._servers = servers
        self._people = people
        self._line = line
        self._clock, self._timing = times
        self._waiting = Waiting(self._clock)
        self._mouth = Mouth(line, host, self._waiting, self._timing.first)
        self._underway = Underway()

    def hear(self, d: Payload) -> None:
        """Take an interaction as it arrives; it is answered beside all else."""
        task = asyncio.create_task(self._answer(d, asyncio.get_running_loop().time()))
        self._underway.add(task)

    async def close(self) -> None:
        """Let answers that are nearly there be given; then end."""
        await self._underway.close()

    async def _answer(self, d: Payload, began: float) -> None:
        try:
            one = read(d, self._people.user, self._clock())
            if one.kind in KINDS:
                async with asyncio.timeout(LONGEST):
                    await self._serve(one, began)
        except UnreadableError:
            self._host.count(Meter.MALFORMED)
        except TimeoutError:
            _logger.warning("an answer to a person took longer than Discord waits")
        except Exception as error:  # noqa: BLE001 - one interaction's fault is not another's
            # never its text: it may quote what somebody wrote
            _logger.error("an interaction could not be answered (%s)", type(error).__name__)

    async def _serve(self, one: Interaction, began: float) -> None:
        to = Open(one, one.guild, Words(one.locale), began, several=len(self._servers) > 1)
        server = await self._arrived(one.guild) if one.guild else await self._in_private(to)
        if server is None:
            if one.guild and one.kind != TYPING:
                await self._mouth.say(to, _said(to.words, "chat.not_here"))
            return
        to.space = server.guild.id
        to.words = Words(spoken(one.locale) or server.desk.settings.language)
        caller = caller_of(one, server.guild.role)
        if one.kind == TYPING:
            await self._suggest(to, server.desk, caller)
        elif not await self._reopen(to):
            await self._call(to, server.desk, self._call_of(one, caller, server))

    def _call_of(self, one: Interaction, caller: Caller, server: Server) -> Call:
        tools = self._people.user, self._line.fetch
        call = call_of(one, caller, tools, lambda: [server.desk.offered_in(tag) for tag in LANGUAGES])
        if call.action is not None and call.action.name == PICK:
            # what was clicked first came along as the action's arguments, what was chosen there behind the space
            return Call(caller, call.at, action=action_of(":".join(call.action.arguments)), chosen=_behind(one))
        look = Looking(self._line, one, server.guild.id, self._people.own, server.guild.role)
        return replace(call, look=look)

    async def _call(self, to: Open, desk: Desk, call: Call) -> None:
        """Answer a call. One that may end in a form is waited for as long as can be: a form has to come first."""
        work = asyncio.ensure_future(desk.call(call))
        try:
            patience = self._timing.form if desk.opens_form(call) else self._timing.answer
            left = to.began + patience - asyncio.get_running_loop().time()
            if not await in_time(work, left):
                await self._mouth.put_off(to)
            await self._mouth.say(to, self._offered_again(to, call, await work))
        except MachineError as error:
            _logger.warning("a call is not answered, because the storage is not there: %s", error)
            await self._mouth.say(to, _said(to.words, "chat.too_slow"))
        finally:
            work.cancel()

    def _offered_again(self, to: Open, call: Call, reply: Reply) -> Reply:
        """Return an answer to a form in which something was wrong with the form, as it was filled in, beside it."""
        if not reply.wrong or call.action is None or to.one.kind != FORM:
            return reply
        form = self._waiting.before(to.one.who, to.space, call.action)
        return reply if form is None else replace(reply, form=once_more(form, call.given, reply.wrong))

    async def _suggest(self, to: Open, desk: Desk, caller: Caller) -> None:
        asked = asyncio.ensure_future(desk.suggest(caller, to.one.at, typed(to.one)))
        found: tuple[Choice, ...] = ()
        try:
            if await in_time(asked, _TYPING):
                found = tuple(asked.result())
        except MachineError:
            found = ()  # whoever is typing can go on without
        finally:
            asked.cancel()
        shown = offered_choices(found[:MOST_CHOICES])
        await self._mouth.suggest(to, [{"name": one["label"], "value": one["value"]} for one in shown])

    async def _reopen(self, to: Open) -> bool:
        """Open a form that has waited for its button; returns whether that was what was asked for."""
        action = action_of(to.one.carried) if to.one.kind == COMPONENT else None
        if action is None or action.name != REOPEN:
            return False
        form = self._waiting.find("".join(action.arguments[:1]), to.one.who, to.space)
        await self._mouth.say(to, Reply(form=form) if form is not None else _said(to.words, "chat.closed_form"))
        return True

    async def _arrived(self, guild: str) -> Server | None:
        """Return a server; right after a start it may take a moment until it has told of itself."""
        for _ in range(int(_ARRIVING / _LOOK)):
            server = self._servers.get(guild)
            if server is not None and server.live:
                break
            await asyncio.sleep(_LOOK)
        return self._servers.get(guild)

    async def _in_private(self, to: Open) -> Server | None:
        """Return the server that something in a private conversation is about; where there are several, ask."""
        one = to.one
        known = [one.id for one in await self._host.spaces_of(to.one.who) if one.id in self._servers]
        action = action_of(one.carried) if one.kind in (COMPONENT, FORM) else None
        named = one.space
        if action is not None and action.name == PICK and chosen(one):
            named = chosen(one)[0].partition("\n")[0]
        if named in known or (named in self._servers and not known):
            return self._servers[named]
        if len(known) == 1 or (not known and len(self._servers) == 1):
            return self._servers[(known or list(self._servers))[0]]
        if one.kind != TYPING:
            await self._mouth.say(to, self._which(to, known) if known else _said(to.words, "chat.unknown_here"))
        return None

    def _which(self, to: Open, known: list[str]) -> Reply:
        """Return the question which community is meant; the answer carries along what was clicked before."""
        words, behind = to.words, "".join(f"\n{value}" for value in chosen(to.one))
        carried = action_of(to.one.carried)
        if to.one.kind != COMPONENT or carried.name == PICK:
            return _said(words, "chat.in_community")
        names = {one: self._servers[one].desk.space.name or one for one in known}
        choices = tuple(Choice(one + behind, name) for one, name in names.items())
        action = Action(PICK, ("cairn", carried.name, *carried.arguments))
        if len(action.text) > 100 or any(len(one.value) > 100 for one in choices):
            return _said(words, "chat.in_community")
        ask = Select(action, choices, words.plain("chat.choose_space"))
        return Reply((Paragraph(words.text("chat.which_space")), Controls((ask,))))


def _behind(one: Interaction) -> tuple[str, ...]:
    """Return what had been chosen before the community was: it stands behind the community's id."""
    return tuple(chosen(one)[0].split("\n")[1:]) if chosen(one) else ()


def _said(words: Words, key: str) -> Reply:
    return Reply((Paragraph(words.text(key)),))

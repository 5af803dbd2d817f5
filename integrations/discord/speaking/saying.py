"""Tells people what came of what they did: at once where it is there at once, else first that Cairn has heard them.

Discord waits three seconds for the first answer, and takes more for fifteen minutes. That first answer settles who sees
all of it, and whether the message that was clicked can be changed; a form can be nothing but the first answer.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from bot.ports import Action, Button, Controls, Form, Host, Meter, Paragraph, Reply, Style, Waiting, Words
from integrations.discord.speaking.asked import FORM, REOPEN, Interaction, carrier
from integrations.discord.speaking.controls import Json
from integrations.discord.speaking.forms import modal
from integrations.discord.speaking.line import Answer, Line
from integrations.discord.speaking.rendering import PRIVATE, Drawn, draw

SAID, PUT_OFF, PUT_OFF_CHANGE, CHANGED, CHOICES, OPENED = 4, 5, 6, 7, 8, 9
"""Discord's kinds of first answers."""
TOO_LATE, ANSWERED = 10062, 40060
LOST = -1
"""What stands for the first answer of an interaction that nobody waits for any more."""
_TRIES = 3
_AGAIN = (0, 429)
_PAUSE = 0.2
_SENDING = 10.0
_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Open:
    """An interaction that is to be answered in a space (its id). `began` is when it came, by the loop's clock.

    `first` is the first answer that was given, 0 while there is none; `several` says that there are several spaces.
    """

    one: Interaction
    space: str
    words: Words
    began: float
    several: bool = False
    first: int = 0

    @property
    def can_change(self) -> bool:
        """Whether the message that was used may be changed: it has no other readers."""
        return self.one.has_message and self.one.on_private

    def names(self) -> str:
        """Return the space that ids of components have to name, nothing where it is known without."""
        return self.space if self.several and not self.one.guild else ""


class Mouth:
    """Says things in answer to interactions."""

    def __init__(self, line: Line, host: Host, waiting: Waiting, first: float) -> None:
        """Take the way to Discord, where to count, the forms that wait, and how long a first answer is taken (s)."""
        self._line = line
        self._host = host
        self._waiting = waiting
        self._first_most = first

    async def say(self, to: Open, reply: Reply) -> None:
        """Tell somebody the answer, first or later."""
        carry = carrier(to.names())
        if reply.form is not None:
            if not to.first and to.one.kind != FORM:
                self._waiting.opened(to.one.who, to.space, reply.form)
                await self._first(to, OPENED, modal(reply.form, carry(reply.form.action)))
                return
            reply = self._later(to, reply, reply.form)
        drawn = draw(reply.blocks, carry)
        change = reply.replaces and to.can_change
        if to.first:
            await self._further(to, drawn, change=change)
        elif await self._first(to, CHANGED if change else SAID, drawn.body(0 if change else PRIVATE), drawn):
            return
        elif not to.first:
            await self._excuse(to)

    async def put_off(self, to: Open) -> None:
        """Tell somebody that an answer will come."""
        if to.one.has_message:
            await self._first(to, PUT_OFF_CHANGE, {})
        else:
            await self._first(to, PUT_OFF, {"flags": PRIVATE})

    async def suggest(self, to: Open, choices: list[Json]) -> None:
        """Offer choices while somebody is typing."""
        await self._first(to, CHOICES, {"choices": choices})

    def _later(self, to: Open, reply: Reply, form: Form) -> Reply:
        """Return what is said instead of a form: that a button opens it."""
        number = self._waiting.keep(to.one.who, to.space, form)
        button = Button(to.words.plain("chat.open_form"), Action(REOPEN, (number,)), Style.MAIN)
        said = reply.blocks or (Paragraph(to.words.text("chat.go_on")),)
        return Reply((*said, Controls((button,))), replaces=reply.replaces)

    async def _first(self, to: Open, kind: int, data: Json, drawn: Drawn | None = None) -> bool:
        """Give the first answer; returns whether Discord took it. What the network loses is sent again in time."""
        path = f"/interactions/{to.one.id}/{to.one.token}/callback"
        files = () if drawn is None else drawn.files
        clock = asyncio.get_running_loop().time
        while (left := to.began + self._first_most - clock()) > 0:
            answer = await self._line.send("POST", path, {"type": kind, "data": data}, files, left)
            if answer.done or answer.code == ANSWERED:  # an answer of which we never heard that it arrived
                to.first = kind
                return True
            if answer.status and not answer.lost:
                return self._refused(to, answer)
            await asyncio.sleep(_PAUSE)
        self._host.count(Meter.LATE)
        to.first = LOST
        return False

    def _refused(self, to: Open, answer: Answer) -> bool:
        if answer.code == TOO_LATE:
            self._host.count(Meter.LATE)
            to.first = LOST
        else:
            _logger.warning("Discord refuses an answer to a person (%d, code %d)", answer.status, answer.code)
        return False

    async def _further(self, to: Open, drawn: Drawn, *, change: bool) -> None:
        """Say what comes after the first answer; while its token holds, what the network loses is sent again."""
        if to.first == LOST:
            return
        hook = f"/webhooks/{to.one.app}/{to.one.token}"
        for _ in range(_TRIES):
            if to.first == PUT_OFF or change:
                answer = await self._line.send(
                    "PATCH", f"{hook}/messages/@original", drawn.body(), drawn.files, _SENDING
                )
            else:
                answer = await self._line.send("POST", hook, drawn.body(PRIVATE), drawn.files, _SENDING)
            if not (answer.lost or answer.status in _AGAIN):
                break
            await asyncio.sleep(min(answer.after or _PAUSE, _SENDING))
        if not answer.done:
            _logger.warning("Discord does not take an answer to a person (%d, code %d)", answer.status, answer.code)

    async def _excuse(self, to: Open) -> None:
        """Say that an answer could not be shown; drawn as Discord's reference allows, it was refused all the same."""
        sorry = draw((Paragraph(to.words.text("chat.too_slow")),))
        await self._first(to, SAID, sorry.body(PRIVATE), sorry)

"""Lets a scripted conversation happen: each turn is typed as anybody would type it, and the answer is printed."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping

from rich.console import Console

from bot.cli.stage.drawn import Drawn, side_by_side
from bot.cli.stage.forms import Question
from bot.cli.stage.places import Conversation
from bot.demo.story import BOTH, CODE, Turn

_CODE = re.compile(r"\b[2-9A-Z]{5}-[2-9A-Z]{5}\b")


class Script:
    """Tells a conversation. `goes_on` moves the clock before each turn; `seconds` lie between two turns."""

    def __init__(
        self, places: Mapping[str, Conversation], console: Console, goes_on: Callable[[], None], seconds: float
    ) -> None:
        """Take where it happens, by platform, where it is printed, and how fast."""
        self._places = places
        self._console = console
        self._goes_on = goes_on
        self._seconds = seconds
        self._code = ""

    async def tell(self, turns: Iterable[Turn]) -> None:
        """Let one turn after the other happen. Raises InputError where one cannot be done."""
        for turn in turns:
            await asyncio.sleep(self._seconds)
            self._goes_on()
            if turn.told:
                next(iter(self._places.values())).looks.told(turn.told)
            if turn.where == BOTH:
                await self._in_both(turn)
            else:
                await self._in(self._places[turn.where], turn)

    async def _in(self, place: Conversation, turn: Turn) -> None:
        """Let a turn happen in one place; what is said there is read for a code that is given elsewhere."""
        line = turn.line.replace(CODE, self._code)
        with place.looks.watched() as said:
            await place.does(turn.who, line, _Given(turn.form, place.looks).ask)
        found = _CODE.search("\n".join(one.plain for one in said))
        self._code = found[0] if found else self._code

    async def _in_both(self, turn: Turn) -> None:
        """Let the same happen in all places at once, and print what is said beside each other."""
        sides = []
        for place in self._places.values():
            with place.looks.held() as said:
                await place.does(turn.who, turn.line, _Given(turn.form, place.looks).ask)
            sides.append((f" {place.platform} ", said))
        side_by_side(self._console, *sides)


class _Given:
    """What a turn gives in a form, field by field."""

    def __init__(self, answers: Iterable[str], looks: Drawn) -> None:
        self._left = deque(answers)
        self._looks = looks

    async def ask(self, question: Question) -> str | None:
        answer = self._left.popleft() if self._left else ""
        self._looks.field(question.label, answer or question.value)
        return answer

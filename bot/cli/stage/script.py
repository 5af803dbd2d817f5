"""Lets a scripted conversation happen: each turn is typed as anybody would type it, and the answer is printed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from bot.cli.stage.forms import Question
from bot.cli.stage.looks import Looks
from bot.cli.stage.talk import Talk
from bot.demo.story import Turn


class Script:
    """Tells a conversation. `goes_on` moves the clock before each turn; `seconds` lie between two turns."""

    def __init__(self, talk: Talk, looks: Looks, goes_on: Callable[[], None], seconds: float) -> None:
        """Take where it happens, where it is printed, and how fast."""
        self._talk = talk
        self._looks = looks
        self._goes_on = goes_on
        self._seconds = seconds

    async def tell(self, turns: Iterable[Turn]) -> None:
        """Let one turn after the other happen. Raises InputError where one cannot be done."""
        for turn in turns:
            await asyncio.sleep(self._seconds)
            self._goes_on()
            if turn.told:
                self._looks.told(turn.told)
            await self._talk.does(self._talk.person(turn.who), turn.line, _Given(turn.form, self._looks).ask)


class _Given:
    """What a turn gives in a form, field by field."""

    def __init__(self, answers: Iterable[str], looks: Looks) -> None:
        self._left = deque(answers)
        self._looks = looks

    async def ask(self, question: Question) -> str | None:
        answer = self._left.popleft() if self._left else ""
        self._looks.field(question.label, answer or question.value)
        return answer

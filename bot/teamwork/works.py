"""Work that takes longer than a caller waits: it goes on by itself, and whoever asks is told how far it is.

Nothing of it is kept over a restart: what was begun either is in the store, or is begun anew.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.chat.speech import Reply
from bot.errors import CairnError
from bot.operating.logs import unexpected

PATIENCE_SECONDS = 25.0
"""How long a caller waits for the end, before they are told how far it is."""
MOST_ENDS = 50
"""How many ends are kept for who has not asked yet."""
_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Progress:
    """How far a work is: a stage by its name in the language files, how much is done, and of how much (0: unknown)."""

    stage: str = "begun"
    done: int = 0
    of: int = 0

    def at(self, stage: str, done: int = 0, of: int = 0) -> None:
        """Say how far it is."""
        self.stage, self.done, self.of = stage, done, of


Work = Callable[[Progress], Awaitable[Reply]]


@dataclass(slots=True)
class _Going:
    task: asyncio.Task[Reply]
    progress: Progress = field(default_factory=Progress)
    lane: str = ""


class Works:
    """The works of one process, one of each name at a time; a name is a community's number and what is done.

    Of works that share a lane only one goes on at a time in a community, whatever they are called.
    """

    def __init__(self, patience: float = PATIENCE_SECONDS) -> None:
        """Take how long a caller waits, in seconds."""
        self._patience = patience
        self._going: dict[tuple[int, str], _Going] = {}

    async def begin(self, name: tuple[int, str], work: Work, lane: str = "") -> Reply | Progress | None:
        """Begin a work where it does not go on already; returns its end, or how far it is.

        None where another one of its lane goes on: then nothing was begun.
        """
        if not self.goes_on(name):
            if lane and self._is_taken(name[0], lane):
                return None
            self._forget_old()
            progress = Progress()
            self._going[name] = _Going(asyncio.ensure_future(work(progress)), progress, lane)
        found = await self.look(name)
        if found is None:
            raise AssertionError("a work that was begun is there")
        return found

    async def look(self, name: tuple[int, str]) -> Reply | Progress | None:
        """Return the end of a work (once), or how far it is; None where there is none of this name."""
        going = self._going.get(name)
        if going is None:
            return None
        await asyncio.wait((going.task,), timeout=self._patience)
        if not going.task.done():
            return going.progress
        if self._going.get(name) is going:
            del self._going[name]
        return going.task.result()

    def goes_on(self, name: tuple[int, str]) -> bool:
        """Whether a work goes on."""
        return name in self._going and not self._going[name].task.done()

    async def close(self) -> None:
        """Break off all that goes on."""
        tasks = [one.task for one in self._going.values()]
        self._going.clear()
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _is_taken(self, community: int, lane: str) -> bool:
        going = ((name, one) for name, one in self._going.items() if not one.task.done())
        return any(name[0] == community and one.lane == lane for name, one in going)

    def _forget_old(self) -> None:
        ended = [name for name, one in self._going.items() if one.task.done()]
        for name in ended[: max(len(ended) - MOST_ENDS + 1, 0)]:
            task = self._going.pop(name).task
            if not task.cancelled() and (error := task.exception()) is not None and not isinstance(error, CairnError):
                unexpected(_logger, f"work {secrets.token_hex(4)}", error)

"""Whether Cairn is ready: a list of things to look at, each with a time limit, and why it is not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.errors import CairnError
from bot.ports import Integration
from bot.storage import migrate
from bot.storage.engine import Database

LOOK_SECONDS = 2.0
STOPPING = "Cairn is stopping"

Look = Callable[[], Awaitable[str]]
"""Returns what is wrong, nothing where all is well; may raise CairnError."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was found: what is wrong, by what was looked at."""

    reasons: Mapping[str, str]

    @property
    def ready(self) -> bool:
        """Whether nothing is wrong."""
        return not self.reasons


async def look_at(checks: Mapping[str, Look]) -> Readiness:
    """Look at everything at once."""
    found = await asyncio.gather(*map(_look, checks.values()))
    return Readiness({name: reason for name, reason in zip(checks, found, strict=True) if reason})


async def _look(look: Look) -> str:
    try:
        return await asyncio.wait_for(look(), LOOK_SECONDS)
    except TimeoutError:
        return f"no answer within {round(LOOK_SECONDS)} s"
    except CairnError as error:
        return str(error)


def database_current(database: Database) -> Look:
    """Look whether the database answers and has this version's schema."""

    async def look() -> str:
        found = await migrate.version(database)
        return "" if found == migrate.head() else f"the database has schema {found}, not {migrate.head()}"

    return look


class Writable:
    """Looks whether something can be stored, by trying it: one try at a time, and rarely while it works."""

    def __init__(
        self, probe: Callable[[], Awaitable[object]], each: float = 2.0, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Take what tries (it raises CairnError where it fails), how long a success holds (seconds), and the clock."""
        self._probe = probe
        self._each = each
        self._now = now
        self._fine_until = now()
        self._trying: asyncio.Task[str] | None = None

    async def __call__(self) -> str:
        """Return why nothing can be stored, nothing where it can."""
        if self._now() < self._fine_until:
            return ""
        if self._trying is None or self._trying.done():
            self._trying = asyncio.create_task(self._try())
        # Whoever asks may lose patience; the try goes on, so that those who ask again do not pile up more of them.
        return await asyncio.shield(self._trying)

    async def _try(self) -> str:
        try:
            await self._probe()
        except CairnError as error:
            return str(error)
        self._fine_until = self._now() + self._each
        return ""


def connected(integrations: Sequence[Integration], waits: Mapping[str, str]) -> Look:
    """Look whether all integrations hear their platforms; `waits` says why one does not run."""

    async def look() -> str:
        away = [one.name for one in integrations if not one.connected]
        return "; ".join(f"{name}: {waits.get(name, 'not connected')}" for name in away)

    return look


def settled(lag: Callable[[], float], most: float = 300.0) -> Look:
    """Look whether what is stored is scored within so many seconds."""

    async def look() -> str:
        seconds = lag()
        return "" if seconds <= most else f"what was stored {round(seconds)} s ago is not scored yet"

    return look


def on_time(late: Callable[[], Sequence[str]]) -> Look:
    """Look whether the clock's jobs are done at their time; `late` names those that are overdue."""

    async def look() -> str:
        jobs = sorted(set(late()))
        return f"overdue: {', '.join(jobs)} (cairn jobs list says why)" if jobs else ""

    return look

"""How often Cairn may log in: Discord resets the token of a bot that logs in more than a thousand times a day.

Logins are put down, so that a process that crashes again and again does not begin to count anew each time.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from bot.ports import Host, Level

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
MOST_A_DAY = 900
"""Logins of all shards in 24 hours. Discord's own limit is 1,000."""
LEFT_ALONE = 50
"""Logins that Discord must still allow."""
FREE = 3
"""Logins of one shard within an hour that need not wait."""
FIRST_WAIT, LONGEST_WAIT = 5.0, 900.0
_NAME = "logins"
_logger = logging.getLogger(__name__)


def _now() -> int:
    return time.time_ns() // 1_000_000


class Logins:
    """Lets shards log in: at once while all is well, and later each time where sessions are lost again and again."""

    def __init__(
        self,
        host: Host,
        left: Callable[[], Awaitable[int]],
        now: Callable[[], int] = _now,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take where to put logins down, who knows how many Discord still allows today, and the clock."""
        self._host = host
        self._left = left
        self._now = now
        self._pause = pause
        self._turn = asyncio.Lock()

    async def wait(self, shard: int) -> None:
        """Return when the shard may log in; the login is put down before."""
        async with self._turn:
            while (seconds := self._due(await self._read(), shard)) > 0 or (seconds := await self._scarce()) > 0:
                _logger.warning("shard %d logs in again in %d s: too many logins lately", shard, round(seconds))
                await self._pause(seconds)
            logins = [*await self._read(), (shard, self._now())]
            await self._host.notes.write(_NAME, " ".join(f"{one}:{at}" for one, at in logins))
            self._host.level(Level.IDENTIFIES_LEFT, MOST_A_DAY - len(logins))

    def _due(self, logins: list[tuple[int, int]], shard: int) -> float:
        """Return in how many seconds a shard may log in."""
        now = self._now()
        if len(logins) >= MOST_A_DAY:
            return (logins[0][1] + DAY_MS - now) / 1000
        own = [at for one, at in logins if one == shard and at > now - HOUR_MS]
        if len(own) < FREE:
            return 0
        wait = min(FIRST_WAIT * 2.0 ** (len(own) - FREE), LONGEST_WAIT)
        return own[-1] / 1000 + wait - now / 1000

    async def _scarce(self) -> float:
        """Return how long to wait because Discord allows hardly any more logins."""
        return LONGEST_WAIT if await self._left() < LEFT_ALONE else 0

    async def _read(self) -> list[tuple[int, int]]:
        """Return the logins of the last 24 hours, the oldest first: shard and moment."""
        text = await self._host.notes.read(_NAME) or ""
        logins = [(int(one), int(at)) for one, _, at in (part.partition(":") for part in text.split())]
        return [one for one in logins if one[1] > self._now() - DAY_MS]

"""`cairn run` on a database whose process ends at a named point: `python -m tests.faults.doomed PART POINT N`.

PART is what a transaction brings: `signals`, `heard` (how far was heard), `scores`, or `any`. POINT is `begun`,
`before` or `after` its commit (after it nobody has been told yet). The N-th such transaction is the last.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cli.platforms import configured
from bot.cli.run import Plan, listen
from bot.cli.session import Session
from bot.config import load_settings
from bot.maintenance import ready
from bot.operating.logs import telling
from bot.operating.redaction import Redactor
from bot.operating.running import Stop
from bot.storage.engine import Database

KILLED = 77
PARTS = {
    "signals": "SELECT coalesce(max(id), 0) FROM engagement",
    "heard": "SELECT coalesce(max(value), '') FROM note WHERE name = 'heard'",
    "scores": "SELECT -count(*) FROM dirty",
    "any": "SELECT 0",
}
"""What grows in a transaction of each sort; the last sort is every one."""


class Doomed(Database):
    """A database that ends the process at a point of a transaction."""

    def __init__(self, url: str, part: str, point: str, left: int) -> None:
        super().__init__(url)
        self._part, self._point, self._left = part, point, left

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that may be the last."""
        async with super().write() as connection:
            before = await self._seen(connection)
            if self._point == "begun":
                self._end_if_due()
            yield connection
            meant = self._part == "any" or before < await self._seen(connection)
            if meant and self._point == "before":
                self._end_if_due()
        if meant and self._point == "after":
            self._end_if_due()

    async def _seen(self, connection: AsyncConnection) -> Any:
        return (await connection.execute(text(PARTS[self._part]))).scalar_one()

    def _end_if_due(self) -> None:
        self._left -= 1
        if not self._left:
            os._exit(KILLED)


async def main(part: str, point: str, left: str) -> None:
    """Run what the settings name until the point comes."""
    settings = load_settings()
    plain = Database(settings.database_url)
    await ready(plain)
    await plain.close()
    database = Doomed(settings.database_url, part, point, int(left))
    with telling(settings.log_level, settings.log_format, Redactor(settings.secrets)):
        await listen(Session(settings, database), Plan(configured(settings), settings, Stop()))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

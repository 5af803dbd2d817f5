"""`cairn run` by a clock that tests set forward, and that waits little: `python -m tests.faults.hurried CLOCK`.

With `PART POINT N` after that, it ends as `tests.faults.doomed` does.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.cli.run import Plan, listen
from bot.cli.session import Session
from bot.config import load_settings
from bot.maintenance import ready
from bot.operating.logs import telling
from bot.operating.redaction import Redactor
from bot.operating.running import Stop, quickest_loop
from bot.storage.engine import Database
from integrations.discord.integration import Access, Discord
from integrations.discord.timing import Timing
from tests.faults.doomed import Doomed
from tests.faults.shared_clock import CAIRNS, SharedClock

SILENCE = 1.5
"""Seconds without a word after which a connection counts as dead."""


async def main(clock_file: str, part: str = "", point: str = "", left: str = "0") -> None:
    """Run what the settings name, until stopped or until the point comes."""
    settings, clock = load_settings(), SharedClock(Path(clock_file), CAIRNS)
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    access = Access(token, settings.discord_api_url, settings.discord_gateway_url, members=True, clock=clock)
    timing = Timing(pause=clock.pause, note=0.05, stays=0.2, closing=0.5, retry=0.01, silence=SILENCE)
    database = Doomed(settings.database_url, part, point, int(left)) if part else Database(settings.database_url)
    plain = Database(settings.database_url)
    await ready(plain)
    await plain.close()
    try:
        with telling(settings.log_level, settings.log_format, Redactor(settings.secrets)):
            plan = Plan([Discord(access, timing)], settings, Stop(), lambda: clock() / 1000)
            await listen(Session(settings, database), plan)
    finally:
        await database.close()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=quickest_loop()) as runner:
        runner.run(main(*sys.argv[1:]))

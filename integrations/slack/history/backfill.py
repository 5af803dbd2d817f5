"""Reads a workspace's history from before Cairn came: one channel at a time, the newest first, behind everything live.

Where each channel goes on is stored with what was read of it. Nothing is sent to anybody.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.ports import MachineError, Progress, Reach, Stretch
from integrations.formats.slack import moment_of
from integrations.slack.api import RefusedError
from integrations.slack.history.pages import Pages
from integrations.slack.receiving.ear import Heard

LOOK_SECONDS, _GLANCE = 60.0, 1.0
"""How often it is looked whether something is to be read, and whether the settings want more of it than before."""
_PAUSE = 1.2
"""Seconds before each page: Slack takes fifty a minute."""
_logger = logging.getLogger(__name__)


class BackFill:
    """Reads the histories of all workspaces as far as their settings want. `pause` may be made up for rehearsals."""

    def __init__(self, pages: Pages, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._pages = pages
        self.pause = pause

    async def read(self, heard: Heard) -> None:
        """Read what is wanted of a workspace's history and is not read yet. Raises MachineError: go on later."""
        reach = await heard.desk.past.wanted(self._pages.clock())
        if reach is None:
            return
        channels = [one.id for one in heard.workspace.channels.readable()]
        refused: list[str] = []
        for n, channel in enumerate(channels):
            await heard.desk.past.tell(Progress(len(channels), n, tuple(refused)))
            try:
                if not await self._channel(heard, channel, reach):
                    return
            except RefusedError:
                refused.append(channel)
        await heard.desk.past.tell(Progress(len(channels), len(channels), tuple(refused)))
        if not refused:
            await heard.desk.past.end()
            _logger.info("history of a workspace has been read")

    async def _channel(self, heard: Heard, channel: str, reach: Reach) -> bool:
        """Read a channel from where that stands; returns False where the reading is to end."""
        mark = (await heard.desk.past.marks([channel])).get(channel)
        if mark is not None and mark.since is not None and mark.since <= reach.since:
            return True
        until = moment_of(mark.cursor) if mark is not None and mark.cursor else reach.until
        last, at = "", 0
        async for page, said in self._pages.messages(heard, channel, reach.since, until):
            if page:
                last = str(page[-1]["ts"])
                at = moment_of(last)
            if not await heard.desk.past.record(Stretch(channel, last, at, None, said)):
                return False
            await self.pause(_PAUSE)
        return await heard.desk.past.record(Stretch(channel, last, at, reach.since))


async def keep_reading(back_fill: BackFill, heard: Heard) -> None:
    """Read back what is wanted, and look again and again whether more is, until cancelled."""
    while True:
        days = heard.desk.settings.backfill_days
        try:
            await back_fill.read(heard)
        except MachineError as error:
            _logger.warning("history of a workspace is gone on with later (%s)", error)
        for _ in range(round(LOOK_SECONDS / _GLANCE)):
            await back_fill.pause(_GLANCE)
            if heard.desk.settings.backfill_days != days:
                break

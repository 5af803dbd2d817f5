"""What Slack still shows of times that were not heard: messages, answers and reactions, channel by channel.

Answers that were written meanwhile to older messages are found through those messages, as far back as `THREAD_DAYS`.
"""

from __future__ import annotations

import asyncio
import json
import logging

from bot.ports import MachineError
from integrations.slack.api import RefusedError
from integrations.slack.history.pages import Pages
from integrations.slack.receiving.ear import Heard

THREAD_DAYS = 14
"""How old a message may be whose answers are looked for."""
OVERLAP_MS = 60_000
"""What is read again on both ends: clocks differ, and what is known already changes nothing."""
_NAME = "gap channels"
_DAY_MS = 86_400_000
_logger = logging.getLogger(__name__)


class Gaps:
    """Makes good what was missed, one workspace at a time and behind everything live."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._turn = asyncio.Lock()

    async def put_down(self, heard: Heard, since: int, until: int) -> None:
        """Put down that a time (ms) was not heard."""
        await heard.desk.missed(since - OVERLAP_MS, until)
        await heard.desk.notes.write(_NAME, "[]")

    async def read(self, heard: Heard) -> None:
        """Read all gaps of a workspace that are open, as one. How far that is, is put down channel by channel.

        Raises MachineError where Slack or the store cannot be reached: it is gone on with later.
        """
        async with self._turn:
            gaps = await heard.desk.open_gaps()
            if not gaps:
                return
            since, until = min(one[1] for one in gaps), max(one[2] for one in gaps) + OVERLAP_MS
            done = set(json.loads(await heard.desk.notes.read(_NAME) or "[]"))
            refused = 0
            for channel in heard.workspace.channels.readable():
                if channel.id not in done:
                    refused += not await self._channel(heard, channel.id, since, until)
                    done.add(channel.id)
                    await heard.desk.notes.write(_NAME, json.dumps(sorted(done)))
            if refused:
                _logger.warning("what was missed cannot be read in %d channels of a workspace", refused)
            else:
                await heard.desk.made_good([one[0] for one in gaps])

    async def _channel(self, heard: Heard, channel: str, since: int, until: int) -> bool:
        """Read one channel; returns whether Slack shows it."""
        try:
            async for _, said in self._pages.messages(heard, channel, since, until):
                if said:
                    await heard.desk.record(said)
            async for message in self._pages.threads(heard, channel, since - THREAD_DAYS * _DAY_MS, since):
                said = await self._pages.answers(heard, channel, message, since)
                if said:
                    await heard.desk.record(said)
        except RefusedError as error:
            return error.code == "channel_not_found"  # it was deleted, so nothing can be seen of it any more
        return True


async def persist(gaps: Gaps, heard: Heard) -> None:
    """Read a workspace's gaps, on and on where that fails, later each time."""
    wait = 5.0
    while True:
        try:
            await gaps.read(heard)
        except MachineError as error:
            _logger.warning("what was missed cannot be read now (%s), and again in %.0f s", error, wait)
            await asyncio.sleep(wait)
            wait = min(2 * wait, 300.0)
        else:
            return

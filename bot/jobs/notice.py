"""Tells active channels, seldom, what Cairn does and how to be left out. See `bot/consent/noticing.py`."""

from __future__ import annotations

from collections.abc import Sequence

from bot.clockwork.duties import Job, Work, Write
from bot.clockwork.periods import Cron
from bot.consent.noticing import post_notices


async def plan(work: Work) -> Sequence[Write]:
    """Leave the channels to be looked for."""
    return [work.later("post", work.key, instead=True)]


async def post(work: Work) -> str:
    """Put the notice into the outbox for channels that are due."""
    n = await post_notices(work.database, work.means.keys, work.community, work.now)
    return f"{n} channels are told"


JOB = Job("notice", "tells active channels what Cairn does", Cron("20 11 * * *"), plan, parts={"post": post})

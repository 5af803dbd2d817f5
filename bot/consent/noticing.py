"""The notice: active channels are told what Cairn does and how to have a page or be left out, twice a year at most."""

from __future__ import annotations

import json

from bot.consent import cards
from bot.consent.choices import ASK_AGAIN_DAYS
from bot.gate import Purpose
from bot.keys import Keys
from bot.language import Words
from bot.sending import outbox
from bot.sending.outbox import Letter
from bot.storage import noticing, outgoing, spaces
from bot.storage.engine import Database
from scoring.signals import DAY_MS, day_of

LATELY_DAYS = 14
"""A channel is active in which people wrote so lately."""
AT_ONCE = 3
"""Channels of a space that are told in one go, so that nobody reads it everywhere at once."""


async def post_notices(database: Database, keys: Keys, community: int, now: int) -> int:
    """Put the notice into the outbox for channels that are due (ms); returns how many. Nothing before Go live."""
    async with database.read() as connection:
        going = await outgoing.going(connection, community)
        listened = [one for one in await spaces.of_community(connection, community) if one.settings is not None]
        language = json.loads(await spaces.whole(connection, community) or "{}").get("language", "en")
    if going.live_at is None or going.paused_at is not None:
        return 0
    n = 0
    for one in listened:
        words = Words(str(json.loads(one.settings or "{}").get("language", language)))
        window = day_of(now) - LATELY_DAYS, now - ASK_AGAIN_DAYS * DAY_MS
        async with database.read() as connection:
            channels = await noticing.due(connection, community, one.id, window, AT_ONCE)
        for channel in channels:
            key = f"notice:{one.id}:{channel}:{day_of(now)}"
            letter = Letter(community, one.id, key, Purpose.NOTICE, cards.notice(words), channel=channel, due=now)
            async with database.write() as connection:
                if await outbox.post(connection, letter, keys):
                    await noticing.told(connection, one.id, channel, now)
                    n += 1
    return n

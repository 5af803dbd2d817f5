"""The notice: active channels are told what Cairn does and how to have a page or be left out, twice a year at most.

A channel is told in which people write themselves, so that messages can stand in it. A forum has only threads, and each
is somebody's own topic, so neither it nor they are told.

In a `strict` space nothing is stored of people before their own yes, so nothing tells which channels are active. There
the day on which somebody last wrote in a channel is put down for two weeks: not who, how many, or what.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.community.settled import settings_in
from bot.consent import cards
from bot.consent.choices import ASK_AGAIN_DAYS
from bot.gate import Purpose
from bot.hearing.space_settings import Consent
from bot.keys import Keys
from bot.language import Words
from bot.sending import outbox
from bot.sending.outbox import Letter
from bot.storage import noticing, outgoing, spaces
from bot.storage.engine import Database
from bot.storage.noticing import Where
from bot.storage.spaces import Kept
from scoring.signals import DAY_MS, Kind, Signal, day_of

LATELY_DAYS = 14
"""A channel is active in which people wrote so lately."""
AT_ONCE = 3
"""Channels of a space that are told in one go, so that nobody reads it everywhere at once."""
_WRITTEN = frozenset({Kind.MESSAGE, Kind.REPLY})


class Written:
    """Puts down in which channels of one strict space somebody writes: a day for each, once a day."""

    def __init__(self, database: Database, space: int) -> None:
        """Take the store, and the space's number."""
        self._database = database
        self._space = space
        self._days: dict[str, int] = {}

    async def heard(self, signals: Iterable[Signal]) -> None:
        """Take what was heard. Raises MachineError as the storage does."""
        last = time.time_ns() // 1_000_000 // DAY_MS + 1  # a day that never comes would push all others out
        days: dict[str, int] = {}
        for one in signals:
            if one.kind in _WRITTEN and not one.retracted and one.account is not None and not one.account.bot:
                channel, day = "" if one.context.parent else one.context.place, day_of(one.at)
                if channel and last >= day > max(self._days.get(channel, 0), days.get(channel, 0)):
                    days[channel] = day
        if days:
            latest = max(*days.values(), *self._days.values(), 0)
            async with self._database.write() as connection:
                await noticing.put_written(connection, self._space, days, latest - LATELY_DAYS)
            self._days |= days


async def post_notices(database: Database, keys: Keys, community: int, now: int) -> int:
    """Put the notice into the outbox for channels that are due (ms); returns how many. Nothing before Go live."""
    async with database.read() as connection:
        going = await outgoing.going(connection, community)
        listened = [one for one in await spaces.of_community(connection, community) if one.settings is not None]
        language = await spaces.language(connection, community)
    for one in listened:
        await _let_go(database, one, now)
    if going.live_at is None or going.paused_at is not None:
        return 0
    n = 0
    for one in listened:
        words = Words(str(json.loads(one.settings or "{}").get("language", language)))
        async with database.read() as connection:
            channels = await _due(connection, community, one, now)
        for channel in channels:
            key = f"notice:{one.id}:{channel}:{day_of(now)}"
            said = cards.notice(words, Consent(one.consent))
            letter = Letter(community, one.id, key, Purpose.NOTICE, said, channel=channel, due=now)
            async with database.write() as connection:
                if await outbox.post(connection, letter, keys):
                    await noticing.told(connection, one.id, channel, now)
                    n += 1
    return n


async def _let_go(database: Database, one: Kept, now: int) -> None:
    """Let go of the days on which somebody wrote that are over their time, or that the space's policy needs no more."""
    async with database.read() as connection:
        days = await noticing.written_in(connection, one.id)
    since = day_of(now) - LATELY_DAYS if one.consent == Consent.STRICT else max(days.values(), default=0) + 1
    if any(day < since for day in days.values()):
        async with database.write() as connection:
            await noticing.put_written(connection, one.id, {}, since)


async def _due(connection: AsyncConnection, community: int, one: Kept, now: int) -> list[str]:
    """Return the channels of a space to be told now: where most was written, or where somebody wrote last."""
    where, since = Where(community, one.id, now - ASK_AGAIN_DAYS * DAY_MS), day_of(now) - LATELY_DAYS
    found = await noticing.due(connection, where, since, AT_ONCE)
    if one.consent != Consent.STRICT:
        return found
    settings = await settings_in(connection, community, one.id)
    days = {channel: day for channel, day in (await noticing.written_in(connection, one.id)).items() if day >= since}
    untold = await noticing.untold(connection, where, days)
    more = sorted(untold.difference(found), key=lambda channel: (-days[channel], channel))
    return [*found, *(channel for channel in more if not settings.listed_out.has(channel))][:AT_ONCE]

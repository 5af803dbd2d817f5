"""A community's whole history up to a day, scored anew in memory: what reports and rehearsals look at.

What pages keep of acts that are gone (`old_tally`) is among it, so that reports and pages have the same totals.
"""

from __future__ import annotations

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import acts, belonging, communities, old_tallies, unheard
from bot.storage.communities import Community
from bot.storage.engine import Database
from scoring import assess, points
from scoring.columns import Acts, Group
from scoring.measures.gaps import stretches
from scoring.measures.history import History
from scoring.mountain import Mountain
from scoring.road import Road
from scoring.signals import ALWAYS_STORED, DAY_MS


async def last_day(database: Database, community: Community) -> int | None:
    """Return the day of the last signal, None where there is none: the `as_of` of the command line."""
    async with database.read() as connection:
        return await communities.last_day(connection, community.id)


async def history(database: Database, community: Community, mountain: Mountain, as_of: int) -> History:
    """Read everything up to a day and score it under a Mountain."""
    everything = await acts.everything(database, community.id, as_of)
    return await scored(database, community, mountain, everything, as_of)


async def scored(database: Database, community: Community, mountain: Mountain, found: Acts, as_of: int) -> History:
    """Score acts that were read already under a Mountain."""
    async with database.read() as connection:
        about = await belonging.of(connection, community.id, mountain)
        held = await belonging.held(connection, community.id, mountain)
        groups = [await belonging.group(connection, community.id, name) for name in mountain.groups]
        before = about.counting(await _kept(connection, community, mountain))
        gaps = await unheard.of_community(connection, community.id, (as_of + 1) * DAY_MS)
    tallies = points.together(points.tally(found, mountain, about), before.where(before.day <= as_of))
    road = Road(tallies, mountain, as_of)
    return History(
        mountain,
        found,
        points.types(found, mountain),
        tallies,
        assess.band_changes(road, as_of),
        assess.crossings(road, held),
        tuple(groups),
        stretches(gaps, ALWAYS_STORED | mountain.kinds),
    )


async def _kept(connection: AsyncConnection, community: Community, mountain: Mountain) -> points.Tallies:
    """Return what pages keep under these rules; new ones that are only tried have kept nothing yet."""
    there = await communities.rules_of(connection, community.id)
    number = next((one.id for one in there if one.version == mountain.version), 0)
    return await old_tallies.everything(connection, community.id, number)


def nothing(mountain: Mountain) -> History:
    """Return the history of a community in which nothing has happened."""
    none = np.empty(0, np.int64)
    empty = Acts(none, none, none, none, none, none, none, ())
    tallies = points.tally(empty, mountain)
    return History(
        mountain,
        empty,
        none,
        tallies,
        assess.BandChanges(none, none, none),
        assess.Crossings(none, none, none),
        tuple(Group(name, none, none, ()) for name in mountain.groups),
    )

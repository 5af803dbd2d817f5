"""Looks at what may count no longer, or again, and marks the days that it concerns; settling does so first of all.

Leaving something out and taking that back only say so (`bot/storage/recounting.py`); which places and people do not
count follows here from what holds in a space, and what it changes is marked slice by slice.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.community.settled import settings_in
from bot.hearing.space_settings import SpaceSettings
from bot.storage import contexts, exclusions, marks, recounting, spaces
from bot.storage.contexts import Standing
from bot.storage.engine import Database
from bot.storage.recounting import CONTEXT, SPACE, Recount
from bot.storage.what_counts import BY_ROLE


class Recounting:
    """Looks at one community."""

    def __init__(self, database: Database, community: int) -> None:
        """Take the database and the community's number."""
        self._database = database
        self._community = community

    async def work(self) -> bool:
        """Look at what comes next, in one short transaction; returns whether anything was left to look at."""
        async with self._database.read() as connection:
            left = await recounting.left(connection, self._community)
            if not left:
                return False
            found = set() if left[0].what == SPACE else await self._days(connection, left[0])
        async with self._database.write() as connection:
            if left[0].what == SPACE:
                await self._space(connection, left[0])
            else:
                await marks.dirty_accounts(connection, self._community, found)
                same = [one for one in left if one.marked == left[0].marked and one.what != SPACE]
                await recounting.move_on(connection, self._community, same)
        return True

    async def _days(self, connection: AsyncConnection, one: Recount) -> set[tuple[int, int]]:
        return await recounting.days(connection, self._community, one.marked)

    async def _space(self, connection: AsyncConnection, one: Recount) -> None:
        """Work out anew which places of a space count; where no role is left out any more, its people count again."""
        if not await recounting.taken(connection, self._community, one):
            return
        settings = await settings_in(connection, self._community, one.which)
        shut = await exclusions.shut(connection, one.which)
        some = bool(settings.listed_out.entries or shut)
        there = await contexts.of_space(connection, self._community, one.which, left_out=not some)
        out = _out(settings, shut, there)
        changed = [each.id for each in there if each.left_out != (each.id in out)]
        await contexts.leave_out(connection, {number: number in out for number in changed})
        await recounting.again(connection, self._community, CONTEXT, changed)
        if not settings.excluded_roles.entries:
            by_role = BY_ROLE + one.which
            held = await spaces.left_out_by(connection, self._community, by_role)
            await spaces.let_in(connection, self._community, by_role, held)


def _out(settings: SpaceSettings, shut: frozenset[str], there: list[Standing]) -> set[int]:
    """Return the contexts that do not count; the nearest place that is listed decides, as where acts arrive.

    `shut` are channels that do not count because of what they hang below.
    """
    names = {one.place: one.name for one in there if one.name}
    found = set()
    for one in there:
        for place in filter(None, (one.place, one.parent)):
            name = names.get(place, "")
            if settings.listed_out.has(place, name):
                found.add(one.id)
                break
            if settings.listed_in.has(place, name):
                break
        else:
            if one.place and (one.place in shut or one.parent in shut):
                found.add(one.id)
    return found

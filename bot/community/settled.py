"""What holds in a space, put together from what is stored of it and of its community."""

from __future__ import annotations

import json

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.community.trees import stored
from bot.ports import Space, SpaceSettings
from bot.storage import exclusions, spaces
from bot.storage.spaces import Kept


def settings_from(whole: str, kept: Kept) -> SpaceSettings:
    """Return what holds in a space; `whole` is what is stored of its community, as JSON."""
    own = json.loads(kept.settings or "{}") | {"platform": kept.space.platform, "id": kept.space.id}
    file = stored({"name": "-", "spaces": [own | {"consent": kept.consent}]} | json.loads(whole))
    return file.settings(file.spaces[0])


async def settings_of(connection: AsyncConnection, community: int, wanted: Space | None) -> SpaceSettings:
    """Return what holds in a community's space (its number, the space), the default where nothing is settled."""
    there = {(one.space.platform, one.space.id): one for one in await spaces.of_community(connection, community)}
    kept = there.get((wanted.platform, wanted.id)) if wanted is not None else None
    return await _settings(connection, community, kept)


async def settings_in(connection: AsyncConnection, community: int, number: int) -> SpaceSettings:
    """Return the same of a space by its number in the store."""
    there = {one.id: one for one in await spaces.of_community(connection, community)}
    return await _settings(connection, community, there.get(number))


async def _settings(connection: AsyncConnection, community: int, kept: Kept | None) -> SpaceSettings:
    """Return what is settled, with what the team leaves out in chat on top."""
    if kept is None:
        return SpaceSettings()
    on_top = await exclusions.on_top(connection, community, kept.id)
    if kept.settings is None:
        return on_top.over(SpaceSettings())
    return on_top.over(settings_from(await spaces.whole(connection, community) or "{}", kept))

"""What holds in a space, put together from what is stored of it and of its community."""

from __future__ import annotations

import json

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.community.trees import stored
from bot.ports import Space, SpaceSettings
from bot.storage import spaces
from bot.storage.spaces import Kept


def settings_from(whole: str, kept: Kept) -> SpaceSettings:
    """Return what holds in a space; `whole` is what is stored of its community, as JSON."""
    own = json.loads(kept.settings or "{}") | {"platform": kept.space.platform, "id": kept.space.id}
    file = stored({"name": "-", "spaces": [own | {"consent": kept.consent}]} | json.loads(whole))
    return file.settings(file.spaces[0])


async def settings_of(connection: AsyncConnection, community: int, wanted: Space | None) -> SpaceSettings:
    """Return what holds in a community's space (its number, the space), the default where nothing is settled."""
    if wanted is None:
        return SpaceSettings()
    found = [one for number, one in await spaces.communities_of(connection, wanted) if number == community]
    return settings_from(await spaces.whole(connection, community) or "{}", found[0]) if found else SpaceSettings()

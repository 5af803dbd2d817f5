"""Changes what holds in one space, field by field, as a team does it in chat; the rest stays as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.community.comparing import compared
from bot.community.trees import own_of, stored
from bot.storage import spaces


async def change(connection: AsyncConnection, community: int, number: int, wanted: Mapping[str, Any]) -> list[str]:
    """Put fields of a space in force (`{"roles": {"managers": [...]}}`); returns how it differs from before.

    Raises LookupError where the space is not listened to, ValueError for what no community file may say.
    """
    there = {one.id: one for one in await spaces.of_community(connection, community)}
    kept = there.get(number)
    if kept is None or kept.settings is None:
        raise LookupError(number)
    before = json.loads(kept.settings)
    tree = _merged(before, wanted)
    told = tree | {"platform": kept.space.platform, "id": kept.space.id, "consent": kept.consent}
    after = own_of(stored({"name": "-", "spaces": [told]}).spaces[0])
    if "consent" not in before:
        after.pop("consent", None)
    settings = json.dumps(after, ensure_ascii=False, sort_keys=True)
    await spaces.settle(connection, community, kept.space, kept.consent, settings)
    return list(compared(before, after))


def _merged(tree: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(tree)
    for name, value in more.items():
        inner = found.get(name)
        found[name] = _merged(inner, value) if isinstance(value, Mapping) and isinstance(inner, Mapping) else value
    return found

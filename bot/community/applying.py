"""Puts a `community.yaml` in force, and says in words what that changes; and gives back what is in force.

Another file takes it all back. What a file leaves out counts no longer, that which is stored already neither; it stays
stored, and counts again when it is let in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.community.comparing import called, compared, people
from bot.community.fields import PSEUDONYM
from bot.community.reading import Platforms
from bot.community.shapes import CommunityShape, SpaceShape
from bot.community.trees import own_of, stored, whole_of
from bot.errors import InputError
from bot.keys import Keys
from bot.storage import communities, spaces
from bot.storage.communities import Community
from bot.storage.spaces import Kept


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different from what was in force: what it concerns, and how."""

    about: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What applying needs beside the file: who people are, and the rules (text, version, file) of a new community."""

    keys: Keys
    platforms: Platforms
    rules: Callable[[], tuple[str, str, str]]

    def handles(self, one: SpaceShape) -> set[str]:
        """Return the pseudonyms of those whom a space of a file leaves out."""
        platform = self.platforms[one.platform]
        return {
            person.removeprefix(PSEUDONYM)
            if person.startswith(PSEUDONYM)
            else self.keys.handle(platform.account(one.id, person))
            for person in one.excluded_people
        }


async def apply(connection: AsyncConnection, file: CommunityShape, terms: Terms) -> list[Change]:
    """Put a file in force; a community of its name is made where there is none. Returns what changed.

    Doing it again changes nothing. Raises InputError where another community listens to one of its spaces.
    """
    there = await communities.named(connection, file.name)
    changes = []
    if there is None:
        there = await communities.found(connection, file.name, *terms.rules())
        changes.append(Change(file.name, "is a new community"))
    before, after = await spaces.whole(connection, there.id), whole_of(file)
    changes += [Change(file.name, one) for one in compared(json.loads(before or "{}"), after)]
    await spaces.settle_whole(connection, there.id, _json(after))
    kept = {(one.space.platform, one.space.id): one for one in await spaces.of_community(connection, there.id)}
    for space in file.spaces:
        await _refuse_shared(connection, there, space)
        sentences = await _settle(connection, (there, file, terms), space, kept.pop((space.platform, space.id), None))
        changes += [Change(called(space.space), one) for one in sentences]
    return changes + [await _drop(connection, there, one) for one in kept.values() if one.settings is not None]


async def _refuse_shared(connection: AsyncConnection, of: Community, space: SpaceShape) -> None:
    for number, _ in await spaces.communities_of(connection, space.space):
        if number != of.id:
            other = await communities.get(connection, number)
            raise InputError(
                f"{called(space.space)} belongs to the community {other.name}; take it from that one first"
            )


async def _settle(
    connection: AsyncConnection, of: tuple[Community, CommunityShape, Terms], space: SpaceShape, kept: Kept | None
) -> list[str]:
    """Put down what a file says of a space; returns how it differs from before."""
    community, file, terms = of
    consent, settings = file.settings(space).consent, own_of(space)
    told = []
    if kept is None or kept.settings is None:
        told.append(f"is listened to from now on (consent: {consent})")
    else:
        if kept.consent != consent:
            told.append(f"consent: {kept.consent} becomes {consent}, for what is heard from now on")
        told += compared(_without_consent(json.loads(kept.settings)), _without_consent(settings))
    number = await spaces.settle(connection, community.id, space.space, consent, _json(settings))
    before, after = await spaces.left_out_by(connection, community.id, number), terms.handles(space)
    await spaces.leave_out(connection, community.id, number, after - before)
    await spaces.let_in(connection, community.id, number, before - after)
    told += [f"excluded_people: {people(len(more))} left out from now on" for more in [after - before] if more]
    return told + [f"excluded_people: {people(len(less))} let in again" for less in [before - after] if less]


async def _drop(connection: AsyncConnection, of: Community, kept: Kept) -> Change:
    """Listen no more to a space that the file has no longer."""
    await spaces.settle(connection, of.id, kept.space, kept.consent, None)
    await spaces.let_in(connection, of.id, kept.id, await spaces.left_out_by(connection, of.id, kept.id))
    return Change(called(kept.space), "is not in the file any more and not listened to from now on")


async def in_force(connection: AsyncConnection, of: Community) -> CommunityShape | None:
    """Return what is in force as a file would say it, None where none was applied and nothing is listened to.

    People who are left out stand in it as pseudonyms, which a file may hold as well.
    """
    whole = await spaces.whole(connection, of.id)
    rows = [one for one in await spaces.of_community(connection, of.id) if one.settings is not None]
    if whole is None and not rows:
        return None
    listed = [
        json.loads(row.settings or "{}")
        | {"platform": row.space.platform, "id": row.space.id, "name": row.space.name or None}
        | {"excluded_people": [PSEUDONYM + one for one in sorted(await spaces.left_out_by(connection, of.id, row.id))]}
        for row in rows
    ]
    return stored({"name": of.name, "spaces": listed} | json.loads(whole or "{}"))


def _without_consent(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name != "consent"}


def _json(tree: Mapping[str, Any]) -> str:
    return json.dumps(tree, ensure_ascii=False, sort_keys=True)

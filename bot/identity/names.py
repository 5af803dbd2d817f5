"""What people are called on their platforms: asked for when accounts may be one person's, never stored.

For the team's suggestions names are held in memory for some minutes, so that going through these does not ask a
platform again at each click; they are dropped then, whether or not anybody looks again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from bot.errors import MachineError
from bot.hearing.space_settings import Space
from scoring.signals import Account

DROP_SECONDS = 300.0
"""How long names are held."""
MOST_NAMED = 10_000
"""In spaces of more people names are not asked for."""
_PATIENCE, _PATIENCE_FOR_ONE = 20.0, 3.0

Called = Mapping[Account, tuple[str, ...]]
"""What people are called, each by the name first by which others see them."""


@runtime_checkable
class Namer(Protocol):
    """What knows how people are called on a platform; a live integration is one."""

    async def names(self, space: str, most: int) -> Called | None:
        """Return what the people of a space are called now, machines left out.

        None where the platform does not tell us, or there are more than `most`. Raises MachineError where it cannot be
        asked.
        """
        ...

    async def name_of(self, space: str, who: Account) -> str:
        """Return what one person is called in a space, nothing where they are not there; raises as `names`."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """What people of some spaces are called, and the spaces of which that is not known."""

    called: Called = field(default_factory=dict)
    untold: tuple[Space, ...] = ()


NOBODY = Told()
"""Where nothing was asked."""


class Names:
    """Asks for names, and holds them for some minutes."""

    def __init__(self, namers: Mapping[str, Namer] | None = None, seconds: float = DROP_SECONDS) -> None:
        """Take what knows names, by platform."""
        self._namers = namers or {}
        self._seconds = seconds
        self._held: dict[tuple[str, str], Called] = {}

    async def of(self, spaces: Collection[Space]) -> Told:
        """Return what people of some spaces are called; a platform that does not answer in time tells nothing."""
        found = await asyncio.gather(*(self._of(one) for one in spaces))
        called: dict[Account, tuple[str, ...]] = {}
        for one in found:
            for who, names in (one or {}).items():
                called[who] = tuple(dict.fromkeys((*called.get(who, ()), *names)))
        return Told(called, tuple(space for space, one in zip(spaces, found, strict=True) if one is None))

    async def one(self, spaces: Iterable[Space], who: Account) -> str:
        """Return what somebody is called in the first of some spaces that tells it; it is not held."""
        for space in spaces:
            namer = self._namers.get(space.platform)
            if space.platform != who.platform or who.realm not in ("", space.id) or namer is None:
                continue
            with suppress(MachineError, TimeoutError):
                async with asyncio.timeout(_PATIENCE_FOR_ONE):
                    if found := await namer.name_of(space.id, who):
                        return found
        return ""

    async def _of(self, space: Space) -> Called | None:
        key, namer = (space.platform, space.id), self._namers.get(space.platform)
        if key in self._held or namer is None:
            return self._held.get(key)
        try:
            async with asyncio.timeout(_PATIENCE):
                found = await namer.names(space.id, MOST_NAMED)
        except (MachineError, TimeoutError):
            return None
        if found is not None:
            self._held[key] = found
            asyncio.get_running_loop().call_later(self._seconds, self._held.pop, key, None)
        return found

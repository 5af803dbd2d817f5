"""Runs a test in both worlds."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Awaitable, Callable

import pytest

from tests.integrations.sandbox.discord.two_worlds import World
from tests.integrations.sandbox.discord.world_sandbox import sandbox_world
from tests.integrations.sandbox.discord.world_simcord import simcord_world


def on_both_worlds(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Run a test, whose first argument is a `World`, once in each.

    The world is opened by the test itself: simcord's clock is that of the task which does so, and a fixture is another.
    """

    async def run(opened: Callable[[], contextlib.AbstractAsyncContextManager[World]], **more: object) -> None:
        async with opened() as world:
            await world.settles()
            world.reading.signals.clear()
            await test(world, **more)

    wanted = [one for one in inspect.signature(test).parameters.values() if one.name != "world"]
    opened = inspect.Parameter("opened", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    run.__signature__ = inspect.Signature([opened, *wanted])  # type: ignore[attr-defined]
    run.__name__, run.__doc__ = test.__name__, test.__doc__
    run.__dict__.update(test.__dict__)
    return pytest.mark.parametrize("opened", [sandbox_world, simcord_world], ids=["sandbox", "simcord"])(run)

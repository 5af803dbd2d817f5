"""A running sandbox for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from integrations.sandbox.discord.hub import Limits
from integrations.sandbox.discord.server import Sandbox, Settings
from integrations.sandbox.exchanges import Exchange
from tests.integrations.sandbox.discord.watched import Watched

# tests that are not about limits should not wait for them
LIFTED = Limits(everywhere=(100_000, 1.0), others=(100_000, 1.0), routes=())


@pytest.fixture
async def server() -> AsyncIterator[Sandbox]:
    """A sandbox without rate limits."""
    async with Sandbox(Settings(limits=LIFTED)) as running:
        yield running


@pytest.fixture
async def watched() -> AsyncIterator[Watched]:
    """A sandbox without rate limits, all of whose requests and answers are kept."""
    exchanges: list[Exchange] = []
    async with Sandbox(Settings(limits=LIFTED, watch=exchanges.append)) as running:
        yield Watched(running, exchanges)

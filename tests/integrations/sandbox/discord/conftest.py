"""A running sandbox for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from integrations.sandbox.discord.hub import Limits
from integrations.sandbox.discord.server import Sandbox, Settings

# tests that are not about limits should not wait for them
LIFTED = Limits(everywhere=(100_000, 1.0), others=(100_000, 1.0), routes=())


@pytest.fixture
async def server() -> AsyncIterator[Sandbox]:
    """A sandbox without rate limits."""
    async with Sandbox(Settings(limits=LIFTED)) as running:
        yield running

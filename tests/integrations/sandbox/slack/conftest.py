"""A running sandbox for each test, and one workspace in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from integrations.sandbox.slack.limits import LIFTED
from integrations.sandbox.slack.server import Sandbox, Settings
from integrations.sandbox.slack.teams import TeamHandle


@pytest.fixture
async def server() -> AsyncIterator[Sandbox]:
    """A sandbox without rate limits."""
    async with Sandbox(Settings(limits=LIFTED)) as running:
        yield running


@pytest.fixture
def team(server: Sandbox) -> TeamHandle:
    """A workspace in which the app is installed."""
    return server.team("Acme")

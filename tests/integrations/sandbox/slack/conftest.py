"""A running sandbox for each test, and one workspace in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from integrations.sandbox.slack.limits import LIFTED
from integrations.sandbox.slack.server import Sandbox, Settings
from integrations.sandbox.slack.teams import TeamHandle
from tests.integrations.sandbox.slack.clients import web_client


@pytest.fixture
async def server() -> AsyncIterator[Sandbox]:
    """A sandbox without rate limits."""
    async with Sandbox(Settings(limits=LIFTED)) as running:
        yield running


@pytest.fixture
def team(server: Sandbox) -> TeamHandle:
    """A workspace in which the app is installed."""
    return server.team("Acme")


@pytest.fixture
async def client(server: Sandbox, team: TeamHandle) -> AsyncIterator[AsyncWebClient]:
    """A client with the bot's token."""
    async with web_client(server, team.token) as made:
        yield made

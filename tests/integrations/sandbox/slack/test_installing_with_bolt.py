"""Bolt's own OAuth flow goes through the sandbox, for several workspaces in one app."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from integrations.sandbox.slack.server import Sandbox
from tests.integrations.sandbox.slack.clients import served


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_an_app_is_installed_in_two_workspaces_and_answers_in_both(server: Sandbox, tmp_path: Path) -> None:
    settings = AsyncOAuthSettings(
        client_id=server.app.client_id,
        client_secret=server.app.client_secret,
        scopes=["channels:history", "chat:write"],
        authorization_url=f"{server.root}/oauth/v2/authorize",
        installation_store=FileInstallationStore(base_dir=str(tmp_path), client_id=server.app.client_id),
        state_store=FileOAuthStateStore(expiration_seconds=60, base_dir=str(tmp_path)),
    )
    app = AsyncApp(
        client=AsyncWebClient(base_url=server.url), signing_secret=server.app.signing_secret, oauth_settings=settings
    )

    @app.event("message")
    async def answers(event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel=event["channel"], text="heard")

    async with served(app.web_app()) as root, aiohttp.ClientSession() as browser:
        server.app.reached_at(f"{root}/slack/events")
        server.app.redirect_urls = (f"{root}/slack/oauth_redirect",)
        for name in ("Acme", "Beta"):
            team = server.team(name, installed=False)
            alice = team.person("Alice")
            async with browser.get(f"{root}/slack/install") as page:
                text = await page.text()
            asked = text.split('<a href="')[1].split('"')[0].replace("&amp;", "&")
            # a cookie for an address of numbers is kept only where one asks for it
            state = {"Cookie": f"slack-app-oauth-state={URL(asked).query['state']}"}
            async with browser.get(alice.accepts(asked), headers=state) as done:
                assert done.status == 200
            general = team.channel("general", members=[alice])
            await alice.says(general, "hello")
            await server.until(partial(server.ledger.sent, general.id))
            assert [one.text for one in general.messages.values()] == ["hello", "heard"]
            assert team.installation.installer == alice.id

"""Installing by OAuth, tokens that rotate, and apps that are taken out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from integrations.sandbox.slack.refusals import Refused
from integrations.sandbox.slack.server import Sandbox
from integrations.sandbox.slack.teams import TeamHandle
from tests.integrations.sandbox.slack.clients import by_http, web_client

# slack-sdk still has it
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

BACK = "http://127.0.0.1:1/slack/oauth_redirect"


@pytest.fixture
async def client(server: Sandbox) -> AsyncIterator[AsyncWebClient]:
    server.app.redirect_urls = (BACK,)
    async with web_client(server, "") as made:
        yield made


def _page(server: Sandbox, **more: str) -> str:
    asked = {"client_id": server.app.client_id, "scope": "commands,chat:write", "redirect_uri": BACK, "state": "s1"}
    return f"{server.root}/oauth/v2/authorize?{urlencode(asked | more)}"


async def _exchange(server: Sandbox, client: AsyncWebClient, code: str, **more: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "client_id": server.app.client_id,
        "client_secret": server.app.client_secret,
        "code": code,
        **more,
    }
    answer = (await client.oauth_v2_access(**said)).data
    assert isinstance(answer, dict)
    return answer


async def _error(doing: object) -> str:
    with pytest.raises(SlackApiError) as refused:
        await doing  # type: ignore[misc]
    return str(refused.value.response["error"])


async def test_somebody_agrees_and_the_app_gets_a_token(server: Sandbox, client: AsyncWebClient) -> None:
    team = server.team("Beta", installed=False)
    bob = team.person("Bob")
    back = URL(bob.accepts(_page(server)))
    assert (str(back.with_query(None)), back.query["state"]) == (BACK, "s1")
    got = await _exchange(server, client, back.query["code"], redirect_uri=BACK)
    assert (got["token_type"], got["scope"], got["access_token"]) == ("bot", "commands,chat:write", team.token)
    assert (got["team"], got["authed_user"]) == ({"id": team.id, "name": "Beta"}, {"id": bob.id})
    assert team.installation.installer == bob.id
    assert await _error(_exchange(server, client, back.query["code"])) == "code_already_used"


async def test_a_browser_may_do_the_same(server: Sandbox, client: AsyncWebClient) -> None:
    team = server.team("Beta", installed=False)
    async with aiohttp.ClientSession() as browser:
        async with browser.get(_page(server)) as page:
            text = await page.text()
        assert "Allow in Beta" in text
        async with browser.get(_page(server, agreed=team.id), allow_redirects=False) as answer:
            back = URL(answer.headers["Location"])
    assert await _exchange(server, client, back.query["code"])


async def test_what_does_not_fit_is_refused(server: Sandbox, client: AsyncWebClient) -> None:
    team = server.team("Beta", installed=False)
    bob = team.person("Bob")
    assert "error=access_denied&state=s1" in bob.refuses(_page(server))
    for wrong, error in (
        ({"client_id": "no"}, "invalid_client_id"),
        ({"redirect_uri": "https://elsewhere.invalid"}, "bad_redirect_uri"),
        ({"scope": "everything"}, "invalid_scope"),
    ):
        with pytest.raises(Refused, match=error):
            bob.accepts(_page(server, **wrong))
    code = URL(bob.accepts(_page(server))).query["code"]
    assert await _error(_exchange(server, client, "none")) == "invalid_code"
    assert await _error(_exchange(server, client, code, redirect_uri=f"{BACK}/x")) == "bad_redirect_uri"
    assert await _error(_exchange(server, client, code, client_secret="no")) == "bad_client_secret"
    server.passes(601)
    assert await _error(_exchange(server, client, code)) == "invalid_code"
    server.app.distributed = False
    server.team("Acme")
    code = URL(bob.accepts(_page(server))).query["code"]
    assert await _error(_exchange(server, client, code)) == "invalid_team_for_non_distributed_app"


async def test_a_second_installation_adds_scopes_to_the_same_token(server: Sandbox, client: AsyncWebClient) -> None:
    team = server.team("Beta", installed=False)
    bob = team.person("Bob")
    first = await _exchange(server, client, URL(bob.accepts(_page(server))).query["code"])
    second = await _exchange(server, client, URL(bob.accepts(_page(server, scope="users:read"))).query["code"])
    assert (first["access_token"], first["bot_user_id"]) == (second["access_token"], second["bot_user_id"])
    assert second["scope"] == "commands,chat:write,users:read"


async def test_tokens_rotate(server: Sandbox, client: AsyncWebClient) -> None:
    server.app.rotation = True
    team = server.team("Beta", installed=False)
    first = await _exchange(server, client, URL(team.person("Bob").accepts(_page(server))).query["code"])
    assert (first["expires_in"], str(first["access_token"])[:10]) == (43_200, "xoxe.xoxb-")
    renew = {"client_id": server.app.client_id, "client_secret": server.app.client_secret}
    renew |= {"grant_type": "refresh_token", "refresh_token": str(first["refresh_token"])}
    second = await client.oauth_v2_access(**renew)
    assert second["access_token"] not in ("", first["access_token"])
    assert await _error(client.oauth_v2_access(**renew)) == "invalid_refresh_token"
    server.passes(43_201)
    old = AsyncWebClient(str(first["access_token"]), base_url=server.url)
    assert await _error(old.auth_test()) == "token_expired"


async def test_a_lasting_token_is_exchanged_for_one_that_rotates(server: Sandbox, client: AsyncWebClient) -> None:
    team = server.team("Acme")
    lasting = team.token
    said = {"client_id": server.app.client_id, "client_secret": server.app.client_secret, "token": lasting}
    assert await _error(client.oauth_v2_exchange(**said)) == "token_rotation_not_enabled"
    server.app.rotation = True
    assert (await client.oauth_v2_exchange(**said))["refresh_token"]
    assert await _error(client.oauth_v2_exchange(**said)) == "invalid_token"
    assert team.token != lasting


@pytest.mark.parametrize("tokens_first", [False, True])
async def test_the_end_of_an_installation_is_told_in_either_order(
    server: Sandbox,
    team: TeamHandle,
    tokens_first: bool,  # noqa: FBT001
) -> None:
    general = team.channel("general")
    bot = team.bot
    async with by_http(server, team) as app:
        team.uninstalls(tokens_first=tokens_first)
        await server.delivered()
        assert app.events("tokens_revoked")[0]["tokens"] == {"oauth": [], "bot": [bot.id]}
        # both left at once; the one named first has the lower number
        kinds = [one["event"]["type"] for one in sorted(app.bodies, key=lambda one: str(one["event_id"]))]
        assert kinds == (
            ["tokens_revoked", "app_uninstalled"] if tokens_first else ["app_uninstalled", "tokens_revoked"]
        )
        assert (bot.deleted, bot.id in general.members) == (True, False)
        with pytest.raises(KeyError):
            _ = team.token
        team.install()
        assert team.bot is bot


async def test_an_app_takes_itself_out(server: Sandbox, team: TeamHandle) -> None:
    async with by_http(server, team) as app:
        assert (await app.client.auth_revoke(test=True))["revoked"] is False
        said = {"client_id": server.app.client_id, "client_secret": server.app.client_secret}
        await app.client.apps_uninstall(**said)
        await app.hears("app_uninstalled")
        assert await _error(app.client.auth_test()) == "account_inactive"


async def test_a_token_that_is_given_back_is_told_of(server: Sandbox, team: TeamHandle) -> None:
    async with by_http(server, team) as app:
        await app.client.auth_revoke()
        await app.hears("tokens_revoked")
        assert await _error(app.client.auth_test()) == "token_revoked"
        with pytest.raises(LookupError):
            _ = team.token
        team.install()
        assert team.token

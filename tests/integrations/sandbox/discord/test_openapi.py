"""What the sandbox says, and what clients say to it, agrees with the OpenAPI file that Discord publishes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from integrations.sandbox.discord.hub import Limits
from integrations.sandbox.discord.server import Sandbox, Settings
from integrations.sandbox.exchanges import Exchange
from tests.integrations.sandbox.discord.every_route import lives_through_everything
from tests.integrations.sandbox.discord.openapi import Contract
from tests.integrations.sandbox.discord.watched import Watched


@pytest.fixture(scope="module")
def contract(shared_data: Path) -> Contract:
    return Contract(shared_data / "discord-openapi" / "discord.json")


def breaches(contract: Contract, exchanges: list[Exchange]) -> Iterator[str]:
    for one in exchanges:
        yield from contract.breaches(one)


async def test_what_discord_py_asks_and_is_answered_agrees(contract: Contract, watched: Watched) -> None:
    await lives_through_everything(watched.server)
    assert watched.exchanges
    assert list(breaches(contract, watched.exchanges)) == []


REFUSED: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/channels/1", None),
    ("GET", "/guilds/1", None),
    ("GET", "/users/1", None),
    ("GET", "/guilds/{guild}/voice-states/1", None),
    ("GET", "/guilds/{guild}/scheduled-events/1", None),
    ("GET", "/guilds/{guild}/members?limit=5000", None),
    ("GET", "/channels/{channel}/messages/1", None),
    ("PUT", "/channels/{channel}/messages/1/reactions/x/@me", None),
    ("POST", "/channels/{channel}/messages", {"content": "x" * 2001}),
    ("POST", "/channels/{channel}/messages", {"embeds": [{"title": "x" * 257}]}),
    ("POST", "/channels/{channel}/messages", {}),
    ("POST", "/channels/{channel}/messages", {"content": 7}),
    ("POST", "/channels/{channel}/messages", b"not json"),
    ("POST", "/interactions/1/x/callback", {"type": 4}),
    ("POST", "/webhooks/1/x", {"content": "late"}),
)


@pytest.mark.parametrize(("method", "path", "said"), REFUSED)
async def test_a_refusal_agrees(contract: Contract, watched: Watched, method: str, path: str, said: Any) -> None:
    server, guild = watched.server, watched.server.guild("Garden")
    url = server.rest_url + path.format(guild=guild.id, channel=guild.text("general").id)
    body = {"data": said} if isinstance(said, bytes) else {"json": said}
    headers = {"Authorization": f"Bot {server.token}"}
    async with aiohttp.ClientSession() as session, session.request(method, url, headers=headers, **body) as answer:
        assert 400 <= answer.status < 500
    assert list(breaches(contract, watched.exchanges)) == []


async def test_too_many_requests_and_a_wrong_token_agree(contract: Contract) -> None:
    exchanges: list[Exchange] = []
    settings = Settings(limits=Limits(everywhere=(1, 60.0)), watch=exchanges.append)
    async with Sandbox(settings) as server, aiohttp.ClientSession() as session:
        for token in ("wrong", server.token, server.token):
            await session.get(f"{server.rest_url}/users/@me", headers={"Authorization": f"Bot {token}"})
    assert [one.status for one in exchanges] == [401, 200, 429]
    assert list(breaches(contract, exchanges)) == []


CHANNEL = {"id": "2", "type": 1, "flags": 0, "last_message_id": None, "recipients": []}


@pytest.mark.parametrize(
    ("exchange", "wrong"),
    [
        (Exchange("GET", "/nothing/here", {}, None, 404, None), "not in the file"),
        (Exchange("GET", "/channels/2", {"colour": "red"}, None, 200, CHANNEL), "query colour"),
        (Exchange("GET", "/channels/2/messages", {"limit": "many"}, None, 200, []), "query limit"),
        (Exchange("GET", "/channels/2", {}, None, 200, {**CHANNEL, "id": 2}), "told"),
        (Exchange("GET", "/channels/2", {}, None, 302, CHANNEL), "answered"),
        (Exchange("GET", "/channels/2", {}, None, 404, {"message": "Unknown Channel"}), "told"),
        (Exchange("POST", "/users/@me/channels", {}, {"recipient_id": "alice"}, 200, CHANNEL), "said"),
        (Exchange("POST", "/channels/2/typing", {}, {"how": "fast"}, 204, None), "has a body"),
        (Exchange("DELETE", "/channels/2/messages/3", {}, None, 204, {}), "nothing"),
    ],
)
def test_what_does_not_agree_is_found(contract: Contract, exchange: Exchange, wrong: str) -> None:
    agreeing = Exchange("GET", "/channels/2", {}, None, 200, CHANNEL)
    assert contract.breaches(agreeing) == []
    assert [wrong in one for one in contract.breaches(exchange)] == [True]


@pytest.mark.parametrize(
    ("said", "status", "wrong"),
    [
        ({"recipient_id": "7"}, 200, []),
        ({"recipient_id": "7", "colour": "red"}, 200, ["said : Unevaluated"]),
        ({"recipient_id": "alice"}, 400, ["said recipient_id"]),
    ],
)
def test_strict_contract_takes_nothing_unknown_and_looks_at_what_is_refused(
    shared_data: Path, said: object, status: int, wrong: list[str]
) -> None:
    contract = Contract(shared_data / "discord-openapi" / "discord.json", strict=True)
    answer = CHANNEL if status == 200 else {"code": 50035, "message": "Invalid Form Body"}
    found = contract.breaches(Exchange("POST", "/users/@me/channels", {}, said, status, answer))
    assert [one in breach for one, breach in zip(wrong, found, strict=True)] == [True] * len(wrong)

"""How the REST interface refuses, through the real discord.py."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.sandbox.discord.permissions import EVERYBODY, Permission
from integrations.sandbox.discord.server import Sandbox
from tests.integrations.sandbox.discord.clients import Client, connected
from tests.integrations.sandbox.discord.library import discord


@pytest.mark.parametrize(
    ("taken", "code"),
    [(Permission.SEND_MESSAGES, 50013), (Permission.VIEW_CHANNEL, 50001)],
)
async def test_missing_permissions_refuse(server: Sandbox, taken: Permission, code: int) -> None:
    guild = server.guild("Garden", bot_permissions=0)
    general = guild.text("general")
    guild.guild.roles[guild.id].permissions = int(EVERYBODY & ~taken)
    async with connected(server, Client()) as client:
        with pytest.raises(discord.Forbidden) as refused:
            await client.http.send_message(general.id, params=discord.http.handle_message_parameters("x"))
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"content": "x" * 2001}, 50035, "content"),
        ({"content": ""}, 50006, None),
        ({"content": "x", "message_reference": {"message_id": "1"}}, 50035, "message_reference"),
        ({"embeds": [{"title": "t"}] * 11}, 50035, "embeds"),
        ({"content": "x", "nonce": "n" * 26, "enforce_nonce": True}, 50035, "nonce"),
        ({"poll": {"question": {"text": "q"}, "answers": []}}, 50035, "poll"),
        ({"content": "x", "components": [{"no": "type"}]}, 50035, None),
        ({"content": 7}, 50035, "content"),
    ],
)
async def test_wrong_messages_refuse(server: Sandbox, body: dict[str, Any], code: int, field: str | None) -> None:
    general = server.guild("Garden").text("general")
    async with connected(server, Client()) as client:
        route = discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=general.id)
        with pytest.raises(discord.HTTPException) as refused:
            await client.http.request(route, json=body)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert field is None or f"In {field}" in refused.value.text
    assert general.messages == {}
    assert server.ledger.sent() == []


async def test_unknown_things_and_routes_are_not_found(server: Sandbox) -> None:
    guild = server.guild("Garden")
    async with connected(server, Client()) as client:
        for path, code in (
            ("/channels/1", 10003),
            ("/guilds/1", 10004),
            ("/users/1", 10013),
            (f"/guilds/{guild.id}/scheduled-events/1", 10070),
            (f"/guilds/{guild.id}/voice-states/1", 10065),
            ("/nothing/here", 0),
        ):
            with pytest.raises(discord.NotFound) as refused:
                await client.http.request(discord.http.Route("GET", path))
            assert refused.value.code == code


async def test_mentions_reach_only_whom_the_bot_allowed(server: Sandbox) -> None:
    guild = server.guild("Garden")
    general, alice = guild.text("general"), guild.person("alice")
    async with connected(server, Client()) as client:
        channel = client.get_channel(general.id)
        assert isinstance(channel, discord.TextChannel)
        text = f"@everyone {alice.mention}"
        silent = await channel.send(text, allowed_mentions=discord.AllowedMentions.none())
        loud = await channel.send(text)
    assert (silent.mention_everyone, silent.raw_mentions, silent.mentions) == (False, [alice.id], [])
    assert (loud.mention_everyone, [one.id for one in loud.mentions]) == (True, [alice.id])

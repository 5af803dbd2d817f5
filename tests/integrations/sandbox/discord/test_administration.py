"""The audit log and the questions to newcomers, as the real discord.py reads them."""

from __future__ import annotations

import pytest

from integrations.sandbox.discord.permissions import EVERYBODY
from integrations.sandbox.discord.server import Sandbox
from tests.integrations.sandbox.discord.clients import USUAL, Client, connected
from tests.integrations.sandbox.discord.library import discord

DAY_MS = 86_400_000
Action = discord.AuditLogAction
MODERATION = discord.Intents(USUAL.value | discord.Intents.moderation.flag)


async def test_roles_given_and_taken_stand_in_the_audit_log(server: Sandbox) -> None:
    guild = server.guild("Garden")
    alice, gardener = guild.person("alice"), guild.role("gardener")
    await alice.gets_role(guild, gardener)
    await alice.loses_role(guild, gardener)
    async with connected(server, Client()) as client:
        found = [one async for one in client.guilds[0].audit_logs(action=Action.member_role_update)]
    taken, given = found
    assert [one.target.id for one in found if one.target is not None] == [alice.id, alice.id]
    assert {one.user_id for one in found} == {guild.guild.owner_id}
    assert [one.id for one in given.after.roles] == [one.id for one in taken.before.roles] == [gardener.id]


async def test_what_the_bot_does_stands_in_the_audit_log_with_its_reason(server: Sandbox) -> None:
    guild = server.guild("Garden")
    alice, general = guild.person("alice"), guild.text("general")
    written = await alice.says(general, "hello")
    async with connected(server, Client()) as client:
        garden, bot = client.guilds[0], server.world.bot.id
        role = await garden.create_role(name="gardener", reason="for those who plant; ä")
        channel = await garden.create_text_channel("plants")
        await channel.edit(topic="what grows")
        await channel.delete()
        here = client.get_channel(general.id)
        assert isinstance(here, discord.TextChannel)
        message = await here.fetch_message(written.id)
        await message.pin()
        await message.delete()
        own = await here.send("mine")
        await own.delete()
        found = [one async for one in garden.audit_logs(user=discord.Object(bot), oldest_first=True)]
    assert [one.action for one in found] == [
        Action.role_create, Action.channel_create, Action.channel_update, Action.channel_delete,
        Action.message_pin, Action.message_delete,
    ]  # fmt: skip
    assert (found[0].reason, found[0].after.name) == ("for those who plant; ä", role.name)
    assert (found[2].before.topic, found[2].after.topic) == (None, "what grows")
    assert found[5].target is not None
    assert found[5].target.id == alice.id


async def test_the_audit_log_comes_in_pages_both_ways_and_reaches_back_45_days(server: Sandbox) -> None:
    guild, now = server.guild("Garden"), server.world.clock()
    alice, gardener = guild.person("alice"), guild.role("gardener")
    for number in range(130):
        when = alice.at(now - 44 * DAY_MS + number)
        await (when.loses_role if number % 2 else when.gets_role)(guild, gardener)
    await alice.at(now - 46 * DAY_MS).gets_role(guild, gardener)
    async with connected(server, Client()) as client:
        garden, moved = client.guilds[0], Action.member_role_update
        newest = [one.id async for one in garden.audit_logs(action=moved, limit=None)]
        oldest = [one.id async for one in garden.audit_logs(action=moved, limit=None, oldest_first=True)]
        latest = [one.id async for one in garden.audit_logs(action=moved, limit=3)]
    assert len(newest) == 130
    assert oldest == newest[::-1] == sorted(newest)
    assert latest == newest[:3]


async def test_entries_are_told_to_sessions_with_the_intent_and_the_permission(server: Sandbox) -> None:
    guild = server.guild("Garden")
    alice, gardener = guild.person("alice"), guild.role("gardener")
    async with connected(server, Client(intents=MODERATION)) as client:
        await alice.gets_role(guild, gardener)
        told = await client.hears("audit_log_entry_create")
        guild.allow_bot(int(EVERYBODY))
        await alice.loses_role(guild, gardener)
        await alice.says(guild.text("general"), "after that")
        await client.hears("message")
        with pytest.raises(discord.Forbidden) as refused:
            _ = [one async for one in client.guilds[0].audit_logs()]
        assert len(client.of("audit_log_entry_create")) == 1
    assert (told.action, told.target.id) == (Action.member_role_update, alice.id)
    assert refused.value.code == 50013


async def test_newcomers_are_asked_and_choose_roles(server: Sandbox) -> None:
    guild, bob = server.guild("Garden"), server.person("bob")
    grower, _ = guild.asks_newcomers("What brings you here?", ["grower", "reader"])
    intents = discord.Intents(USUAL.value | discord.Intents.members.flag)
    async with connected(server, Client(intents=intents)) as client:
        await bob.joins(guild, pending=True)
        await bob.completes_onboarding(guild, grower)
        await client.hears("member_update", 2)
        after = client.of("member_update")[-1][1]
        onboarding = await client.guilds[0].onboarding()
    assert (after.flags.completed_onboarding, after.pending) == (True, False)
    assert [one.name for one in after.roles] == ["@everyone", "grower"]
    assert onboarding.enabled
    assert [one.title for one in onboarding.prompts] == ["What brings you here?"]
    assert [one.title for one in onboarding.prompts[0].options] == ["grower", "reader"]
    assert [role.id for role in onboarding.prompts[0].options[0].roles] == [grower.id]

"""The real discord.py answers commands, buttons, menus and forms; the sandbox keeps Discord's deadlines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from integrations.sandbox.discord.model import Channel
from integrations.sandbox.discord.people import Person
from integrations.sandbox.discord.permissions import Permission
from integrations.sandbox.discord.server import Sandbox, Settings
from tests.integrations.sandbox.discord.clients import Client, connected
from tests.integrations.sandbox.discord.conftest import LIFTED
from tests.integrations.sandbox.discord.library import app_commands, discord


class Survey(discord.ui.View):
    """A button that opens a form, one that answers, and a menu."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Yes", custom_id="yes")
    async def yes(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        await interaction.response.edit_message(content="thank you", view=None)

    @discord.ui.button(label="More", custom_id="more")
    async def more(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        await interaction.response.send_modal(Why())

    @discord.ui.select(custom_id="which", options=[discord.SelectOption(label=one) for one in "ab"])
    async def which(self, interaction: discord.Interaction, select: discord.ui.Select[Any]) -> None:
        await interaction.response.send_message(f"chose {select.values[0]}", ephemeral=True)


class Why(discord.ui.Modal, title="Why?"):
    """A form with one field."""

    reason: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Reason", custom_id="reason")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send(f"you wrote {self.reason.value}")
        await interaction.followup.send("and more", ephemeral=True)


def with_commands() -> Client:
    """A client with a group of commands."""
    client = Client()
    group = app_commands.Group(name="cairn", description="What the bot does")

    @group.command(name="me", description="Where I am")
    async def me(interaction: discord.Interaction, days: int = 7) -> None:
        await interaction.response.send_message(f"{interaction.user.name} {days}", ephemeral=True)

    @group.command(name="ask", description="Ask everybody")
    async def ask(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Well?", view=Survey())

    @group.command(name="never", description="Never answers")
    async def never(_: discord.Interaction) -> None:
        return

    @me.autocomplete("days")
    async def suggest(_: discord.Interaction, current: str) -> list[app_commands.Choice[int]]:
        return [app_commands.Choice(name=f"{current} days", value=3)]

    client.tree.add_command(group)
    hidden: app_commands.Command[Any, ..., None] = app_commands.Command(
        name="hidden", description="For few", callback=never.callback
    )
    hidden.default_permissions = discord.Permissions(manage_guild=True)
    client.tree.add_command(hidden)
    menu = app_commands.ContextMenu(name="Thanks", callback=thanks)
    client.tree.add_command(menu)
    return client


async def thanks(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"thanks to {message.author.name} for {message.content}")


@asynccontextmanager
async def garden(server: Sandbox) -> AsyncIterator[tuple[Client, Person, Channel]]:
    """Connect a client with its commands to a guild, where Alice is in the channel general."""
    guild = server.guild("Garden")
    alice, general = guild.person("alice"), guild.text("general")
    async with connected(server, with_commands()) as client:
        await client.tree.sync()
        yield client, alice, general


async def test_a_command_is_answered_privately(server: Sandbox) -> None:
    async with garden(server) as (_, alice, general):
        usual = await (await alice.uses(general, "/cairn me")).answered()
        chosen = await (await alice.uses(general, "/cairn me", {"days": 30})).answered()
    assert (usual.message.content, chosen.message.content) == ("alice 7", "alice 30")
    assert usual.private
    assert general.messages == {}


async def test_a_command_in_a_direct_conversation_has_no_guild(server: Sandbox) -> None:
    alice = server.guild("Garden").person("alice")
    async with connected(server, with_commands()) as client:
        await client.tree.sync()
        used = await (await alice.uses(alice.dm, "/cairn me")).answered()
        heard = await client.hears("interaction")
    assert used.message.content == "alice 7"
    assert (heard.guild_id, heard.context.dm_channel) == (None, True)


async def test_an_app_of_the_early_years_has_another_id_than_its_bot() -> None:
    async with Sandbox(Settings(limits=LIFTED, old_app=True)) as server:
        guild = server.guild("Garden")
        alice, general = guild.person("alice"), guild.text("general")
        async with connected(server, with_commands()) as client:
            await client.tree.sync()
            used = await (await alice.uses(general, "/cairn me")).answered()
            asked = await (await alice.uses(general, "/cairn ask")).answered()
            assert client.user is not None
            assert client.user.id == asked.message.author_id != client.application_id
    assert used.message.content == "alice 7"


async def test_commands_that_are_unknown_or_hidden_cannot_be_used(server: Sandbox) -> None:
    guild = server.guild("Garden")
    alice, general = guild.person("alice"), guild.text("general")
    async with connected(server, with_commands()) as client:
        with pytest.raises(ValueError, match="no such command"):
            await alice.uses(general, "/cairn me")
        await client.tree.sync()
        with pytest.raises(ValueError, match="does not see"):
            await alice.uses(general, "/hidden")
        with pytest.raises(ValueError, match="with parts"):
            await alice.uses(general, "/cairn")
        await alice.gets_role(guild, guild.role("manager", int(Permission.MANAGE_GUILD)))
        await alice.uses(general, "/hidden")
        await client.hears("interaction")


async def test_synced_commands_keep_their_ids_and_can_be_a_guilds_own(server: Sandbox) -> None:
    guild = server.guild("Garden")
    async with connected(server, with_commands()) as client:
        before = {one.name: one.id for one in await client.tree.sync()}
        after = {one.name: one.id for one in await client.tree.sync()}
        client.tree.copy_global_to(guild=discord.Object(guild.id))
        own = await client.tree.sync(guild=discord.Object(guild.id))
        fetched = await client.tree.fetch_commands()
    assert before == after == {one.name: one.id for one in fetched}
    assert {one.guild_id for one in own} == {guild.id}


async def test_a_button_changes_its_message_and_cannot_be_clicked_again(server: Sandbox) -> None:
    async with garden(server) as (client, alice, general):
        asked = await (await alice.uses(general, "/cairn ask")).answered()
        clicked = await (await alice.clicks(asked.message, "yes")).answered()
        assert clicked.message is asked.message
        assert asked.message.content == "thank you"
        with pytest.raises(ValueError, match="no such component"):
            await alice.clicks(asked.message, "yes")
        changed = await client.hears("raw_message_edit")
    assert (changed.message_id, changed.data["content"]) == (asked.message.id, "thank you")


async def test_a_menu_gives_its_values(server: Sandbox) -> None:
    async with garden(server) as (_, alice, general):
        asked = await (await alice.uses(general, "/cairn ask")).answered()
        chosen = await (await alice.chooses(asked.message, "which", ["b"])).answered()
        with pytest.raises(ValueError, match="does not offer"):
            await alice.chooses(asked.message, "which", ["c"])
    assert chosen.message.content == "chose b"


async def test_a_form_is_sent_and_answered_late_with_a_follow_up(server: Sandbox) -> None:
    async with garden(server) as (_, alice, general):
        asked = await (await alice.uses(general, "/cairn ask")).answered()
        form = await (await alice.clicks(asked.message, "more")).answered()
        assert form.form["title"] == "Why?"
        with pytest.raises(ValueError, match="no field"):
            await alice.submits(form, {"unknown": "x"})
        sent = await (await alice.submits(form, {"reason": "because"})).said(2)
    assert sent.message.content == "you wrote because"
    assert [one.content for one in sent.more] == ["and more"]
    assert sent.private


async def test_typing_gets_suggestions_and_menu_commands_their_message(server: Sandbox) -> None:
    async with garden(server) as (_, alice, general):
        typed = await (await alice.types(general, "/cairn me", "days", "3")).answered()
        helpful = await alice.says(general, "help")
        thanked = await (await alice.uses_on(helpful, "Thanks", general)).answered()
    assert [one["name"] for one in typed.choices] == ["3 days"]
    assert thanked.message.content == "thanks to alice for help"


async def test_a_late_answer_is_refused_and_the_token_ends() -> None:
    now = [0.0]
    async with Sandbox(Settings(limits=LIFTED, timer=lambda: now[0])) as server:
        guild = server.guild("Garden")
        alice, general = guild.person("alice"), guild.text("general")
        async with connected(server, with_commands()) as client:
            await client.tree.sync()
            await alice.uses(general, "/cairn never")
            late = await client.hears("interaction")
            now[0] += 3.1
            with pytest.raises(discord.NotFound) as refused:
                await late.response.send_message("late")
            await (await alice.uses(general, "/cairn me")).answered()
            answered = client.of("interaction")[-1]
            with pytest.raises(discord.HTTPException) as twice:
                await client.http.request(
                    discord.http.Route("POST", f"/interactions/{answered.id}/{answered.token}/callback"),
                    json={"type": 4, "data": {"content": "again"}},
                )
            now[0] += 899
            await answered.followup.send("still")
            now[0] += 2
            with pytest.raises(discord.HTTPException) as ended:
                await answered.followup.send("no more")
    assert (refused.value.code, twice.value.code, ended.value.code) == (10062, 40060, 50027)


async def test_an_interaction_nobody_answers_times_out_for_the_person(server: Sandbox) -> None:
    async with garden(server) as (client, alice, general):
        unanswered = await alice.uses(general, "/cairn never")
        await client.hears("interaction")
        with pytest.raises(TimeoutError):
            await unanswered.answered(within=0.01)
        with pytest.raises(LookupError):
            _ = unanswered.message


async def test_the_ledger_has_each_interaction_and_its_answer(server: Sandbox) -> None:
    async with garden(server) as (_, alice, general):
        used = await (await alice.uses(general, "/cairn me")).answered()
        await asyncio.sleep(0)
    begun = server.ledger.acts("command")
    answers = server.ledger.requests("POST", "/interactions/{interaction_id}/{interaction_token}/callback")
    assert [(one.who, one.what) for one in begun] == [(str(alice.id), str(used.pending.id))]
    assert answers[0].values["interaction"] == str(used.pending.id)
    assert "interaction_token" not in answers[0].path

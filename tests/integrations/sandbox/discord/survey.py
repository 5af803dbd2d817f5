"""A survey in discord.py's terms: buttons, menus, a form, and a message in the newer layout."""

from __future__ import annotations

from typing import Any

from tests.integrations.sandbox.discord.library import discord


class Survey(discord.ui.View):
    """A button, a menu, and a link."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.add_item(discord.ui.Button(label="Read more", url="https://example.org"))

    @discord.ui.button(label="Yes", custom_id="yes", emoji="👍")
    async def yes(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        await interaction.response.edit_message(content="thank you")

    @discord.ui.button(label="More", custom_id="more", style=discord.ButtonStyle.primary)
    async def more(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        await interaction.response.send_modal(Why())

    @discord.ui.select(custom_id="which", options=[discord.SelectOption(label=one) for one in "ab"])
    async def which(self, interaction: discord.Interaction, select: discord.ui.Select[Any]) -> None:
        await interaction.response.defer()
        await interaction.followup.send(f"chose {select.values[0]}", ephemeral=True, view=Survey())

    @discord.ui.select(cls=discord.ui.UserSelect, custom_id="who", max_values=3)
    async def who(self, interaction: discord.Interaction, select: discord.ui.UserSelect[Any]) -> None:
        await interaction.response.send_message(f"chose {len(select.values)}")


class Why(discord.ui.Modal, title="Why?"):
    """A form with a text and a choice."""

    reason: discord.ui.Label[Any] = discord.ui.Label(
        text="Reason", description="In short", component=discord.ui.TextInput(custom_id="reason", max_length=100)
    )
    how: discord.ui.Label[Any] = discord.ui.Label(
        text="How", component=discord.ui.Select(custom_id="how", options=[discord.SelectOption(label="a")])
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        said = await interaction.followup.send("noted", wait=True)
        more = await interaction.followup.send("and more", wait=True)
        await more.edit(content="and still more")
        await more.delete()
        await said.edit(content="all noted")
        await interaction.original_response()
        await interaction.edit_original_response(embed=discord.Embed(title="t").add_field(name="a", value="b"))
        await interaction.delete_original_response()


def layout() -> discord.ui.LayoutView:
    view = discord.ui.LayoutView(timeout=None)
    section: discord.ui.Section[Any] = discord.ui.Section(
        discord.ui.TextDisplay("A step for you"), accessory=discord.ui.Button(label="See", custom_id="see")
    )
    view.add_item(discord.ui.Container(section, discord.ui.Separator(), discord.ui.TextDisplay("and why")))
    return view

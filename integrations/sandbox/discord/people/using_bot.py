"""Using the bot: commands, buttons, menus, forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.sandbox.discord import using
from integrations.sandbox.discord.model import Channel, Message
from integrations.sandbox.discord.people.somebody import Somebody
from integrations.sandbox.discord.using import Use


class UsingBot(Somebody):
    """Interactions, each of which gives a `Use` to look at what the bot answers."""

    __slots__ = ()

    async def uses(self, channel: Channel, command: str, options: Mapping[str, Any] | None = None) -> Use:
        """Use a slash command, such as `/cairn me`. Raises ValueError for one that was not registered or is hidden.

        People, roles and channels are given as themselves, files as `Upload`.
        """
        return using.command(self.hub, self.by, channel, command, options or {})

    async def uses_on(self, target: Message | Somebody, command: str, channel: Channel) -> Use:
        """Use a command of the menu of a message or of a person."""
        about = target if isinstance(target, Message) else target.user
        return using.menu_command(self.hub, self.by, channel, command, about)

    async def types(self, channel: Channel, command: str, option: str, text: str) -> Use:
        """Type into an option that completes itself; the bot's suggestions are its `choices`."""
        return using.autocomplete(self.hub, self.by, channel, command, (option, text))

    async def clicks(self, message: Message, custom_id: str) -> Use:
        """Click a button. Raises ValueError where the message has none such, or it is disabled."""
        return using.click(self.hub, self.by, message, custom_id)

    async def chooses(self, message: Message, custom_id: str, values: Sequence[str]) -> Use:
        """Choose in a select menu."""
        return using.choose(self.hub, self.by, message, custom_id, values)

    async def submits(self, form: Use, values: Mapping[str, Any]) -> Use:
        """Fill in the form with which the bot answered, by the custom ids of its fields, and send it.

        People, roles and channels are given as themselves, files as `Upload`.
        """
        return using.submit(self.hub, self.by, form, values)

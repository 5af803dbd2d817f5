"""Writing and reacting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from integrations.sandbox.discord.changes import messages, reactions
from integrations.sandbox.discord.changes.messages import Draft
from integrations.sandbox.discord.model import Channel, Emoji, Message, MessageType
from integrations.sandbox.discord.people.somebody import Somebody, emoji_of, reference


class Writing(Somebody):
    """Messages and reactions."""

    __slots__ = ()

    async def says(
        self,
        channel: Channel,
        text: str,
        replies_to: Message | None = None,
        mentions: Sequence[Somebody] = (),
        *,
        pings: bool = True,
    ) -> Message:
        """Write a message, or a reply, which `pings` whom it answers. Those in `mentions` are named at its end."""
        whole = " ".join([self.hub.marked(text), *(person.mention for person in mentions)])
        about = None if replies_to is None else reference(replies_to)
        kind = MessageType.DEFAULT if about is None else MessageType.REPLY
        return messages.post(self.hub, self.by, channel, Draft(whole, kind, about, pings))

    async def writes_to_bot(self, text: str) -> Message:
        """Write a direct message to the bot."""
        return messages.post(self.hub, self.by, self.hub.world.dm(self.id), Draft(self.hub.marked(text)))

    async def forwards(self, message: Message, channel: Channel) -> Message:
        """Forward a message to another channel."""
        return messages.post(self.hub, self.by, channel, Draft(reference=replace(reference(message), kind=1)))

    async def causes(self, channel: Channel, kind: int) -> Message:
        """Cause one of Discord's own messages, by its number (8 is a boost); it is nothing that this person wrote."""
        return messages.post(self.hub, self.by, channel, Draft(type=kind))

    async def edits(self, message: Message, text: str) -> None:
        """Change the text of an own message."""
        messages.edit(self.hub, self.by, message, {"content": self.hub.marked(text)})

    async def deletes(self, *gone: Message) -> None:
        """Delete a message, or several of a channel at once."""
        if len(gone) == 1:
            messages.delete(self.hub, self.by, gone[0])
        else:
            messages.delete_many(self.hub, self.by, self.hub.home(gone[0]), gone)

    async def pins(self, message: Message) -> None:
        """Pin a message."""
        messages.pin(self.hub, self.by, message, on=True)

    async def reacts(self, message: Message, emoji: str | Emoji) -> None:
        """React to a message."""
        reactions.add(self.hub, self.by, message, emoji_of(emoji))

    async def takes_back(self, message: Message, emoji: str | Emoji) -> None:
        """Take an own reaction back."""
        reactions.remove(self.hub, self.by, message, emoji_of(emoji), self.id)

    async def clears_reactions(self, message: Message, emoji: str | Emoji | None = None) -> None:
        """Take all reactions off a message, or all with one emoji, as a moderator does."""
        reactions.clear(self.hub, self.by, message, None if emoji is None else emoji_of(emoji))

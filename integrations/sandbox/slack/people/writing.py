"""Writing and reacting."""

from __future__ import annotations

from collections.abc import Sequence

from integrations.sandbox.slack.changes import messages, reactions
from integrations.sandbox.slack.changes.messages import Draft
from integrations.sandbox.slack.model import Channel, Message, User
from integrations.sandbox.slack.people.somebody import Somebody
from integrations.sandbox.slack.text import escape


class Writing(Somebody):
    """Messages and reactions."""

    __slots__ = ()

    async def says(self, channel: Channel, text: str, mentions: Sequence[Somebody | User] = ()) -> Message:
        """Write a message. Those in `mentions` are named at its end."""
        return messages.post(self.hub, self.by, channel, Draft(_whole(text, mentions)))

    async def replies(
        self, message: Message, text: str, mentions: Sequence[Somebody | User] = (), *, broadcast: bool = False
    ) -> Message:
        """Answer in a message's thread; `broadcast` shows the answer in the channel too."""
        root = message.thread_ts or message.ts
        draft = Draft(_whole(text, mentions), thread_ts=root, broadcast=broadcast)
        return messages.post(self.hub, self.by, self.hub.home(message), draft)

    async def mentions(self, channel: Channel, *people: Somebody | User, text: str = "look") -> Message:
        """Write a message that names people or bots."""
        return await self.says(channel, text, people)

    async def writes_to_bot(self, text: str) -> Message:
        """Write a direct message to the app's bot."""
        return await self.says(self.dm, text)

    async def acts(self, channel: Channel, text: str) -> Message:
        """Write in the third person (`/me`)."""
        return messages.post(self.hub, self.by, channel, Draft(escape(text), "me_message"))

    async def causes(self, channel: Channel, subtype: str, text: str = "") -> Message:
        """Cause a message of any subtype; it is nothing that this person wrote."""
        return messages.post(self.hub, self.by, channel, Draft(text, subtype))

    async def edits(self, message: Message, text: str) -> None:
        """Change the text of an own message."""
        messages.edit(self.hub, self.by, message, {"text": escape(text), "blocks": []})

    async def deletes(self, *gone: Message) -> None:
        """Delete messages."""
        for one in gone:
            messages.delete(self.hub, self.by, one)

    async def reacts(self, message: Message, emoji: str) -> None:
        """React to a message with an emoji, by its name without colons."""
        reactions.add(self.hub, self.by, message, emoji.strip(":"))

    async def takes_back(self, message: Message, emoji: str) -> None:
        """Take an own reaction back."""
        reactions.remove(self.hub, self.by, message, emoji.strip(":"))


def _whole(text: str, mentions: Sequence[Somebody | User]) -> str:
    return " ".join([escape(text), *(f"<@{one.id}>" for one in mentions)])

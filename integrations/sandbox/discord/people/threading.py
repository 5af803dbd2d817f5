"""Threads and forum posts."""

from __future__ import annotations

from collections.abc import Sequence

from integrations.sandbox.discord.changes import messages, threads
from integrations.sandbox.discord.changes.messages import Draft
from integrations.sandbox.discord.changes.threads import Opening
from integrations.sandbox.discord.model import Channel, Message, MessageType, Reference
from integrations.sandbox.discord.people.somebody import Somebody, reference

_HAS_THREAD = 1 << 5


class Threading(Somebody):
    """Opening threads, being in them, ending them."""

    __slots__ = ()

    async def opens_thread(self, place: Channel | Message, name: str, *, private: bool = False) -> Channel:
        """Open a thread on a message, or one of its own in a channel (which a message of the channel tells)."""
        if isinstance(place, Message):
            return self._thread_on(place, name)
        made = threads.open_thread(self.hub, self.by, place, Opening(name, private=private))
        if not private:
            told = Draft(name, MessageType.THREAD_CREATED, Reference(made.id, made.id, made.guild_id), pings=False)
            messages.post(self.hub, self.by, place, told)
        return made

    def _thread_on(self, message: Message, name: str) -> Channel:
        made = threads.open_thread(self.hub, self.by, self.hub.home(message), Opening(name, message.id))
        message.thread_id, message.flags = made.id, message.flags | _HAS_THREAD
        messages.told(self.hub, self.by, message)
        told = Draft("", MessageType.THREAD_STARTER, reference(message), pings=False)
        messages.post(self.hub, self.by, made, told)
        return made

    async def posts(self, forum: Channel, title: str, text: str = "first", tags: Sequence[str] = ()) -> Channel:
        """Post in a forum; the first message has the post's own id."""
        chosen = tuple(number for number, name in forum.tags.items() if name in tags)
        made = threads.open_thread(self.hub, self.by, forum, Opening(title, tags=chosen))
        messages.post(self.hub, self.by, made, Draft(self.hub.marked(text)), number=made.id)
        return made

    async def joins_thread(self, thread: Channel) -> None:
        """Become a member of a thread."""
        threads.add_member(self.hub, self.by, thread, self.id)

    async def leaves_thread(self, thread: Channel) -> None:
        """Leave a thread."""
        threads.remove_member(self.hub, self.by, thread, self.id)

    async def archives(self, thread: Channel) -> None:
        """Archive a thread."""
        threads.update(self.hub, self.by, thread, archived=True)

    async def deletes_thread(self, thread: Channel) -> None:
        """Delete a thread with all that is in it."""
        threads.delete(self.hub, self.by, thread)

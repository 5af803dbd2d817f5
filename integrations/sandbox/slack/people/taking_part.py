"""Huddles, files, pins, and times in which one is not to be disturbed."""

from __future__ import annotations

from integrations.sandbox.slack.changes import files, huddles, pins
from integrations.sandbox.slack.changes.messages import Draft
from integrations.sandbox.slack.model import Channel, Json, Message
from integrations.sandbox.slack.people.somebody import Somebody
from integrations.sandbox.slack.text import escape


class TakingPart(Somebody):
    """What people do beside writing."""

    __slots__ = ()

    async def huddles(self, channel: Channel) -> Message:
        """Begin a huddle in a channel or come to the one that is going on; returns its message, with the `room`."""
        return huddles.come(self.hub, self.by, channel)

    async def leaves_huddle(self) -> None:
        """Leave the huddle; the last one ends it."""
        huddles.leave(self.hub, self.by)

    async def shares(self, channel: Channel, name: str, content: bytes = b"file", text: str = "") -> Message:
        """Share a file in a channel."""
        team = self.hub.world.teams[self.user.team_id]
        made = files.announce(self.hub, self.by, team, name, len(content))
        made.content = content
        return files.share(self.hub, self.by, channel, [made], Draft(escape(text)))

    async def pins(self, message: Message) -> None:
        """Pin a message."""
        pins.pin(self.hub, self.by, message)

    async def unpins(self, message: Message) -> None:
        """Take a pin off."""
        pins.pin(self.hub, self.by, message, on=False)

    async def wants_quiet(self, start: int, end: int) -> None:
        """Not be disturbed between two moments in ms; 0 and 0 ends that."""
        self.user.quiet = (start, end)
        status: Json = {
            "dnd_enabled": bool(end),
            "next_dnd_start_ts": start // 1000 or 1,
            "next_dnd_end_ts": end // 1000 or 1,
        }
        event = {"type": "dnd_updated_user", "user": self.id, "dnd_status": status}
        self.hub.tell(self.by, self.user.team_id, event | {"event_ts": self.hub.event_stamp(self.by)})

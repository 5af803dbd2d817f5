"""Files: announced, uploaded, shared in channels."""

from __future__ import annotations

from collections.abc import Sequence

from integrations.sandbox.slack.changes import messages
from integrations.sandbox.slack.changes.messages import Draft
from integrations.sandbox.slack.hub import By, Hub
from integrations.sandbox.slack.model import Channel, File, Message, Team


def announce(hub: Hub, by: By, team: Team, name: str, length: int) -> File:
    """Make room for a file that is about to be uploaded."""
    made = File(hub.world.ids.new("F"), team.id, by.user_id, name, length, hub.now(by))
    team.files[made.id] = hub.world.files[made.id] = made
    return made


def share(hub: Hub, by: By, channel: Channel, files: Sequence[File], draft: Draft) -> Message:
    """Share files in a channel, by one message."""
    for one in files:
        one.done = True
        one.channels = list(dict.fromkeys((*one.channels, channel.id)))
        event = {"type": "file_shared", "file_id": one.id, "user_id": by.user_id, "file": {"id": one.id}}
        hub.tell_in(by, channel, event | {"channel_id": channel.id, "event_ts": hub.event_stamp(by)})
    names = tuple(one.id for one in files)
    return messages.post(
        hub, by, channel, Draft(draft.text, "file_share", draft.thread_ts, False, draft.blocks, files=names)
    )

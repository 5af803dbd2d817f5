"""Channels: made, renamed, archived, shared, deleted."""

from __future__ import annotations

from integrations.sandbox.slack.changes import messages
from integrations.sandbox.slack.changes.messages import Draft
from integrations.sandbox.slack.hub import By, Hub
from integrations.sandbox.slack.model import Channel, Json, Kind, Team
from integrations.sandbox.slack.payloads.channels import created, renamed


def make(hub: Hub, by: By, team: Team, name: str, kind: Kind = Kind.CHANNEL) -> Channel:
    """Make a channel with its creator in it. Apps hear of public ones."""
    made = hub.world.channel(team, name, kind, by.user_id)
    made.created = hub.now(by)
    made.general = name == "general"
    made.members[by.user_id] = made.created
    if kind == Kind.CHANNEL:
        hub.tell(by, team.id, {"type": "channel_created", "channel": created(made), "event_ts": hub.event_stamp(by)})
    hub.wake()
    return made


def rename(hub: Hub, by: By, channel: Channel, name: str) -> None:
    """Give a channel another name."""
    before, channel.name = channel.name, name
    channel.previous_names.insert(0, before)
    channel.updated = hub.now(by)
    _tell(hub, by, channel, {"type": _sub(channel, "rename"), "channel": renamed(channel)})
    more = {"old_name": before, "name": name}
    messages.post(hub, by, channel, Draft(f"has renamed the channel to {name}", _sub(channel, "name"), extra=more))


def archive(hub: Hub, by: By, channel: Channel, *, on: bool = True) -> None:
    """Archive a channel, or bring it back; nobody is in an archived one any more but those who were."""
    name = "archive" if on else "unarchive"
    _tell(hub, by, channel, {"type": _sub(channel, name), "channel": channel.id, "user": by.user_id})
    if on:
        messages.post(hub, by, channel, Draft("archived the channel", _sub(channel, "archive")))
    channel.archived = on
    hub.note(by, f"channel_{name}", channel)


def delete(hub: Hub, by: By, channel: Channel) -> None:
    """Delete a channel with all that is in it."""
    _tell(hub, by, channel, {"type": _sub(channel, "deleted"), "channel": channel.id, "actor_id": by.user_id})
    for team_id in channel.teams:
        hub.world.teams[team_id].channels.pop(channel.id, None)
    hub.world.channels.pop(channel.id, None)
    hub.note(by, "channel_deleted", channel)


def set_topic(hub: Hub, by: By, channel: Channel, text: str, *, purpose: bool = False) -> None:
    """Change a channel's topic, or what it is for."""
    name = "purpose" if purpose else "topic"
    setattr(channel, name, (text, by.user_id, hub.now(by)))
    said = f"set the channel {name}: {text}"
    messages.post(hub, by, channel, Draft(said, _sub(channel, name), extra={name: text}))


def share(hub: Hub, by: By, channel: Channel, other: Team) -> None:
    """Share a channel with another workspace (Slack Connect)."""
    channel.teams.append(other.id)
    other.channels[channel.id] = channel
    for team_id in channel.teams:
        stranger = next(one for one in channel.teams if one != team_id)
        event: Json = {"type": "channel_shared", "connected_team_id": stranger, "channel": channel.id}
        hub.tell(by, team_id, event | {"event_ts": hub.event_stamp(by)})


def unshare(hub: Hub, by: By, channel: Channel, other: Team) -> None:
    """Share a channel with a workspace no longer; its people are gone from there."""
    channel.teams.remove(other.id)
    other.channels.pop(channel.id, None)
    for user_id in list(channel.members):
        if hub.world.users[user_id].team_id == other.id:
            del channel.members[user_id]
    event: Json = {"type": "channel_unshared", "previously_connected_team_id": other.id, "channel": channel.id}
    shared = {"is_ext_shared": channel.shared, "event_ts": hub.event_stamp(by)}
    hub.tell(by, channel.team_id, event | shared)


def _sub(channel: Channel, name: str) -> str:
    return f"{'group' if channel.kind == Kind.PRIVATE else 'channel'}_{name}"


def _tell(hub: Hub, by: By, channel: Channel, what: Json) -> None:
    """Tell of a channel: everybody in the workspace of a public one, those who are in it of a private one."""
    event = {**what, "event_ts": hub.event_stamp(by)}
    if channel.kind == Kind.CHANNEL:
        for team_id in channel.teams:
            hub.tell(by, team_id, event)
    else:
        hub.tell_in(by, channel, event)

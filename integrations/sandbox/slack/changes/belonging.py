"""Coming into conversations and workspaces, leaving them, and what changes about people."""

from __future__ import annotations

from integrations.sandbox.slack.changes import messages
from integrations.sandbox.slack.changes.messages import Draft
from integrations.sandbox.slack.hub import By, Hub
from integrations.sandbox.slack.ids import seconds_of
from integrations.sandbox.slack.model import Channel, Json, Kind, User
from integrations.sandbox.slack.payloads.users import user


def join(hub: Hub, by: By, channel: Channel, inviter: str = "") -> None:
    """Come into a channel, by oneself or invited."""
    if by.user_id in channel.members:
        return
    channel.members[by.user_id] = hub.now(by)
    invited = {"inviter": inviter} if inviter else {}
    hub.tell_in(by, channel, _moved(hub, by, channel, "member_joined_channel") | invited)
    private = channel.kind == Kind.PRIVATE
    said = f"<@{by.user_id}> has joined the {'group' if private else 'channel'}"
    subtype = "group_join" if private else "channel_join"
    messages.post(hub, by, channel, Draft(said, subtype, extra=dict(invited)))
    hub.note(by, "channel_join", channel)


def leave(hub: Hub, by: By, channel: Channel) -> None:
    """Leave a channel. An app whose bot leaves is told of that still, and of nothing more."""
    if by.user_id not in channel.members:
        return
    private = channel.kind == Kind.PRIVATE
    said = f"<@{by.user_id}> has left the {'group' if private else 'channel'}"
    hub.tell_in(by, channel, _moved(hub, by, channel, "member_left_channel"))
    messages.post(hub, by, channel, Draft(said, "group_leave" if private else "channel_leave"))
    del channel.members[by.user_id]
    hub.note(by, "channel_leave", channel)


def _moved(hub: Hub, by: By, channel: Channel, kind: str) -> Json:
    known = hub.world.users[by.user_id]
    return {
        "type": kind,
        "user": by.user_id,
        "channel": channel.id,
        "channel_type": "G" if channel.kind == Kind.PRIVATE else "C",
        "team": known.team_id,
        "event_ts": hub.event_stamp(by),
    }


def join_team(hub: Hub, by: By, who: User) -> None:
    """Come into a workspace."""
    shown = user(hub.world, who) | {"presence": "away"}
    moments = {"cache_ts": seconds_of(hub.now(by)), "event_ts": hub.event_stamp(by)}
    hub.tell(by, who.team_id, {"type": "team_join", "user": shown, **moments})
    hub.note(by, "join", space=who.team_id)


def change(hub: Hub, by: By, who: User, **fields: object) -> None:
    """Change fields of a person (`tz`, `deleted`, `restricted`, `real_name` ...); other names go into the profile."""
    for name, value in fields.items():
        if name in User.__slots__:
            setattr(who, name, value)
        else:
            who.profile[name] = value
    told(hub, by, who)
    if fields.get("deleted"):
        hub.note(by, "leave", space=who.team_id)


def told(hub: Hub, by: By, who: User, *kinds: str) -> None:
    """Tell of a person's new state, as `user_change` and further kinds; workspaces that share channels hear it too."""
    who.updated = hub.now(by)
    teams = {who.team_id: None}
    for channel in hub.world.teams[who.team_id].channels.values():
        if channel.shared and who.id in channel.members:
            teams |= dict.fromkeys(channel.teams)
    for team_id in teams:
        stamp = hub.event_stamp(by)
        shown = user(hub.world, who, seen_from=team_id)
        if team_id == who.team_id:
            shown["locale"] = who.locale
        for kind in ("user_change", *kinds):
            about = {"type": kind, "user": shown, "cache_ts": seconds_of(who.updated), "event_ts": stamp}
            hub.tell(by, team_id, about)

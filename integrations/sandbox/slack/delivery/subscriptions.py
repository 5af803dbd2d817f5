"""Which events an app hears: those it subscribed to and has a scope for. Source: Slack's reference, "Events"."""

from __future__ import annotations

from integrations.sandbox.slack.model import Channel, Installation, Json, Kind
from integrations.sandbox.slack.registered import App

_PLACES = {Kind.CHANNEL: "channels", Kind.PRIVATE: "groups", Kind.MANY: "mpim", Kind.DIRECT: "im"}
_SCOPES: dict[str, tuple[str, ...]] = {
    "app_mention": ("app_mentions:read",),
    "channel_archive": ("channels:read",),
    "channel_created": ("channels:read",),
    "channel_deleted": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_shared": ("channels:read", "groups:read"),
    "channel_unarchive": ("channels:read",),
    "channel_unshared": ("channels:read", "groups:read"),
    "file_shared": ("files:read",),
    "group_archive": ("groups:read",),
    "group_deleted": ("groups:read",),
    "group_rename": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "pin_added": ("pins:read",),
    "pin_removed": ("pins:read",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "subteam_created": ("usergroups:read",),
    "subteam_members_changed": ("usergroups:read",),
    "subteam_updated": ("usergroups:read",),
    "team_join": ("users:read",),
    "team_rename": ("team:read",),
    "user_change": ("users:read",),
    "user_huddle_changed": ("users:read",),
}
_ALWAYS = ("app_uninstalled", "tokens_revoked")


def subscription(event: Json, channel: Channel | None) -> str:
    """Return the name by which an event is subscribed to."""
    kind = str(event.get("type"))
    return f"message.{_PLACES[channel.kind]}" if kind == "message" and channel is not None else kind


def place(kind: Kind) -> str:
    """Return what scopes call a kind of conversation: `channels`, `groups`, `mpim` or `im`."""
    return _PLACES[kind]


def hears(app: App, known: Installation, event: Json, channel: Channel | None) -> bool:
    """Whether an app subscribed to an event and was granted a scope for it."""
    name = subscription(event, channel)
    needed = _SCOPES.get(name, ())
    granted = not needed or any(one in known.scopes for one in needed)
    return granted and (app.events is None or name in app.events or name in _ALWAYS)

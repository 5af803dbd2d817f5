"""What Cairn asks Slack for: which permission each event and each call needs, and why; the manifest is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

PRIVATE = frozenset({"groups:history", "groups:read"})
"""Permissions for private channels: an explicit second step, left out where nobody wants that."""

EVENTS: Mapping[str, str] = {
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "team_join": "users:read",
    "user_change": "users:read",
    "user_huddle_changed": "users:read",
    "subteam_created": "usergroups:read",
    "subteam_updated": "usergroups:read",
    "subteam_members_changed": "usergroups:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "channel_created": "channels:read",
    "channel_rename": "channels:read",
    "channel_deleted": "channels:read",
    "channel_left": "channels:read",
    "group_rename": "groups:read",
    "group_deleted": "groups:read",
    "group_left": "groups:read",
    "app_home_opened": "",
    "app_uninstalled": "",
    "tokens_revoked": "",
}
"""The events that are subscribed to, by Slack's names, and the permission that each takes."""

METHODS: Mapping[str, tuple[str, ...]] = {
    "auth.test": (),
    "auth.revoke": (),
    "conversations.list": ("channels:read", "groups:read"),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.history": ("channels:history", "groups:history"),
    "conversations.replies": ("channels:history", "groups:history"),
    "conversations.open": ("im:write",),
    "users.list": ("users:read",),
    "users.info": ("users:read",),
    "usergroups.list": ("usergroups:read",),
    "reactions.get": ("reactions:read",),
    "chat.postMessage": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.completeUploadExternal": ("files:write",),
    "views.open": (),
    "views.update": (),
    "views.publish": (),
}
"""The calls that are made with a bot's token, and the permissions that each takes."""
OTHERS = frozenset({"commands", "files:read"})
"""Slash commands and shortcuts; and reading a file that somebody gives in a form."""

_WITHOUT: Mapping[str, str] = {
    "channels:history": "messages in public channels are not heard",
    "channels:read": "channels cannot be told apart, and nothing is heard",
    "reactions:read": "reactions and thanks by emoji are not heard",
    "users:read": "machines and people of other organisations cannot be told from members",
    "usergroups:read": "user groups cannot serve as moderators or managers",
    "chat:write": "nothing can be sent",
    "commands": "/cairn and /cairn-team do not answer",
    "im:history": "nobody can write to Cairn directly",
    "im:write": "files cannot be handed to people",
    "files:write": "pictures and files are left out",
    "files:read": "tables cannot be imported in chat",
}


def scopes() -> frozenset[str]:
    """Return every permission that Cairn asks for."""
    asked = {one for one in EVENTS.values() if one} | {one for several in METHODS.values() for one in several}
    return frozenset(asked | OTHERS)


def lacking(granted: Iterable[str]) -> list[str]:
    """Return each permission that was not granted and should be; private channels are a choice."""
    return sorted(scopes() - frozenset(granted) - PRIVATE)


def missing(granted: Iterable[str]) -> list[str]:
    """Return a sentence for each permission that is lacking."""
    remedy = "add it (OAuth & Permissions) and install the app again"
    return [f"the permission {one} is missing: {_WITHOUT[one]}; {remedy}" for one in lacking(granted)]

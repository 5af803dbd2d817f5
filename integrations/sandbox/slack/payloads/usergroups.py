"""User groups."""

from __future__ import annotations

from integrations.sandbox.slack.ids import seconds_of
from integrations.sandbox.slack.model import Json, UserGroup


def usergroup(of: UserGroup, *, counted: bool = True, people: bool = True) -> Json:
    """Return a user group, with its size and its people where they were asked for."""
    found: Json = {
        "id": of.id,
        "team_id": of.team_id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": of.name,
        "description": "",
        "handle": of.handle,
        "is_external": False,
        "date_create": seconds_of(of.created),
        "date_update": seconds_of(of.updated),
        "date_delete": seconds_of(of.disabled),
        "auto_provision": False,
        "enterprise_subteam_id": "",
        "created_by": of.created_by,
        "updated_by": of.created_by,
        "prefs": {"channels": list(of.channels), "groups": []},
    }
    if of.disabled:
        found["deleted_by"] = of.created_by
    if counted:
        found |= {"user_count": len(of.users), "channel_count": len(of.channels)}
    return found | {"users": list(of.users)} if people else found

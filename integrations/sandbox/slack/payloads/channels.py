"""Conversations."""

from __future__ import annotations

from integrations.sandbox.slack.ids import seconds_of
from integrations.sandbox.slack.model import Channel, Json, Kind
from integrations.sandbox.slack.world import World


def channel(world: World, of: Channel, seen_by: str, team_id: str) -> Json:
    """Return a conversation as somebody of a workspace sees it."""
    if of.kind == Kind.DIRECT:
        return _direct(of, seen_by, team_id)
    found = _basic(of, team_id) | {"is_member": seen_by in of.members, "conversation_host_id": of.team_id}
    found["connected_team_ids"] = [one for one in of.teams if one != team_id]
    found |= {"topic": _said(of.topic), "purpose": _said(of.purpose), "previous_names": list(of.previous_names)}
    if of.kind != Kind.MANY:
        found["num_members"] = len(of.members)
    return found


def _basic(of: Channel, team_id: str) -> Json:
    return {
        "id": of.id,
        "name": of.name,
        "is_channel": of.kind == Kind.CHANNEL,
        "is_group": of.kind == Kind.PRIVATE,
        "is_im": False,
        "is_mpim": of.kind == Kind.MANY,
        "is_private": of.kind != Kind.CHANNEL,
        "created": seconds_of(of.created),
        "is_archived": of.archived,
        "is_general": of.general,
        "unlinked": 0,
        "name_normalized": of.name,
        "is_shared": of.shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "context_team_id": team_id,
        "updated": of.updated or of.created,
        "creator": of.creator,
        "is_ext_shared": of.shared,
        "shared_team_ids": list(of.teams),
        "internal_team_ids": [],
        "pending_connected_team_ids": [],
    }


def _direct(of: Channel, seen_by: str, team_id: str) -> Json:
    other = next((one for one in of.members if one != seen_by), seen_by)
    return {
        "id": of.id,
        "created": seconds_of(of.created),
        "is_archived": False,
        "is_im": True,
        "is_org_shared": False,
        "context_team_id": team_id,
        "updated": of.updated or of.created,
        "user": other,
        "is_user_deleted": False,
        "priority": 0,
    }


def created(of: Channel) -> Json:
    """Return a new channel as its event tells it."""
    found = _basic(of, of.team_id)
    return found | {"topic": _said(of.topic), "purpose": _said(of.purpose), "previous_names": []}


def renamed(of: Channel) -> Json:
    """Return a channel with a new name as its event tells it."""
    names: Json = {"id": of.id, "is_channel": of.kind == Kind.CHANNEL, "is_mpim": False, "name": of.name}
    return names | {"name_normalized": of.name, "created": seconds_of(of.created)}


def _said(of: tuple[str, str, int]) -> Json:
    return {"value": of[0], "creator": of[1], "last_set": seconds_of(of[2])}

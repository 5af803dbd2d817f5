"""User groups: made, filled, switched off."""

from __future__ import annotations

from collections.abc import Iterable

from integrations.sandbox.slack.hub import By, Hub
from integrations.sandbox.slack.ids import seconds_of
from integrations.sandbox.slack.model import Json, Team, UserGroup
from integrations.sandbox.slack.payloads.usergroups import usergroup


def make(hub: Hub, by: By, team: Team, name: str, people: Iterable[str]) -> UserGroup:
    """Make a user group."""
    moment = hub.now(by)
    handle = name.lower().replace(" ", "-")
    made = UserGroup(hub.world.ids.new("S"), team.id, name, handle, by.user_id, moment, moment, list(people))
    team.usergroups[made.id] = made
    _tell(hub, by, made, {"type": "subteam_created", "subteam": usergroup(made)})
    return made


def change(hub: Hub, by: By, of: UserGroup, added: Iterable[str], removed: Iterable[str]) -> None:
    """Change who is in a user group."""
    came = [one for one in added if one not in of.users]
    went = [one for one in removed if one in of.users]
    before, of.updated = of.updated, hub.now(by)
    of.users = [one for one in (*of.users, *came) if one not in went]
    event: Json = {
        "type": "subteam_members_changed",
        "subteam_id": of.id,
        "team_id": of.team_id,
        "date_previous_update": seconds_of(before),
        "date_update": seconds_of(of.updated),
        "added_users": came,
        "added_users_count": len(came),
        "removed_users": went,
        "removed_users_count": len(went),
    }
    _tell(hub, by, of, event)
    _tell(hub, by, of, {"type": "subteam_updated", "subteam": usergroup(of)})
    hub.note(by, "group_changed", space=of.team_id, what=of.id)


def switch(hub: Hub, by: By, of: UserGroup, *, on: bool) -> None:
    """Switch a user group off, or on again."""
    of.updated = hub.now(by)
    of.disabled = 0 if on else of.updated
    _tell(hub, by, of, {"type": "subteam_updated", "subteam": usergroup(of)})


def _tell(hub: Hub, by: By, of: UserGroup, event: Json) -> None:
    hub.tell(by, of.team_id, {**event, "event_ts": hub.event_stamp(by)})

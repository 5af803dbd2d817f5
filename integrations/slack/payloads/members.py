"""What happens to people in a workspace tells: coming, leaving, changing, and being put into user groups."""

from __future__ import annotations

from collections.abc import Iterable

from bot.ports import Account, Context, Kind, Payload, Signal, day_of, readable, truth
from integrations.slack.payloads.ids import group_id, heard_at, not_later
from integrations.slack.payloads.people import people_of
from integrations.slack.payloads.workspace import Workspace

_NOWHERE = Context()
_SECOND = 1_000


@readable
def came(event: Payload, workspace: Workspace, now: int) -> list[Signal]:
    """Return that somebody came to the workspace (`team_join`)."""
    user = event["user"]
    workspace.people.see(user)
    who = _person(user, workspace)
    if who is None or Kind.JOIN not in workspace.kinds:
        return []
    at = heard_at(event, now)
    return [Signal(Kind.JOIN, f"s:{workspace.id}/join", day_of(at), at, who, at, _NOWHERE, who)]


@readable
def changed(event: Payload, workspace: Workspace, now: int) -> list[Signal]:
    """Take what somebody's account says by now (`user_change`), and return that they left where it is switched off."""
    user = event["user"]
    workspace.people.see(user)
    who = _person(user, workspace)
    if who is None or not truth(user.get("deleted")) or Kind.LEAVE not in workspace.kinds:
        return []
    updated = user.get("updated")
    at = not_later(updated * _SECOND, now) if type(updated) is int else now
    return [Signal(Kind.LEAVE, f"s:{workspace.id}/leave", day_of(at), at, who, at, _NOWHERE, who)]


@readable
def regrouped(event: Payload, workspace: Workspace, now: int) -> list[Signal]:
    """Return that people were put into a user group, or taken out (`subteam_members_changed`).

    That is said by the event alone: what was known of the group before may have come from Slack after the change.
    """
    number, at = group_id(event["subteam_id"]), heard_at(event, now)
    came, went = people_of(event.get("added_users") or ()), people_of(event.get("removed_users") or ())
    workspace.groups.move(number, came, went, at)
    return _given(workspace, number, came, at) + _taken(workspace, number, went, at)


@readable
def described(event: Payload, workspace: Workspace, now: int) -> list[Signal]:
    """Take a user group, new or changed (`subteam_created`, `subteam_updated`); one switched off has nobody in it."""
    one, at = event["subteam"], heard_at(event, now)
    number, groups = group_id(one["id"]), workspace.groups
    if one.get("date_delete"):
        found = _taken(workspace, number, groups.empty(number), at)
        groups.drop(number)
    else:
        groups.put(one)
        came, went = groups.change(number, one["users"]) if isinstance(one.get("users"), list) else ((), ())
        found = _given(workspace, number, came, at) + _taken(workspace, number, went, at)
    workspace.regroup()
    return found


def _person(user: Payload, workspace: Workspace) -> Account | None:
    """Return who a user object is, None for machines and for people of other organisations."""
    who = workspace.people.account(user["id"])
    if who.bot or workspace.left_out(who.id):
        return None
    return None if workspace.people.is_stranger(who.id) and not workspace.settings.guests else who


def _given(workspace: Workspace, number: str, people: Iterable[str], at: int) -> list[Signal]:
    """Return that people were put into a group: one act as long as they are in it."""
    group = workspace.groups.all.get(number)
    if group is None or not group.name or Kind.ROLE not in workspace.kinds:
        return []
    key, context = f"s:{number}/holds", Context(role=group.name)
    who = [one for one in map(workspace.people.account, sorted(people)) if not one.bot]
    return [Signal(Kind.ROLE, key, group.day, at, one, at, context, one) for one in who]


def _taken(workspace: Workspace, number: str, people: Iterable[str], at: int) -> list[Signal]:
    return [one._replace(retracted=True) for one in _given(workspace, number, people, at)]

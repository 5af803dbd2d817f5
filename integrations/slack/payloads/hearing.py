"""Every event of Slack that says something, or changes what is known of a workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.ports import Payload, Signal, readable
from integrations.slack.payloads import huddles, members, messages, reactions
from integrations.slack.payloads.workspace import Workspace

Reader = Callable[[Payload, Workspace, int], list[Signal]]
_NOTHING: list[Signal] = []


def hear(event: Payload, workspace: Workspace, now: int) -> list[Signal]:
    """Return what an event says (the `event` of its envelope); nothing for kinds that nobody knows.

    `now` is when it was heard (ms). Raises UnreadableError for a broken one, `UnknownError` where something has to be
    asked for first.
    """
    read = READERS.get(_type(event))
    return read(event, workspace, now) if read is not None else _NOTHING


@readable
def _type(event: Payload) -> str:
    return str(event["type"])


def _changes(change: Callable[[Payload, Workspace], None]) -> Reader:
    """Return a reader of what only changes the state."""

    @readable
    def reading(event: Payload, workspace: Workspace, _: int) -> list[Signal]:
        change(event, workspace)
        return []

    return reading


def _renamed(event: Payload, workspace: Workspace) -> None:
    one: Mapping[str, object] = event["channel"]
    workspace.channels.rename(str(one["id"]), str(one["name"]))


def _moved(event: Payload, workspace: Workspace) -> None:
    if event["user"] == workspace.people.own:
        workspace.channels.drop(event["channel"])


def _anew(event: Payload, workspace: Workspace) -> None:
    """Forget what is known of a channel: it is asked for when it is spoken of again."""
    one = event["channel"]
    workspace.channels.drop(one if isinstance(one, str) else one["id"])


READERS: dict[str, Reader] = {
    "message": messages.said,
    "reaction_added": reactions.reacted,
    "reaction_removed": reactions.unreacted,
    "team_join": members.came,
    "user_change": members.changed,
    "user_huddle_changed": huddles.moved,
    "subteam_members_changed": members.regrouped,
    "subteam_created": members.described,
    "subteam_updated": members.described,
    "member_joined_channel": _changes(_moved),
    "member_left_channel": _changes(_moved),
    "channel_created": _changes(_anew),
    "channel_rename": _changes(_renamed),
    "group_rename": _changes(_renamed),
    "channel_deleted": _changes(_anew),
    "group_deleted": _changes(_anew),
    "channel_left": _changes(_anew),
    "group_left": _changes(_anew),
}
"""The readers by type of event; the scopes and subscriptions of the manifest follow from them."""

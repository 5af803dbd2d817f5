"""What reactions tell. Where an emoji says thanks, taking part in it twice over is one reaction and one thanks."""

from __future__ import annotations

from bot.ports import Account, Kind, Payload, Signal, day_of, readable
from integrations.formats.slack import emoji_of, key_of, moment_of
from integrations.slack.payloads.channels import Spot
from integrations.slack.payloads.ids import heard_at, not_later
from integrations.slack.payloads.workspace import Workspace


@readable
def reacted(event: Payload, workspace: Workspace, now: int) -> list[Signal]:
    """Return what a reaction says (`reaction_added`). Nobody thanks themselves."""
    item = event["item"]
    if item.get("type") != "message":
        return []
    spot = workspace.channels.spot(item["channel"])
    who = workspace.actor(event["user"], spot)
    if who is None:
        return []
    at = heard_at(event, now)
    found = _about(event, workspace, spot, who, (at, now))
    return [one for one in found if one.kind is not Kind.THANKS or one.target is not None]


@readable
def unreacted(event: Payload, workspace: Workspace, now: int) -> list[Signal]:
    """Return that a reaction, and the thanks in it, were taken back (`reaction_removed`)."""
    item = event["item"]
    if item.get("type") != "message":
        return []
    who = workspace.people.account(event["user"])
    if who.bot:
        return []
    spot, at = workspace.channels.spot(item["channel"]), heard_at(event, now)
    found = _about(event, workspace, spot, who, (at, now))
    return [one._replace(retracted=True, target=None) for one in found]


def _about(event: Payload, workspace: Workspace, spot: Spot, who: Account, times: tuple[int, int]) -> list[Signal]:
    """Return the reaction, and the thanks that it may be; `times` are when it was made, and now (ms)."""
    at, now = times
    name, ts = emoji_of(event["reaction"]), event["item"]["ts"]
    key, day = key_of(spot.context.place, ts), day_of(not_later(moment_of(ts), now))
    found = []
    if Kind.REACTION in workspace.kinds:
        found.append(Signal(Kind.REACTION, f"{key}/r/{name}", day, at, who, at, spot.context, who, key, day))
    if Kind.THANKS in workspace.kinds and workspace.is_thanks(name):
        thanked = _thanked(event, workspace, who)
        thanks = f"{key}/thanks/{name}"
        found.append(Signal(Kind.THANKS, thanks, day, at, who, at, spot.context, who, key, day, thanked))
    return found


def _thanked(event: Payload, workspace: Workspace, who: Account) -> Account | None:
    author = event.get("item_user")
    thanked = workspace.people.account(author) if author else None
    return None if thanked is None or thanked.bot or thanked == who else thanked

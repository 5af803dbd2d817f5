"""Modals and Home tabs: opened, pushed, updated, closed."""

from __future__ import annotations

import secrets

from integrations.sandbox.slack.blocks import HOME, MODAL
from integrations.sandbox.slack.blocks.views import checked
from integrations.sandbox.slack.hub import Hub
from integrations.sandbox.slack.interactions.state import initial
from integrations.sandbox.slack.model import Installation, Json, View
from integrations.sandbox.slack.refusals import Refused

_DEEPEST = 3


def open_modal(hub: Hub, known: Installation, user_id: str, given: object) -> View:
    """Open a modal; one that was open before is gone."""
    made = _made(hub, known, user_id, checked(given, MODAL))
    hub.private.modals[user_id] = [made]
    hub.wake()
    return made


def push(hub: Hub, known: Installation, user_id: str, given: object) -> View:
    """Lay a modal on top of the open ones, three at the most."""
    stack = hub.private.modals[user_id]
    if not stack:
        raise Refused("not_found")
    if len(stack) >= _DEEPEST:
        raise Refused("push_limit_reached")
    made = _made(hub, known, user_id, checked(given, MODAL))
    made.root, made.previous = stack[0].id, stack[-1].id
    stack.append(made)
    hub.wake()
    return made


def update(hub: Hub, of: View, given: object, said_hash: str = "") -> View:
    """Put something else into a view. What was filled in stays in fields that keep their ids."""
    if said_hash and said_hash != of.hash:
        raise Refused("hash_conflict")
    of.shown = _named(hub, checked(given, of.type), of)
    of.state = initial(of.shown["blocks"], of.state)
    of.hash = _hash(hub)
    hub.wake()
    return of


def publish(hub: Hub, known: Installation, user_id: str, given: object, said_hash: str = "") -> View:
    """Put something on a person's Home tab."""
    shown = checked(given, HOME)
    before = hub.private.homes.get((user_id, known.app_id))
    if before is None:
        made = _made(hub, known, user_id, shown)
        hub.private.homes[(user_id, known.app_id)] = made
        hub.wake()
        return made
    return update(hub, before, given, said_hash)


def close(hub: Hub, of: View, *, everything: bool = False) -> list[View]:
    """Close a modal, or all that are open; returns what was closed, the topmost first."""
    stack = hub.private.modals[of.user]
    place = 0 if everything or of.shown.get("clear_on_close") else stack.index(of)
    gone = stack[place:]
    del stack[place:]
    hub.wake()
    return gone[::-1]


def _made(hub: Hub, known: Installation, user_id: str, shown: Json) -> View:
    number = hub.world.ids.new("V")
    made = View(
        id=number,
        type=str(shown["type"]),
        app_id=known.app_id,
        team_id=known.team_id,
        user=user_id,
        bot_id=known.bot_id,
        hash=_hash(hub),
        shown=_named(hub, shown, None),
        root=number,
        state=initial(shown["blocks"]),
    )
    hub.private.views[number] = made
    return made


def _named(hub: Hub, shown: Json, itself: View | None) -> Json:
    """Refuse a view whose own name (`external_id`) another open one has."""
    name = shown.get("external_id")
    for one in hub.private.views.values():
        if name and one is not itself and one.shown.get("external_id") == name and is_open(hub, one):
            raise Refused("duplicate_external_id")
    return shown


def is_open(hub: Hub, of: View) -> bool:
    """Whether a person still has a view before them."""
    return of in hub.private.modals[of.user] or hub.private.homes.get((of.user, of.app_id)) is of


def _hash(hub: Hub) -> str:
    return f"{hub.world.clock() // 1000}.{secrets.token_hex(4)}"

"""What people ask of Cairn on Slack, as its payloads tell: commands, clicks, choices, forms, shortcuts and typing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.ports import Account, Action, Aim, Attachment, Call, Caller, Given, Menu, Payload, readable
from integrations.formats.slack import key_of, moment_of
from integrations.slack.payloads.ids import channel_id, person_id, team_id
from integrations.slack.speaking.commands import OPTIONS
from integrations.slack.speaking.forms import Origin, sent

COMMAND, CLICK, FORM, MESSAGE, GLOBAL, TYPING = "command", "click", "form", "message", "global", "typing"
_TYPES = {
    "block_actions": CLICK, "view_submission": FORM, "message_action": MESSAGE, "shortcut": GLOBAL,
    "block_suggestion": TYPING,
}  # fmt: skip
NOBODYS = Action("?")
"""The action of a component that is none of ours."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that somebody did. `view` is the id of the form or page it was done in, `home` whether that is a page.

    `origin` is where a form was opened, or what led to it.
    `place` is the channel, empty in private; `private` says that nobody else saw the message that was clicked.
    """

    kind: str
    team: str
    who: str
    body: Payload = field(repr=False)
    place: str = ""
    trigger: str = field(default="", repr=False)
    respond: str = field(default="", repr=False)
    view: str = ""
    home: bool = False
    private: bool = False
    origin: Origin = Origin()


@readable
def read(body: Payload) -> Asked:
    """Read a payload of Slack's interactivity, or a slash command."""
    if "command" in body:
        place = channel_id(body["channel_id"])
        return Asked(
            COMMAND, team_id(body["team_id"]), person_id(body["user_id"]), body, _public(place),
            str(body.get("trigger_id") or ""), str(body.get("response_url") or ""),
        )  # fmt: skip
    view, container = body.get("view") or {}, body.get("container") or {}
    home = view.get("type") == "home"
    origin = Origin(home=True) if home else Origin.of(view.get("private_metadata"))
    place = (body.get("channel") or {}).get("id") or container.get("channel_id") or origin.place
    user = body["user"]
    team = (body.get("team") or {}).get("id") or user.get("team_id")
    direct = str(place).startswith("D")
    return Asked(
        _TYPES[body["type"]], team_id(team), person_id(user["id"]), body,
        _public(str(place)) if place else "", str(body.get("trigger_id") or ""), str(body.get("response_url") or ""),
        str(view.get("id") or ""), home, bool(container.get("is_ephemeral")) or direct, origin,
    )  # fmt: skip


Tools = tuple[Callable[[str], Account], Callable[[Payload], Attachment]]
"""What makes accounts of ids, and what makes files of what Slack tells of them."""


@readable
def call_of(one: Asked, caller: Caller, at: int, tools: Tools) -> Call:
    """Return the call that a click, a form or a shortcut is; slash commands are read by `commands.meant`."""
    if one.kind == CLICK:
        action = clicked(one)
        return Call(caller, at, action=Action.of(str(action["action_id"])) or NOBODYS, chosen=chosen(action),
                    place=one.place)  # fmt: skip
    if one.kind == FORM:
        return _sent(one, caller, at, tools)
    path, _, menu = str(one.body["callback_id"]).partition("|")
    if one.kind == MESSAGE and menu == Menu.MESSAGE:
        return Call(caller, at, command=path, place=one.place, aim=_aim(one.body, tools[0]))
    return Call(caller, at, command=path)


def _sent(one: Asked, caller: Caller, at: int, tools: Tools) -> Call:
    view = one.body["view"]
    origin, given = one.origin, sent(view, *tools)
    action = Action.of(str(view["callback_id"])) or NOBODYS
    if action.name != OPTIONS:
        return Call(caller, at, action=action, given=given, place=origin.place)
    person, place, key, moment = origin.aim
    aim = Aim(tools[0](person) if person else None, place, key, moment)
    kept: Mapping[str, Given] = {name: value for name, value in given.items() if value is not None}
    return Call(caller, at, command=origin.command, given=kept, place=origin.place, aim=aim)


def clicked(one: Asked) -> Mapping[str, Any]:
    """Return what was clicked or chosen; raises where there is nothing."""
    action: Mapping[str, Any] = one.body["actions"][0]
    return action


def chosen(action: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the values that were chosen in a list."""
    several = action.get("selected_options")
    if several is None:
        single = action.get("selected_option")
        several = [single] if single else []
    return tuple(str(one["value"]) for one in several)


@readable
def typed(one: Asked) -> tuple[str, str, str]:
    """Return the path, the option and the text of what is being typed in a form."""
    return one.origin.command, str(one.body["block_id"]), str(one.body.get("value") or "")


def _aim(body: Payload, account: Callable[[str], Account]) -> Aim:
    message, place = body["message"], channel_id(body["channel"]["id"])
    who = account(person_id(message["user"])) if message.get("user") else None
    ts = str(message["ts"])
    return Aim(who, place, key_of(place, ts), moment_of(ts))


def _public(place: str) -> str:
    """Return a channel, nothing for a conversation between two."""
    return "" if place.startswith("D") else place

"""What people ask of Cairn on Discord, as its gateway tells: commands, clicks, choices, forms and typing.

Roles come with each interaction, as they are at that moment; nothing about the caller is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.ports import Account, Action, Aim, Call, Caller, Given, Offered
from integrations.discord.payloads.ids import Payload, moment_in, readable, snowflake
from integrations.discord.speaking.commands import menu_path
from integrations.discord.speaking.forms import Resolved, sent

KINDS = COMMAND, COMPONENT, TYPING, FORM = 2, 3, 4, 5
_CHAT, _ON_PERSON, _ON_MESSAGE = 1, 2, 3
_PARTS = (1, 2)
_NUMBER, _PERSON, _FILE, _YES_OR_NO = (4, 10), 6, 11, 5
RUNS_SPACE = 1 << 3 | 1 << 5
"""Who is an administrator or may manage the server runs it (bits)."""
_PRIVATE = 1 << 6
_SPACE = re.compile(r"in([0-9a-z]{1,13}):(.*)", re.DOTALL)
PICK, REOPEN = "discord-space", "discord-form"
"""The names of this integration's own actions: choosing a community, and opening a form that waits."""
NOBODYS = Action("?")
"""The action of a component that is none of ours."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """One interaction. `guild` is empty in a private conversation; `on_private` says that only they saw what they used.

    `carried` is the id of the component or form, without what names its space; `space` is that, where it was named.
    """

    id: str
    token: str = field(repr=False)
    app: str
    kind: int
    who: Account
    guild: str
    channel: str
    locale: str
    data: Payload = field(repr=False)
    member: Payload = field(repr=False)
    carried: str = ""
    space: str = ""
    has_message: bool = False
    on_private: bool = False
    at: int = 0


@readable
def read(d: Payload, user: Callable[[Payload], Account], at: int) -> Interaction:
    """Read INTERACTION_CREATE."""
    member = d.get("member") or {}
    data, message = d["data"], d.get("message")
    guild = str(d.get("guild_id") or "")
    carried, space = str(data.get("custom_id") or ""), ""
    named = _SPACE.fullmatch(carried)
    if named is not None:
        space, carried = str(int(named[1], 36)), named[2]
    snowflake(d["id"])
    return Interaction(
        d["id"], str(d["token"]), str(snowflake(d["application_id"])), int(d["type"]),
        user(member["user"] if member else d["user"]), guild, str(d.get("channel_id") or ""),
        str(d.get("locale") or ""), data, member, carried, space, message is not None,
        message is not None and (not guild or bool(int(message.get("flags") or 0) & _PRIVATE)), at,
    )  # fmt: skip


@readable
def caller_of(one: Interaction, role: Callable[[str], str]) -> Caller:
    """Return who calls; `role` tells a role's name."""
    roles = frozenset((number, role(number)) for number in map(str, one.member.get("roles") or ()))
    runs = bool(int(one.member.get("permissions") or 0) & RUNS_SPACE) if one.guild else False
    return Caller(one.who, roles, runs, one.locale, one.who.bot)


Files = Callable[[str, int], Any]


@readable
def call_of(
    one: Interaction,
    caller: Caller,
    tools: tuple[Callable[[Payload], Account], Files],
    tongues: Callable[[], Sequence[Sequence[Offered]]],
) -> Call:
    """Return the call that an interaction is; `tools` make accounts and read files.

    `tongues` are the commands in each language, which tell what a context menu's entry stands for.
    """
    resolved = Resolved(one.data.get("resolved") or {}, *tools)
    place = one.channel if one.guild else ""
    if one.kind == COMPONENT:
        return Call(caller, one.at, action=action_of(one.carried), chosen=chosen(one), place=place)
    if one.kind == FORM:
        given = sent(one.data["components"], resolved)
        return Call(caller, one.at, action=action_of(one.carried), given=given, place=place)
    kind = int(one.data.get("type") or _CHAT)
    if kind == _CHAT:
        path, options = path_of(one.data)
        found = {option["name"]: _given(option, resolved) for option in options}
        return Call(caller, one.at, command=path, given=found, place=place)
    path = menu_path(str(one.data["name"]), kind, tongues())
    return Call(caller, one.at, command=path or "?", place=place, aim=_aim(one.data, kind, tools[0]))


def action_of(carried: str) -> Action:
    """Return the action that a component carries; one that nothing answers to, where it is none of ours."""
    return Action.of(carried) or NOBODYS


def chosen(one: Interaction) -> tuple[str, ...]:
    """Return the values that were chosen in a list."""
    return tuple(str(value) for value in one.data.get("values") or ())


def path_of(data: Payload) -> tuple[str, list[Mapping[str, Any]]]:
    """Return the path of a slash command, and the options that were given."""
    path, options = [str(data["name"])], list(data.get("options") or ())
    while options and options[0].get("type") in _PARTS:
        path.append(str(options[0]["name"]))
        options = list(options[0].get("options") or ())
    return " ".join(path), options


@readable
def typed(one: Interaction) -> tuple[str, str, str]:
    """Return the path, the option and the text of what is being typed."""
    path, options = path_of(one.data)
    for option in _focused(options):
        return path, str(option["name"]), str(option.get("value") or "")
    raise ValueError("nothing is being typed")


def _focused(options: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (option for option in options if option.get("focused"))


def _given(option: Mapping[str, Any], resolved: Resolved) -> Given:
    kind, value = option["type"], option["value"]
    if kind == _PERSON:
        return resolved.person(value)
    if kind == _FILE:
        return resolved.file(value)
    if kind == _YES_OR_NO:
        return bool(value)
    return float(value) if kind in _NUMBER else str(value)


def _aim(data: Payload, kind: int, user: Callable[[Payload], Account]) -> Aim:
    target = str(snowflake(data["target_id"]))
    if kind == _ON_PERSON:
        return Aim(user(data["resolved"]["users"][target]))
    message = data["resolved"]["messages"][target]
    author = message["author"]
    who = user({**author, "bot": True} if message.get("webhook_id") is not None else author)
    return Aim(who, str(snowflake(message["channel_id"])), f"d:{target}", moment_in(int(target)))


def carrier(space: str) -> Callable[[Action], str]:
    """Return what makes actions ids of components that name a space, where there is room; for private conversations."""
    number = _base36(int(space)) if space else ""
    begin = f"in{number}:" if number else ""

    def carry(action: Action) -> str:
        text = action.text
        return begin + text if len(begin) + len(text) <= 100 else text

    return carry


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    found = ""
    while number:
        number, rest = divmod(number, 36)
        found = digits[rest] + found
    return found

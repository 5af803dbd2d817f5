"""How a person uses the bot: commands, buttons, select menus, forms; and what they then see."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.sandbox.discord import pending
from integrations.sandbox.discord.changes.interactions import Beginning, begin
from integrations.sandbox.discord.drafts import walked
from integrations.sandbox.discord.hub import By, Hub
from integrations.sandbox.discord.model import Channel, Message, User
from integrations.sandbox.discord.payloads.messages import message as message_shown
from integrations.sandbox.discord.payloads.users import Json, bare_member, user
from integrations.sandbox.discord.pending import Pending

_CHAT, _ON_USER, _ON_MESSAGE = 1, 2, 3
_SUBCOMMAND, _GROUP = 1, 2
_TEXT_SELECT, _BUTTON = 3, 2


@dataclass(frozen=True, slots=True)
class Use:
    """An interaction a person began. Await `answered()` first; then look at what the bot said."""

    hub: Hub
    pending: Pending

    async def answered(self, within: float = 3.0) -> Use:
        """Wait for the bot's first answer. Raises TimeoutError ("the application did not respond")."""
        async with asyncio.timeout(within):
            await self.pending.answered.wait()
        return self

    async def finished(self, within: float = 5.0) -> Use:
        """Wait until an answer that was put off is there too. Raises TimeoutError."""
        await self.answered(within)
        await self.hub.until(lambda: not self.pending.loading, within)
        return self

    async def said(self, messages: int, within: float = 5.0) -> Use:
        """Wait until the bot has said a number of messages, the first answer included. Raises TimeoutError."""
        await self.hub.until(lambda: len(self.pending.messages()) >= messages, within)
        return self

    @property
    def message(self) -> Message:
        """The bot's first answer. Raises LookupError where it has said nothing (yet)."""
        if self.pending.original is None:
            raise LookupError("the bot has said nothing")
        return self.pending.original

    @property
    def more(self) -> list[Message]:
        """The bot's follow-ups."""
        return self.pending.more

    @property
    def private(self) -> bool:
        """Whether only this person sees the first answer."""
        return self.pending.private

    @property
    def form(self) -> Json:
        """The form with which the bot answered. Raises LookupError where it did not."""
        if self.pending.form is None:
            raise LookupError("the bot showed no form")
        return self.pending.form

    @property
    def choices(self) -> list[Json]:
        """What the bot suggested while typing."""
        return self.pending.choices


def command(hub: Hub, by: By, channel: Channel, line: str, options: Mapping[str, Any]) -> Use:
    """Use a slash command."""
    found, nested = _nested(hub, by, channel, line)
    given = [_option(nested, name, value) for name, value in options.items()]
    data = _data(found, _wrapped(found, line, given))
    return _begin(hub, by, Beginning(pending.COMMAND, channel, data))


def autocomplete(hub: Hub, by: By, channel: Channel, line: str, typed: tuple[str, str]) -> Use:
    """Type into an option."""
    found, nested = _nested(hub, by, channel, line)
    given = [{**_option(nested, *typed), "focused": True}]
    return _begin(hub, by, Beginning(pending.AUTOCOMPLETE, channel, _data(found, _wrapped(found, line, given))))


def menu_command(hub: Hub, by: By, channel: Channel, name: str, target: Message | User) -> Use:
    """Use a command of the menu of a message or a person."""
    kind = _ON_MESSAGE if isinstance(target, Message) else _ON_USER
    found = _registered(hub, by, channel, name, kind)
    resolved: Json
    if isinstance(target, Message):
        resolved = {"messages": {str(target.id): message_shown(hub.world, target, reads=True)}}
    else:
        resolved = {"users": {str(target.id): user(target)}, "members": _members(hub, channel, [target.id])}
    data = {**_data(found, []), "target_id": str(target.id), "resolved": resolved}
    return _begin(hub, by, Beginning(pending.COMMAND, channel, data))


def click(hub: Hub, by: By, message: Message, custom_id: str) -> Use:
    """Click a button."""
    _component(message, custom_id)
    data: Json = {"component_type": _BUTTON, "custom_id": custom_id, "id": 1}
    return _begin(hub, by, Beginning(pending.COMPONENT, hub.home(message), data, message))


def choose(hub: Hub, by: By, message: Message, custom_id: str, values: Sequence[str]) -> Use:
    """Choose in a select menu."""
    found = _component(message, custom_id)
    if not found["min_values"] <= len(values) <= found["max_values"]:
        raise ValueError("the menu does not take that many values")
    offered = {one["value"] for one in found.get("options") or ()}
    if found["type"] == _TEXT_SELECT and not offered.issuperset(values):
        raise ValueError("the menu does not offer that")
    data: Json = {"component_type": found["type"], "custom_id": custom_id, "values": list(values), "id": 1}
    if found["type"] != _TEXT_SELECT:
        data["resolved"] = _resolved(hub, hub.home(message), [int(one) for one in values])
    return _begin(hub, by, Beginning(pending.COMPONENT, hub.home(message), data, message))


def submit(hub: Hub, by: By, form: Use, values: Mapping[str, Any]) -> Use:
    """Send a form. Raises ValueError for a field that the form does not have."""
    fields = [one for one in walked(form.form["components"]) if "custom_id" in one]
    unknown = set(values) - {one["custom_id"] for one in fields}
    if unknown:
        raise ValueError(f"the form has no field {sorted(unknown)}")
    filled = [_filled(one, values) for one in form.form["components"]]
    data: Json = {"custom_id": form.form["custom_id"], "components": filled, "resolved": {}}
    opener = form.pending
    place = hub.world.channels[opener.channel_id]
    return _begin(hub, by, Beginning(pending.MODAL, place, data, opener.message, opener))


def _begin(hub: Hub, by: By, beginning: Beginning) -> Use:
    return Use(hub, begin(hub, by, beginning))


def _filled(one: Json, values: Mapping[str, Any]) -> Json:
    """Return a part of a form as it is sent: only what identifies it, and the person's values."""
    found: Json = {"type": one["type"], "id": one["id"]}
    if "components" in one:
        found["components"] = [_filled(inner, values) for inner in one["components"]]
    if isinstance(one.get("component"), dict):
        found["component"] = _filled(one["component"], values)
    if "custom_id" in one:
        value = values.get(one["custom_id"], one.get("value") or "")
        several = isinstance(value, (list, tuple))
        found |= {"custom_id": one["custom_id"], "values" if several else "value": value}
    return found


def _registered(hub: Hub, by: By, channel: Channel, name: str, kind: int) -> Json:
    """Return a command that this person sees here. Raises ValueError."""
    stored = hub.world.application.commands
    here = [*stored.get(channel.guild_id or 0, {}).values(), *stored[0].values()]
    found = next((one for one in here if one["name"] == name and one["type"] == kind), None)
    if found is None:
        raise ValueError("no such command was registered")
    needed = found.get("default_member_permissions")
    if needed is not None and not _may(hub.world.allowed(by.user_id, channel), int(needed)):
        raise ValueError("this person does not see the command")
    return found


def _may(allowed: int, needed: int) -> bool:
    return needed != 0 and allowed & needed == needed


def _nested(hub: Hub, by: By, channel: Channel, line: str) -> tuple[Json, Json]:
    """Return the command of a line and the part of it that takes the options. Raises ValueError."""
    root, *rest = line.removeprefix("/").split()
    found = _registered(hub, by, channel, root, _CHAT)
    inner = found
    for name in rest:
        parts = [one for one in inner.get("options") or () if one["type"] in (_SUBCOMMAND, _GROUP)]
        inner = next((one for one in parts if one["name"] == name), {})
        if not inner:
            raise ValueError("the command has no such part")
    if any(one["type"] in (_SUBCOMMAND, _GROUP) for one in inner.get("options") or ()):
        raise ValueError("a command with parts cannot be used itself")
    return found, inner


def _wrapped(found: Json, line: str, given: list[Json]) -> list[Json]:
    """Return options inside the parts of the command that lead to them."""
    path, inner = line.removeprefix("/").split()[1:], found
    kinds: list[tuple[int, str]] = []
    for name in path:
        inner = next(one for one in inner["options"] if one["name"] == name)
        kinds.append((inner["type"], name))
    for kind, name in reversed(kinds):
        given = [{"type": kind, "name": name, "options": given}]
    return given


def _option(nested: Json, name: str, value: object) -> Json:
    known = next((one for one in nested.get("options") or () if one["name"] == name), None)
    if known is None:
        raise ValueError(f"the command has no option {name}")
    number = getattr(value, "id", None)
    sent = value if number is None else str(number)
    return {"name": name, "type": known["type"], "value": sent}


def _data(found: Json, options: list[Json]) -> Json:
    data: Json = {"id": found["id"], "name": found["name"], "type": found["type"], "options": options}
    return {**data, "guild_id": found["guild_id"]} if "guild_id" in found else data


def _component(message: Message, custom_id: str) -> Json:
    found = next((one for one in walked(message.components) if one.get("custom_id") == custom_id), None)
    if found is None:
        raise ValueError("the message has no such component")
    if found.get("disabled"):
        raise ValueError("the component is disabled")
    return found


def _resolved(hub: Hub, channel: Channel, numbers: list[int]) -> Json:
    """Return the people behind chosen ids."""
    known = [number for number in numbers if number in hub.world.users]
    users = {str(number): user(hub.world.users[number]) for number in known}
    return {"users": users, "members": _members(hub, channel, known)}


def _members(hub: Hub, channel: Channel, numbers: list[int]) -> Json:
    guild = hub.world.guild_of(channel)
    here = [] if guild is None else [guild.members[number] for number in numbers if number in guild.members]
    return {str(one.user_id): {**bare_member(one), "permissions": "0"} for one in here}

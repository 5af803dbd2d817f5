"""How a person uses the bot: commands, buttons, select menus, forms; and what they then see."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.sandbox.discord import components, pending
from integrations.sandbox.discord.changes.interactions import Beginning, begin
from integrations.sandbox.discord.components import walked
from integrations.sandbox.discord.hub import By, Hub
from integrations.sandbox.discord.model import Channel, Message, Upload, User
from integrations.sandbox.discord.payloads.channels import channel as channel_shown
from integrations.sandbox.discord.payloads.guilds import role
from integrations.sandbox.discord.payloads.messages import message as message_shown
from integrations.sandbox.discord.payloads.users import Json, bare_member, user
from integrations.sandbox.discord.pending import Pending
from integrations.sandbox.discord.world import World

_CHAT, _ON_USER, _ON_MESSAGE = 1, 2, 3
_SUBCOMMAND, _GROUP = 1, 2
_TEXT_SELECT, _BUTTON = 3, 2
_PICKED = (6, 7, 8, 9, 11)


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
    given = [_option(hub, nested, name, value) for name, value in options.items()]
    picked = [int(one["value"]) for one in given if one["type"] in _PICKED]
    data = _data(found, _wrapped(found, line, given)) | {"resolved": _resolved(hub, channel, picked)}
    return _begin(hub, by, Beginning(pending.COMMAND, channel, data))


def autocomplete(hub: Hub, by: By, channel: Channel, line: str, typed: tuple[str, str]) -> Use:
    """Type into an option."""
    found, nested = _nested(hub, by, channel, line)
    given = [{**_option(hub, nested, *typed), "focused": True}]
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
    filled = [_filled(hub, one, values) for one in form.form["components"]]
    opener = form.pending
    place = hub.world.channels[opener.channel_id]
    picked = [int(one) for part in walked(filled) for one in part.get("values") or () if one.isdigit()]
    data: Json = {"custom_id": form.form["custom_id"], "components": filled, "resolved": _resolved(hub, place, picked)}
    return _begin(hub, by, Beginning(pending.MODAL, place, data, opener.message, opener))


def _begin(hub: Hub, by: By, beginning: Beginning) -> Use:
    return Use(hub, begin(hub, by, beginning))


def _filled(hub: Hub, one: Json, values: Mapping[str, Any]) -> Json:
    """Return a part of a form as it is sent: only what identifies it, and the person's values."""
    found: Json = {"type": one["type"], "id": one["id"]}
    if "components" in one:
        found["components"] = [_filled(hub, inner, values) for inner in one["components"]]
    if isinstance(one.get("component"), dict):
        found["component"] = _filled(hub, one["component"], values)
    if "custom_id" in one:
        found |= {"custom_id": one["custom_id"], **_value(hub, one, values.get(one["custom_id"]))}
    return found


def _value(hub: Hub, field: Json, given: object) -> Json:
    """Return what is sent for a field. Raises ValueError for what the program of a person does not let them send."""
    kind = field["type"]
    if kind == components.TICK:
        return {"value": bool(field.get("default") if given is None else given)}
    if kind in (components.INPUT, components.RADIO):
        text = _text(field) if given is None else str(given)
        offered = {one["value"] for one in field.get("options") or ()}
        if len(text) > field.get("max_length", len(text)) or (
            kind == components.RADIO and text and text not in offered
        ):
            raise ValueError("the form does not take that")
        if field.get("required", True) and not text:
            raise ValueError("the form wants something there")
        return {"value": text or None if kind == components.RADIO else text}
    several = given if isinstance(given, list | tuple) else [] if given is None else [given]
    if field.get("required", True) and not several:
        raise ValueError("the form wants something there")
    return {"values": [_named(hub, one) for one in several]}


def _text(field: Json) -> str:
    chosen = (one["value"] for one in field.get("options") or () if one.get("default"))
    return str(field.get("value") or next(chosen, ""))


def _named(hub: Hub, value: object) -> str:
    """Return how something is named that a person picks: people and the like by their ids, files by new ones."""
    if isinstance(value, Upload):
        return str(hub.world.upload(value))
    return str(getattr(value, "id", value))


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


def _option(hub: Hub, nested: Json, name: str, value: object) -> Json:
    known = next((one for one in nested.get("options") or () if one["name"] == name), None)
    if known is None:
        raise ValueError(f"the command has no option {name}")
    plain = isinstance(value, str | int | float | bool)
    return {"name": name, "type": known["type"], "value": value if plain else _named(hub, value)}


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
    """Return the people and other things behind chosen ids."""
    world, guild = hub.world, hub.world.guild_of(channel)
    known = [number for number in numbers if number in world.users]
    found: Json = {"users": {str(number): user(world.users[number]) for number in known}}
    found["members"] = _members(hub, channel, known)
    found["attachments"] = {str(one): _file(world, one) for one in numbers if one in world.uploads}
    if guild is not None:
        found["roles"] = {str(one): role(guild.roles[one]) for one in numbers if one in guild.roles}
        found["channels"] = {
            str(one): channel_shown(world, world.channels[one]) for one in numbers if one in guild.channels
        }
    return {name: what for name, what in found.items() if what}


def _file(world: World, number: int) -> Json:
    file = world.uploads[number]
    url = f"{world.files_url}/attachments/{number}/{file.name}"
    return {"id": str(number), "filename": file.name, "size": len(file.content), "url": url, "proxy_url": url}


def _members(hub: Hub, channel: Channel, numbers: list[int]) -> Json:
    guild = hub.world.guild_of(channel)
    here = [] if guild is None else [guild.members[number] for number in numbers if number in guild.members]
    return {str(one.user_id): {**bare_member(one), "permissions": "0"} for one in here}

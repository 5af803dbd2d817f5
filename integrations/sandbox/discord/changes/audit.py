"""The audit log: what was done to a guild, for those who may read it. Each act of administration writes it here."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from integrations.sandbox.discord.hub import By, Hub
from integrations.sandbox.discord.model import AuditEntry, Guild
from integrations.sandbox.discord.payloads.audit import entry
from integrations.sandbox.discord.permissions import Permission, in_guild

Json = dict[str, Any]

GUILD = 1
CHANNEL_MADE, CHANNEL_CHANGED, CHANNEL_DELETED, OVERWRITE_MADE = 10, 11, 12, 13
MEMBER_REMOVED, MEMBER_CHANGED, MEMBER_ROLES, BOT_ADDED = 20, 24, 25, 28
ROLE_MADE, ROLE_CHANGED, ROLE_DELETED = 30, 31, 32
EMOJI_MADE = 60
MESSAGE_DELETED, MESSAGES_DELETED, MESSAGE_PINNED, MESSAGE_UNPINNED = 72, 73, 74, 75
STAGE_BEGUN, STAGE_CHANGED, STAGE_ENDED = 83, 84, 85
EVENT_MADE, EVENT_CHANGED, EVENT_DELETED = 100, 101, 102
THREAD_MADE, THREAD_CHANGED, THREAD_DELETED = 110, 111, 112


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done to what, by the numbers above; `changes` and `options` by Discord's reference."""

    action: int
    target_id: int
    changes: tuple[Json, ...] = ()
    options: dict[str, str] = field(default_factory=dict)


def write(hub: Hub, by: By, guild: Guild, deed: Deed) -> None:
    """Write an entry, and tell the sessions that may read the log."""
    made = AuditEntry(hub.new_id(by), deed.action, by.user_id, deed.target_id, deed.changes, deed.options, by.reason)
    insort(guild.audit, made, key=lambda one: one.id)
    if in_guild(guild, hub.world.bot.id) & Permission.VIEW_AUDIT_LOG:
        hub.tell(by, "GUILD_AUDIT_LOG_ENTRY_CREATE", {**entry(made), "guild_id": str(guild.id)}, guild.id)


def made(**values: object) -> tuple[Json, ...]:
    """Return the changes of something new."""
    return tuple({"key": key, "new_value": value} for key, value in values.items())


def gone(**values: object) -> tuple[Json, ...]:
    """Return the changes of something that is no more."""
    return tuple({"key": key, "old_value": value} for key, value in values.items())


def changed(before: Json, after: Json) -> tuple[Json, ...]:
    """Return what differs between two states of something as it is shown."""
    keys = [key for key, value in after.items() if before.get(key) != value]
    return tuple({"key": key, "old_value": before.get(key), "new_value": after[key]} for key in keys)


def roles(guild: Guild, before: Iterable[int], after: Iterable[int]) -> tuple[Json, ...]:
    """Return the roles that a member was given and those taken."""
    had, has = list(before), list(after)
    found = []
    for key, numbers in (("$add", set(has) - set(had)), ("$remove", set(had) - set(has))):
        named = [{"id": str(one), "name": guild.roles[one].name} for one in sorted(numbers) if one in guild.roles]
        if named:
            found.append({"key": key, "new_value": named})
    return tuple(found)

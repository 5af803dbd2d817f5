"""Entries of the audit log."""

from __future__ import annotations

from integrations.sandbox.discord.model import AuditEntry, Guild
from integrations.sandbox.discord.payloads.channels import thread
from integrations.sandbox.discord.payloads.events import event
from integrations.sandbox.discord.payloads.users import Json, user
from integrations.sandbox.discord.world import World


def entry(of: AuditEntry) -> Json:
    """Return an entry; what there is nothing of is left out, as Discord does."""
    found: Json = {
        "id": str(of.id),
        "action_type": of.action,
        "user_id": str(of.user_id),
        "target_id": str(of.target_id),
    }
    if of.changes:
        found["changes"] = list(of.changes)
    if of.options:
        found["options"] = of.options
    return {**found, "reason": of.reason} if of.reason else found


def page(world: World, guild: Guild, entries: list[AuditEntry]) -> Json:
    """Return entries together with the people and things they are about, as far as these are still there."""
    about = list(dict.fromkeys(number for one in entries for number in (one.user_id, one.target_id)))
    return {
        "audit_log_entries": [entry(one) for one in entries],
        "users": [user(world.users[number]) for number in about if number in world.users],
        "threads": [thread(guild.threads[number]) for number in about if number in guild.threads],
        "guild_scheduled_events": [event(world, guild.events[number]) for number in about if number in guild.events],
        **{key: [] for key in ("application_commands", "auto_moderation_rules", "integrations", "webhooks")},
    }

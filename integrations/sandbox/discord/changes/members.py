"""Joining, leaving, roles and onboarding."""

from __future__ import annotations

from integrations.sandbox.discord.changes import audit, messages, threads, voice
from integrations.sandbox.discord.changes.audit import Deed
from integrations.sandbox.discord.hub import By, Hub
from integrations.sandbox.discord.model import Guild, Member, MessageType
from integrations.sandbox.discord.payloads.users import member, user

COMPLETED_ONBOARDING, STARTED_ONBOARDING = 1 << 1, 1 << 3


def join(hub: Hub, by: By, guild: Guild, *, pending: bool = False) -> None:
    """Come into a guild; the system channel says so, where there is one."""
    if by.user_id in guild.members:
        return
    made = Member(by.user_id, hub.now(by), pending=pending)
    guild.members[by.user_id] = made
    hub.tell(by, "GUILD_MEMBER_ADD", {**member(hub.world, made), "guild_id": str(guild.id)}, guild.id)
    hub.note(by, "join", space=guild.id)
    if guild.system_channel_id is not None:
        place = hub.world.channels[guild.system_channel_id]
        messages.post(hub, by, place, messages.Draft(type=MessageType.JOIN))


def leave(hub: Hub, by: By, guild: Guild) -> None:
    """Leave a guild, its voice channels and its threads."""
    if by.user_id not in guild.members:
        return
    if by.user_id in guild.voice:
        voice.change(hub, by, guild, channel_id=None)
    for thread in guild.threads.values():
        threads.remove_member(hub, by, thread, by.user_id)
    del guild.members[by.user_id]
    found = {"guild_id": str(guild.id), "user": user(hub.world.users[by.user_id])}
    hub.tell(by, "GUILD_MEMBER_REMOVE", found, guild.id)
    hub.note(by, "leave", space=guild.id)


def remove(hub: Hub, by: By, guild: Guild, user_id: int) -> None:
    """Throw somebody out of a guild; `by` is who does it."""
    if user_id in guild.members:
        leave(hub, By(user_id, by.at, by.told), guild)
        audit.write(hub, by, guild, Deed(audit.MEMBER_REMOVED, user_id))


def bot_joins(hub: Hub, guild: Guild, roles: list[int]) -> None:
    """Bring the bot into a guild."""
    guild.members[hub.world.bot.id] = Member(hub.world.bot.id, hub.world.clock(), roles)
    hub.gateway.tell_guild(guild, new=True)
    audit.write(hub, By(guild.owner_id), guild, Deed(audit.BOT_ADDED, hub.world.bot.id))


def bot_leaves(hub: Hub, guild: Guild) -> None:
    """Throw the bot out of a guild."""
    hub.gateway.tell("GUILD_DELETE", {"id": str(guild.id)}, guild.id)
    guild.members.pop(hub.world.bot.id, None)


def outage(hub: Hub, guild: Guild, *, on: bool) -> None:
    """Make a guild unavailable, as in an outage, or bring it back."""
    guild.unavailable = on
    if on:
        hub.gateway.tell("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild.id)
    else:
        hub.gateway.tell_guild(guild, new=False)


def change(hub: Hub, by: By, guild: Guild, user_id: int, **state: object) -> None:
    """Change roles, flags, nick or the pending mark of a member; `by` is who does it."""
    known = guild.members[user_id]
    nick, roles = known.nick, list(known.roles)
    for key, value in state.items():
        setattr(known, key, value)
    found = {**member(hub.world, known), "guild_id": str(guild.id)}
    hub.tell(by, "GUILD_MEMBER_UPDATE", found, guild.id)
    moved = audit.roles(guild, roles, known.roles)
    if moved:
        audit.write(hub, by, guild, Deed(audit.MEMBER_ROLES, user_id, moved))
    if nick != known.nick:
        renamed = audit.changed({"nick": nick}, {"nick": known.nick})
        audit.write(hub, by, guild, Deed(audit.MEMBER_CHANGED, user_id, renamed))
    hub.wake()

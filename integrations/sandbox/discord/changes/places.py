"""Channels, roles and guilds made, changed and taken away."""

from __future__ import annotations

from integrations.sandbox.discord.changes import audit
from integrations.sandbox.discord.changes.audit import Deed
from integrations.sandbox.discord.hub import By, Hub
from integrations.sandbox.discord.model import Channel, Emoji, Guild, Overwrite, Role
from integrations.sandbox.discord.payloads.channels import channel as shown
from integrations.sandbox.discord.payloads.guilds import guild as guild_shown
from integrations.sandbox.discord.payloads.guilds import own_emoji
from integrations.sandbox.discord.payloads.guilds import role as role_shown
from integrations.sandbox.discord.permissions import Permission


def make_channel(hub: Hub, by: By, guild: Guild, made: Channel) -> Channel:
    """Put a channel into a guild."""
    made.position = len(guild.channels)
    guild.channels[made.id] = made
    hub.world.channels[made.id] = made
    hub.tell(by, "CHANNEL_CREATE", shown(hub.world, made), guild.id)
    audit.write(hub, by, guild, Deed(audit.CHANNEL_MADE, made.id, audit.made(name=made.name, type=made.type)))
    return made


def change_channel(hub: Hub, by: By, known: Channel, **state: object) -> None:
    """Change a channel's or thread's name, topic or place."""
    before = shown(hub.world, known)
    for key, value in state.items():
        setattr(known, key, value)
    after, threaded = shown(hub.world, known), known.thread is not None
    hub.tell(by, "THREAD_UPDATE" if threaded else "CHANNEL_UPDATE", after, known.guild_id)
    guild = hub.world.guild_of(known)
    if guild is not None:
        action = audit.THREAD_CHANGED if threaded else audit.CHANNEL_CHANGED
        audit.write(hub, by, guild, Deed(action, known.id, audit.changed(before, after)))


def delete_channel(hub: Hub, by: By, guild: Guild, known: Channel) -> None:
    """Delete a channel with its threads."""
    hub.tell(by, "CHANNEL_DELETE", shown(hub.world, known), guild.id)
    del guild.channels[known.id], hub.world.channels[known.id]
    for thread in [one for one in guild.threads.values() if one.parent_id == known.id]:
        del guild.threads[thread.id], hub.world.channels[thread.id]
    audit.write(hub, by, guild, Deed(audit.CHANNEL_DELETED, known.id, audit.gone(name=known.name, type=known.type)))


def overwrite(hub: Hub, by: By, known: Channel, one: Overwrite) -> None:
    """Set what a channel allows and denies a role or member."""
    known.overwrites[one.id] = one
    hub.tell(by, "CHANNEL_UPDATE", shown(hub.world, known), known.guild_id)
    guild = hub.world.guild_of(known)
    if guild is not None:
        about = {"id": str(one.id), "type": str(one.kind)}
        allowed = audit.made(id=str(one.id), type=one.kind, allow=str(one.allow), deny=str(one.deny))
        audit.write(hub, by, guild, Deed(audit.OVERWRITE_MADE, known.id, allowed, options=about))


def make_private(hub: Hub, by: By, guild: Guild, known: Channel, roles: list[int]) -> None:
    """Hide a channel from all but some roles."""
    known.overwrites[guild.id] = Overwrite(guild.id, 0, 0, int(Permission.VIEW_CHANNEL))
    for role_id in roles:
        known.overwrites[role_id] = Overwrite(role_id, 0, int(Permission.VIEW_CHANNEL), 0)
    hub.tell(by, "CHANNEL_UPDATE", shown(hub.world, known), guild.id)


def make_role(hub: Hub, by: By, guild: Guild, name: str, permissions: int) -> Role:
    """Make a role that stands above all others."""
    made = Role(hub.new_id(by), name, permissions, len(guild.roles))
    guild.roles[made.id] = made
    hub.tell(by, "GUILD_ROLE_CREATE", {"guild_id": str(guild.id), "role": role_shown(made)}, guild.id)
    audit.write(hub, by, guild, Deed(audit.ROLE_MADE, made.id, audit.made(name=name, permissions=str(permissions))))
    return made


def change_role(hub: Hub, by: By, guild: Guild, known: Role, **state: object) -> None:
    """Change a role's name or permissions."""
    before = role_shown(known)
    for key, value in state.items():
        setattr(known, key, value)
    after = role_shown(known)
    hub.tell(by, "GUILD_ROLE_UPDATE", {"guild_id": str(guild.id), "role": after}, guild.id)
    audit.write(hub, by, guild, Deed(audit.ROLE_CHANGED, known.id, audit.changed(before, after)))


def delete_role(hub: Hub, by: By, guild: Guild, known: Role) -> None:
    """Delete a role; nobody has it any more."""
    del guild.roles[known.id]
    for member in guild.members.values():
        if known.id in member.roles:
            member.roles.remove(known.id)
    hub.tell(by, "GUILD_ROLE_DELETE", {"guild_id": str(guild.id), "role_id": str(known.id)}, guild.id)
    audit.write(hub, by, guild, Deed(audit.ROLE_DELETED, known.id, audit.gone(name=known.name)))


def make_emoji(hub: Hub, by: By, guild: Guild, name: str) -> Emoji:
    """Make an emoji of the guild's own."""
    made = Emoji(name, hub.new_id(by))
    guild.emojis[made.id] = made
    shown_all = [own_emoji(one) for one in guild.emojis.values()]
    hub.tell(by, "GUILD_EMOJIS_UPDATE", {"guild_id": str(guild.id), "emojis": shown_all}, guild.id)
    audit.write(hub, by, guild, Deed(audit.EMOJI_MADE, made.id, audit.made(name=name)))
    return made


def change_guild(hub: Hub, by: By, guild: Guild, **state: object) -> None:
    """Change a guild's name, language, or its system or AFK channel."""
    before = guild_shown(guild)
    for key, value in state.items():
        setattr(guild, key, value)
    hub.tell(by, "GUILD_UPDATE", guild_shown(guild), guild.id)
    audit.write(hub, by, guild, Deed(audit.GUILD, guild.id, audit.changed(before, guild_shown(guild))))

"""Channels, roles and guilds made, changed and taken away."""

from __future__ import annotations

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
    return made


def change_channel(hub: Hub, by: By, known: Channel, **state: object) -> None:
    """Change a channel's name, topic or place."""
    for key, value in state.items():
        setattr(known, key, value)
    event = "THREAD_UPDATE" if known.thread is not None else "CHANNEL_UPDATE"
    hub.tell(by, event, shown(hub.world, known), known.guild_id)


def delete_channel(hub: Hub, by: By, guild: Guild, known: Channel) -> None:
    """Delete a channel with its threads."""
    hub.tell(by, "CHANNEL_DELETE", shown(hub.world, known), guild.id)
    del guild.channels[known.id], hub.world.channels[known.id]
    for thread in [one for one in guild.threads.values() if one.parent_id == known.id]:
        del guild.threads[thread.id], hub.world.channels[thread.id]


def overwrite(hub: Hub, by: By, known: Channel, one: Overwrite) -> None:
    """Set what a channel allows and denies a role or member."""
    known.overwrites[one.id] = one
    hub.tell(by, "CHANNEL_UPDATE", shown(hub.world, known), known.guild_id)


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
    return made


def change_role(hub: Hub, by: By, guild: Guild, known: Role, **state: object) -> None:
    """Change a role's name or permissions."""
    for key, value in state.items():
        setattr(known, key, value)
    hub.tell(by, "GUILD_ROLE_UPDATE", {"guild_id": str(guild.id), "role": role_shown(known)}, guild.id)


def delete_role(hub: Hub, by: By, guild: Guild, known: Role) -> None:
    """Delete a role; nobody has it any more."""
    del guild.roles[known.id]
    for member in guild.members.values():
        if known.id in member.roles:
            member.roles.remove(known.id)
    hub.tell(by, "GUILD_ROLE_DELETE", {"guild_id": str(guild.id), "role_id": str(known.id)}, guild.id)


def make_emoji(hub: Hub, by: By, guild: Guild, name: str) -> Emoji:
    """Make an emoji of the guild's own."""
    made = Emoji(name, hub.new_id(by))
    guild.emojis[made.id] = made
    shown_all = [own_emoji(one) for one in guild.emojis.values()]
    hub.tell(by, "GUILD_EMOJIS_UPDATE", {"guild_id": str(guild.id), "emojis": shown_all}, guild.id)
    return made


def change_guild(hub: Hub, by: By, guild: Guild, **state: object) -> None:
    """Change a guild's name, language, or its system or AFK channel."""
    for key, value in state.items():
        setattr(guild, key, value)
    hub.tell(by, "GUILD_UPDATE", guild_shown(guild), guild.id)

"""What somebody may do in a channel. Source of the rule: Discord's reference, "Permissions"."""

from __future__ import annotations

from enum import IntFlag

from integrations.sandbox.discord.model import Channel, ChannelType, Guild


class Permission(IntFlag):
    """The permissions which the sandbox looks at, by Discord's bits."""

    CREATE_INSTANT_INVITE = 1 << 0
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    CONNECT = 1 << 20
    SPEAK = 1 << 21
    CHANGE_NICKNAME = 1 << 26
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    REQUEST_TO_SPEAK = 1 << 32
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    CREATE_EVENTS = 1 << 44
    SEND_POLLS = 1 << 49
    PIN_MESSAGES = 1 << 51


P = Permission
ALL = (1 << 53) - 1
EVERYBODY = (
    P.CREATE_INSTANT_INVITE | P.ADD_REACTIONS | P.VIEW_CHANNEL | P.SEND_MESSAGES | P.EMBED_LINKS | P.ATTACH_FILES
    | P.READ_MESSAGE_HISTORY | P.CONNECT | P.SPEAK | P.CHANGE_NICKNAME | P.USE_APPLICATION_COMMANDS
    | P.REQUEST_TO_SPEAK | P.CREATE_PUBLIC_THREADS | P.CREATE_PRIVATE_THREADS | P.SEND_MESSAGES_IN_THREADS
    | P.SEND_POLLS
)  # fmt: skip


def in_guild(guild: Guild, user_id: int) -> int:
    """Return somebody's permissions in a whole guild; none for who is not in it."""
    member = guild.members.get(user_id)
    if member is None:
        return 0
    if user_id == guild.owner_id:
        return ALL
    found = guild.roles[guild.id].permissions
    for role_id in member.roles:
        found |= guild.roles[role_id].permissions
    return ALL if found & P.ADMINISTRATOR else found


def in_channel(guild: Guild, channel: Channel, user_id: int) -> int:
    """Return somebody's permissions in a channel or thread; a thread has those of its parent."""
    found = in_guild(guild, user_id)
    member = guild.members.get(user_id)
    if found == ALL or member is None:
        return found
    place = guild.channels[channel.parent_id] if channel.thread is not None and channel.parent_id else channel
    found = _overwritten(found, place, [guild.id])
    found = _overwritten(found, place, member.roles)
    found = _overwritten(found, place, [user_id])
    if channel.type == ChannelType.PRIVATE_THREAD and not _let_in(channel, found, user_id):
        return 0
    return found if found & P.VIEW_CHANNEL else 0


def _overwritten(found: int, channel: Channel, ids: list[int]) -> int:
    written = [channel.overwrites[number] for number in ids if number in channel.overwrites]
    for one in written:
        found &= ~one.deny
    for one in written:
        found |= one.allow
    return found


def _let_in(thread: Channel, found: int, user_id: int) -> bool:
    return bool(found & P.MANAGE_THREADS) or (thread.thread is not None and user_id in thread.thread.members)

"""Channels, threads and direct conversations."""

from __future__ import annotations

from integrations.sandbox.discord.model import Channel, ChannelType
from integrations.sandbox.discord.payloads.users import Json, user
from integrations.sandbox.discord.snowflakes import iso
from integrations.sandbox.discord.world import World

_SPOKEN = (ChannelType.VOICE, ChannelType.STAGE)


def channel(world: World, of: Channel) -> Json:
    """Return any channel as its kind is shown."""
    if of.type == ChannelType.DM:
        return _dm(world, of)
    return thread(of) if of.thread is not None else _in_guild(of)


def _dm(world: World, of: Channel) -> Json:
    return {
        "id": str(of.id),
        "type": ChannelType.DM,
        "last_message_id": _id(of.last_message_id),
        "flags": 0,
        "recipients": [user(world.users[number]) for number in of.recipients],
    }


def _named(of: Channel) -> Json:
    """Return what all channels and threads of a guild have."""
    return {
        "id": str(of.id),
        "type": of.type,
        "last_message_id": _id(of.last_message_id),
        "flags": 0,
        "guild_id": str(of.guild_id),
        "name": of.name,
        "parent_id": _id(of.parent_id),
        "rate_limit_per_user": 0,
    }


def _in_guild(of: Channel) -> Json:
    found: Json = {
        **_named(of),
        "topic": of.topic,
        "position": of.position,
        "permission_overwrites": [
            {"id": str(one.id), "type": one.kind, "allow": str(one.allow), "deny": str(one.deny)}
            for one in of.overwrites.values()
        ],
        "nsfw": False,
    }
    if of.type in _SPOKEN:
        found |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None, "video_quality_mode": 1}
    if of.type == ChannelType.FORUM:
        found |= {"available_tags": _tags(of), "default_reaction_emoji": None, "default_sort_order": None}
        found |= {"default_forum_layout": 0, "default_auto_archive_duration": 4320}
    return found


def _tags(of: Channel) -> list[Json]:
    return [
        {"id": str(number), "name": name, "moderated": False, "emoji_id": None, "emoji_name": None}
        for number, name in of.tags.items()
    ]


def thread(of: Channel, reader: int | None = None) -> Json:
    """Return a thread; with the membership of `reader`, where that is given and they are in it."""
    state = of.thread
    if state is None:
        raise ValueError("not a thread")
    found: Json = {
        **_named(of),
        "owner_id": str(state.owner_id),
        "thread_metadata": {
            "archived": state.archived,
            "archive_timestamp": iso(state.archived_at or state.created),
            "auto_archive_duration": state.keep_minutes,
            "locked": state.locked,
            "create_timestamp": iso(state.created),
        },
        "message_count": state.sent,
        "member_count": min(50, len(state.members)),
        "total_message_sent": state.sent,
        "applied_tags": [str(tag) for tag in state.tags],
    }
    if reader in state.members:
        found["member"] = thread_member(of, reader)
    return found


def thread_member(of: Channel, user_id: int) -> Json:
    """Return somebody's membership of a thread they are in."""
    if of.thread is None:
        raise ValueError("not a thread")
    return {
        "id": str(of.id),
        "user_id": str(user_id),
        "join_timestamp": iso(of.thread.members[user_id]),
        "flags": 0,
    }


def _id(number: int | None) -> str | None:
    return None if number is None else str(number)

"""Payloads as Discord's gateway sends them without message content, written by hand after its reference."""

from __future__ import annotations

from typing import Any

from bot.ports import Account, Kind, Listed, Signal, SpaceSettings
from integrations.discord.payloads.guild import Guild
from integrations.discord.payloads.hearing import hear
from integrations.discord.payloads.people import People

Record = dict[str, Any]

NOW = 1_706_832_000_000
"""2024-02-02 00:00:00 UTC."""
DAY = NOW // 86_400_000
MINUTE = 60_000
HOUR = 60 * MINUTE
GUILD, GENERAL, CATEGORY, FORUM, TALK, IDLE, HIDDEN = "900", "700", "600", "701", "702", "703", "704"
ANN, BEN, ROBOT = (Account("discord", "", number, number == "99") for number in ("11", "12", "99"))
EVERY_KIND = frozenset(Kind)
_VIEW = "1024"


def snowflake(moment: int, low: int = 0) -> str:
    """Return a Discord id made at a moment in ms."""
    return str(((moment - 1_420_070_400_000) << 22) + low)


def user(number: str, **more: Any) -> Record:
    """Return a user object."""
    names = {"username": f"name{number}", "global_name": None, "discriminator": "0", "avatar": None}
    return {"id": number, **names, "public_flags": 0} | more


def member(*roles: str, **more: Any) -> Record:
    """Return a member as messages and reactions carry it."""
    times = {"joined_at": "2023-05-01T10:00:00.000000+00:00", "premium_since": None}
    return {"roles": list(roles), "nick": None, **times, "deaf": False, "mute": False, "flags": 0} | more


def message(number: str, author: str | Record = "11", **more: Any) -> Record:
    """Return the data of MESSAGE_CREATE."""
    who = user(author) if isinstance(author, str) else author
    empty: Record = {"content": "", "embeds": [], "attachments": [], "components": [], "mention_roles": []}
    frame: Record = {"id": number, "channel_id": GENERAL, "guild_id": GUILD, "type": 0, "author": who, "flags": 0}
    state: Record = {"mentions": [], "mention_everyone": False, "edited_timestamp": None, "pinned": False, "tts": False}
    return frame | empty | state | {"member": member(), "nonce": "1"} | more


def reaction(target: str, who: str = "12", **more: Any) -> Record:
    """Return the data of MESSAGE_REACTION_ADD."""
    act: Record = {"user_id": who, "channel_id": GENERAL, "guild_id": GUILD, "message_id": target}
    kind: Record = {"emoji": {"id": None, "name": "🙏"}, "burst": False, "type": 0, "message_author_id": "11"}
    return act | kind | {"member": member() | {"user": user(who)}} | more


def unreaction(target: str, who: str = "12", **more: Any) -> Record:
    """Return the data of MESSAGE_REACTION_REMOVE."""
    act = reaction(target, who, **more)
    return {name: value for name, value in act.items() if name not in ("member", "message_author_id")}


def channel(number: str, kind: int = 0, parent: str | None = None, **more: Any) -> Record:
    """Return a channel, thread or category."""
    frame: Record = {"id": number, "type": kind, "name": f"name{number}", "parent_id": parent, "position": 0}
    return frame | {"guild_id": GUILD, "permission_overwrites": []} | more


def thread(number: str, parent: str = GENERAL, owner: str = "11", **more: Any) -> Record:
    """Return the data of THREAD_CREATE."""
    state = {"archived": False, "locked": False, "auto_archive_duration": 1440, "archive_timestamp": None}
    return channel(number, 11, parent, owner_id=owner, thread_metadata=state, message_count=0) | more


def hides(who: str = GUILD) -> Record:
    """Return the overwrite that hides a channel from a role, by default from everyone's."""
    return {"id": who, "type": 0, "allow": "0", "deny": _VIEW}


def shows(who: str) -> Record:
    """Return the overwrite that shows a channel to a role."""
    return {"id": who, "type": 0, "allow": _VIEW, "deny": "0"}


def role(number: str, name: str, **more: Any) -> Record:
    """Return a role."""
    return {"id": number, "name": name, "permissions": "1024", "position": 1, "managed": False} | more


def convening(number: str, status: int = 2, **more: Any) -> Record:
    """Return a scheduled event in the voice channel."""
    frame: Record = {"id": number, "guild_id": GUILD, "channel_id": TALK, "creator_id": "11", "name": "Office hours"}
    times: Record = {"scheduled_start_time": "2024-02-01T18:00:00+00:00", "scheduled_end_time": None}
    return frame | times | {"privacy_level": 2, "status": status, "entity_type": 2, "recurrence_rule": None} | more


def stage(number: str, where: str = TALK, **more: Any) -> Record:
    """Return the data of STAGE_INSTANCE_CREATE."""
    frame: Record = {"id": number, "guild_id": GUILD, "channel_id": where, "topic": "what somebody wrote"}
    return frame | {"privacy_level": 2, "discoverable_disabled": True, "guild_scheduled_event_id": None} | more


def voice(who: str, where: str | None = TALK, **more: Any) -> Record:
    """Return the data of VOICE_STATE_UPDATE."""
    state = {"deaf": False, "mute": False, "self_deaf": False, "self_mute": False, "self_video": False}
    frame: Record = {"guild_id": GUILD, "channel_id": where, "user_id": who, "session_id": "a1", "suppress": False}
    return frame | state | {"member": member() | {"user": user(who)}} | more


def server(**more: Any) -> Record:
    """Return the data of GUILD_CREATE."""
    channels = [
        channel(CATEGORY, 4),
        channel(GENERAL, 0, CATEGORY),
        channel(FORUM, 15, CATEGORY),
        channel(TALK, 2, CATEGORY),
        channel(IDLE, 2, CATEGORY),
        channel(HIDDEN, 0, None, permission_overwrites=[hides()]),
    ]
    roles = [role(GUILD, "@everyone"), role("801", "mentor"), role("802", "staff"), role("803", "app", managed=True)]
    frame: Record = {"id": GUILD, "name": "A server", "owner_id": "11", "afk_channel_id": IDLE, "large": False}
    lists: Record = {
        "threads": [],
        "members": [],
        "voice_states": [],
        "guild_scheduled_events": [],
        "stage_instances": [],
    }
    return frame | lists | {"system_channel_id": GENERAL, "channels": channels, "roles": roles} | more


THANKFUL = SpaceSettings(thanks=Listed.of(["🙏", "5500"]), excluded_roles=Listed.of(["staff"]))


def guild(settings: SpaceSettings = THANKFUL, kinds: frozenset[Kind] = EVERY_KIND, **more: Any) -> Guild:
    """Return a server that is known; `more` replaces parts of what it says of itself."""
    made = Guild(GUILD, settings, kinds, People(own="98"))
    assert hear(made, "GUILD_CREATE", server(**more), NOW) == []
    return made


def told(name: str, d: Record, where: Guild | None = None, now: int = NOW) -> list[Signal]:
    """Return what an event says, to a server that was known before."""
    return hear(where or guild(), name, d, now)

"""Which events go to which sessions. Source: Discord's reference, "Gateway", list of intents."""

from __future__ import annotations

from enum import IntFlag


class Intent(IntFlag):
    """What a session asks to hear of, by Discord's bits."""

    GUILDS = 1 << 0
    MEMBERS = 1 << 1
    MODERATION = 1 << 2
    EXPRESSIONS = 1 << 3
    VOICE_STATES = 1 << 7
    PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_REACTIONS = 1 << 10
    GUILD_TYPING = 1 << 11
    DM_MESSAGES = 1 << 12
    DM_REACTIONS = 1 << 13
    DM_TYPING = 1 << 14
    CONTENT = 1 << 15
    SCHEDULED_EVENTS = 1 << 16
    GUILD_POLLS = 1 << 24
    DM_POLLS = 1 << 25


PRIVILEGED = Intent.MEMBERS | Intent.PRESENCES | Intent.CONTENT
# those above, and some that the sandbox has no events for; a plain number, since `~` of a flag leaves unknown bits out
KNOWN = int((1 << 17) - 1 | 1 << 20 | 1 << 21 | Intent.GUILD_POLLS | Intent.DM_POLLS)

_GUILDS = (
    "GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE", "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE",
    "CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE", "CHANNEL_PINS_UPDATE", "THREAD_CREATE", "THREAD_UPDATE",
    "THREAD_DELETE", "THREAD_LIST_SYNC", "THREAD_MEMBER_UPDATE", "STAGE_INSTANCE_CREATE", "STAGE_INSTANCE_UPDATE",
    "STAGE_INSTANCE_DELETE",
)  # fmt: skip
_MEMBERS = ("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE", "THREAD_MEMBERS_UPDATE")
_MESSAGES = ("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK")
_REACTIONS = (
    "MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE", "MESSAGE_REACTION_REMOVE_ALL", "MESSAGE_REACTION_REMOVE_EMOJI",
)  # fmt: skip
_EVENTS = (
    "GUILD_SCHEDULED_EVENT_CREATE", "GUILD_SCHEDULED_EVENT_UPDATE", "GUILD_SCHEDULED_EVENT_DELETE",
    "GUILD_SCHEDULED_EVENT_USER_ADD", "GUILD_SCHEDULED_EVENT_USER_REMOVE",
)  # fmt: skip
_POLLS = ("MESSAGE_POLL_VOTE_ADD", "MESSAGE_POLL_VOTE_REMOVE")

_IN_GUILD: dict[str, Intent] = {
    **dict.fromkeys(_GUILDS, Intent.GUILDS),
    **dict.fromkeys(_MEMBERS, Intent.MEMBERS),
    **dict.fromkeys(_MESSAGES, Intent.GUILD_MESSAGES),
    **dict.fromkeys(_REACTIONS, Intent.GUILD_REACTIONS),
    **dict.fromkeys(_EVENTS, Intent.SCHEDULED_EVENTS),
    **dict.fromkeys(_POLLS, Intent.GUILD_POLLS),
    "GUILD_AUDIT_LOG_ENTRY_CREATE": Intent.MODERATION,
    "GUILD_EMOJIS_UPDATE": Intent.EXPRESSIONS,
    "TYPING_START": Intent.GUILD_TYPING,
    "VOICE_STATE_UPDATE": Intent.VOICE_STATES,
}
_IN_DM: dict[str, Intent] = {
    **dict.fromkeys(_MESSAGES, Intent.DM_MESSAGES),
    **dict.fromkeys(_REACTIONS, Intent.DM_REACTIONS),
    **dict.fromkeys(_POLLS, Intent.DM_POLLS),
    "CHANNEL_PINS_UPDATE": Intent.DM_MESSAGES,
    "TYPING_START": Intent.DM_TYPING,
}


def needed(event: str, *, in_guild: bool) -> int:
    """Return the intent an event needs; 0 for those everybody gets, such as interactions."""
    return int((_IN_GUILD if in_guild else _IN_DM).get(event, 0))

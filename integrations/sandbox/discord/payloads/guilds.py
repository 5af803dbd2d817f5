"""Guilds, their roles, and how a guild is shown when a session begins."""

from __future__ import annotations

from integrations.sandbox.discord.model import Channel, Emoji, Guild, Prompt, Role
from integrations.sandbox.discord.payloads.channels import channel, thread
from integrations.sandbox.discord.payloads.events import event
from integrations.sandbox.discord.payloads.users import Json, member
from integrations.sandbox.discord.payloads.voice import stage, voice_state
from integrations.sandbox.discord.snowflakes import iso
from integrations.sandbox.discord.world import World

_LARGE = 250


def role(of: Role) -> Json:
    """Return a role."""
    found: Json = {
        "id": str(of.id),
        "name": of.name,
        "permissions": str(int(of.permissions)),
        "position": of.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": bool(of.bot_id),
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    return {**found, "tags": {"bot_id": str(of.bot_id)}} if of.bot_id else found


def guild(of: Guild) -> Json:
    """Return a guild as REST gives it."""
    return {
        **_switched_off(),
        "id": str(of.id),
        "name": of.name,
        "features": ["COMMUNITY", "GUILD_ONBOARDING"] if of.onboarding else ["COMMUNITY"],
        "owner_id": str(of.owner_id),
        "afk_channel_id": None if of.afk_channel_id is None else str(of.afk_channel_id),
        "system_channel_id": None if of.system_channel_id is None else str(of.system_channel_id),
        "preferred_locale": of.locale,
        "roles": [role(one) for one in of.roles.values()],
        "emojis": [own_emoji(one) for one in of.emojis.values()],
    }


def onboarding(of: Guild) -> Json:
    """Return what newcomers are asked, and the roles that their answers give."""
    return {
        "guild_id": str(of.id),
        "prompts": [_prompt(one) for one in of.onboarding],
        "default_channel_ids": [str(number) for number in of.channels] if of.onboarding else [],
        "enabled": bool(of.onboarding),
        "mode": 0,
    }


def _prompt(of: Prompt) -> Json:
    options = [
        {
            "id": str(number),
            "title": title,
            "description": "",
            "emoji": {"id": None, "name": None, "animated": False},
            "role_ids": [str(role_id)],
            "channel_ids": [],
        }
        for number, (title, role_id) in of.options.items()
    ]
    once = {"single_select": False, "required": False, "in_onboarding": True, "type": 0}
    return {"id": str(of.id), "title": of.title, "options": options, **once}


def own_emoji(of: Emoji) -> Json:
    """Return an emoji of the guild's own."""
    return {
        "id": str(of.id),
        "name": of.name,
        "roles": [],
        "require_colons": True,
        "managed": False,
        "animated": False,
        "available": True,
    }


def _switched_off() -> Json:
    """Return what no guild of the sandbox uses."""
    nothing = (
        "icon", "description", "home_header", "splash", "discovery_splash", "banner", "application_id",
        "widget_channel_id", "max_presences", "vanity_url_code", "rules_channel_id", "safety_alerts_channel_id",
        "public_updates_channel_id", "incidents_data",
    )  # fmt: skip
    zero = (
        "system_channel_flags", "verification_level", "default_message_notifications", "mfa_level",
        "explicit_content_filter", "premium_tier", "premium_subscription_count", "nsfw_level",
    )  # fmt: skip
    return {
        **dict.fromkeys(nothing),
        **dict.fromkeys(zero, 0),
        **dict.fromkeys(("widget_enabled", "premium_progress_bar_enabled", "nsfw"), False),
        "region": "deprecated",
        "afk_timeout": 300,
        "max_members": 25_000_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "stickers": [],
    }


def whole_guild(world: World, of: Guild, *, presences: bool) -> Json:
    """Return a guild as a session first hears of it.

    Without presences, only the bot and the people in voice come along as members; all others are asked for.
    """
    large = len(of.members) > _LARGE
    shown = list(of.members) if presences and not large else [world.bot.id, *of.voice]
    return {
        **guild(of),
        "joined_at": iso(of.members[world.bot.id].joined),
        "large": large,
        "unavailable": False,
        "member_count": len(of.members),
        "voice_states": [_without_guild(voice_state(world, of, one)) for one in of.voice.values()],
        "members": [member(world, of.members[number]) for number in dict.fromkeys(shown)],
        "channels": [channel(world, one) for one in of.channels.values()],
        "threads": [thread(one, world.bot.id) for one in active_threads(world, of)],
        "presences": [],
        "stage_instances": [stage(one) for one in of.stages.values()],
        "guild_scheduled_events": [event(world, one) for one in of.events.values()],
        "soundboard_sounds": [],
    }


def active_threads(world: World, of: Guild) -> list[Channel]:
    """Return the threads that are not archived and that the bot sees."""
    threads = [one for one in of.threads.values() if one.thread is not None and not one.thread.archived]
    return [one for one in threads if world.sees(one)]


def _without_guild(state: Json) -> Json:
    return {key: value for key, value in state.items() if key != "guild_id"}

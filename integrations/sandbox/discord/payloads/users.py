"""Users and members."""

from __future__ import annotations

from typing import Any

from integrations.sandbox.discord.model import Member, User
from integrations.sandbox.discord.snowflakes import iso
from integrations.sandbox.discord.world import World

Json = dict[str, Any]


def user(who: User) -> Json:
    """Return a user."""
    found: Json = {
        "id": str(who.id),
        "username": who.name,
        "avatar": None,
        "discriminator": "0000" if who.bot else "0",
        "public_flags": 0,
        "flags": 0,
        "global_name": None if who.bot else who.name,
        "primary_guild": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "banner": None,
        "accent_color": None,
    }
    return {**found, "bot": True} if who.bot else found


def member(world: World, of: Member) -> Json:
    """Return a member together with its user."""
    return {**bare_member(of), "user": user(world.users[of.user_id])}


def bare_member(of: Member) -> Json:
    """Return a member as it goes with a message, whose author is told beside it."""
    return {
        "avatar": None,
        "banner": None,
        "avatar_decoration_data": None,
        "communication_disabled_until": None,
        "flags": of.flags,
        "joined_at": iso(of.joined),
        "nick": of.nick,
        "pending": of.pending,
        "premium_since": None,
        "roles": [str(role) for role in of.roles],
        "mute": False,
        "deaf": False,
    }


def me(world: World) -> Json:
    """Return the bot as it sees itself."""
    return {
        **user(world.bot),
        "mfa_enabled": True,
        "locale": "en-US",
        "verified": True,
        "email": None,
        "premium_type": 0,
    }

"""The app and its commands."""

from __future__ import annotations

from integrations.sandbox.discord.gateway.intents import Intent
from integrations.sandbox.discord.payloads.users import Json, user
from integrations.sandbox.discord.world import World

_SWITCHED_OFF: Json = {
    "icon": None,
    "description": "",
    "type": None,
    "verify_key": "0" * 64,
    "redirect_uris": [],
    "interactions_endpoint_url": None,
    "role_connections_verification_url": None,
    "approximate_user_install_count": 0,
    "approximate_user_authorization_count": 0,
    "event_webhooks_url": None,
    "event_webhooks_status": 1,
    "explicit_content_filter": 0,
    "team": None,
    "eligible_oauth2_scopes": ["bot", "applications.commands"],
    "bot_public": True,
    "bot_require_code_grant": False,
    "rpc_origins": [],
}


_SWITCHED_ON = {Intent.PRESENCES: 1 << 13, Intent.MEMBERS: 1 << 15, Intent.CONTENT: 1 << 19}
"""The flags that say which privileged intents a small app may use."""


def application(world: World) -> Json:
    """Return the app as its bot sees it."""
    app = world.application
    flags = app.flags | sum(flag for intent, flag in _SWITCHED_ON.items() if app.privileged & intent)
    return {
        **_SWITCHED_OFF,
        "id": str(app.id),
        "name": app.name,
        "bot": user(world.bot),
        "owner": user(world.users[app.owner_id]),
        "flags": flags,
        "flags_new": str(flags),
        "approximate_guild_count": len(world.guilds_of_bot()),
        "integration_types_config": {"0": {}},
    }


def command(world: World, body: Json, number: int, guild_id: int) -> Json:
    """Return a command as stored: what was registered under an id, with what Discord adds."""
    unsaid = [key for key in ("integration_types", "dm_permission") if body.get(key) is None]
    kept = {key: value for key, value in body.items() if key not in ("id", *unsaid)}
    needed = body.get("default_member_permissions")
    found = {
        "type": 1,
        "description": "",
        "dm_permission": True,
        "contexts": None,
        "integration_types": [0],
        "nsfw": False,
        **kept,
        "default_member_permissions": None if needed is None else str(needed),
        "id": str(number),
        "application_id": str(world.application.id),
        "version": str(number),
    }
    return {**found, "guild_id": str(guild_id)} if guild_id else found

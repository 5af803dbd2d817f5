"""The app's manifest: what is pasted into Slack to make the app, made of what the code uses."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML

from integrations.slack.scopes import EVENTS, PRIVATE, scopes

NAME = "Cairn"
_HEAD = (
    "# The manifest of Cairn's Slack app: paste it at https://api.slack.com/apps (Create New App, From a manifest).\n"
    "# Made by `make manifest` from integrations/slack/scopes.py; a test compares it. Change that.\n"
)
_COMMANDS = (
    ("/cairn", "Your own way here, and what is kept of you", "me | why | rules | thank @somebody | privacy | help"),
    ("/cairn-team", "For moderators and managers", "log | member | event | report | help"),
)
SHORTCUTS = (
    ("Log an engagement", "message", "cairn-team log|message", "Log what this message shows"),
    ("Thank", "message", "cairn thank|message", "Thank the author of this message"),
    ("Log an engagement", "global", "cairn-team log", "Log what somebody has done"),
    ("Thank somebody", "global", "cairn thank", "Thank somebody in private"),
    ("Why?", "global", "cairn why", "Where you stand, and why"),
)
"""What stands in Slack's menus: label, kind, what comes back, and what it is for."""


def manifest() -> dict[str, Any]:
    """Return the manifest for Socket Mode, without private channels: those are let in by a step of their own."""
    return {
        "display_information": {
            "name": NAME,
            "description": "Counts how people take part, never what they write",
            "background_color": "#2f5d50",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "slash_commands": [
                {"command": name, "description": about, "usage_hint": hint, "should_escape": True}
                for name, about, hint in _COMMANDS
            ],
            "shortcuts": [
                {"name": name, "type": kind, "callback_id": back, "description": about}
                for name, kind, back, about in SHORTCUTS
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted(scopes() - PRIVATE)}},
        "settings": {
            "event_subscriptions": {"bot_events": sorted(one for one, asks in EVENTS.items() if asks not in PRIVATE)},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }


def manifest_text() -> str:
    """Return the manifest as it stands in the project."""
    yaml = YAML()
    yaml.width = 120
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(manifest(), out)
    return _HEAD + out.getvalue()

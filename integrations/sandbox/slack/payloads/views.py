"""Modals and Home tabs."""

from __future__ import annotations

from integrations.sandbox.slack.model import Json, View


def view(of: View) -> Json:
    """Return a view."""
    found: Json = {
        "id": of.id,
        "team_id": of.team_id,
        "type": of.type,
        "blocks": of.shown["blocks"],
        "private_metadata": of.shown.get("private_metadata", ""),
        "callback_id": of.shown.get("callback_id", ""),
        "state": {"values": of.state},
        "hash": of.hash,
        "title": of.shown.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
        "clear_on_close": bool(of.shown.get("clear_on_close")),
        "notify_on_close": bool(of.shown.get("notify_on_close")),
        "close": of.shown.get("close"),
        "submit": of.shown.get("submit"),
        "previous_view_id": of.previous or None,
        "root_view_id": of.root,
        "app_id": of.app_id,
        "external_id": of.shown.get("external_id", ""),
        "app_installed_team_id": of.team_id,
        "bot_id": of.bot_id,
    }
    if of.type == "modal":
        found["submit_disabled"] = bool(of.shown.get("submit_disabled"))
    return found

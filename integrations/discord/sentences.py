"""What Cairn says of Discord in one line: why it does not answer or allow something, and how to invite Cairn."""

from __future__ import annotations

import discord

PORTAL = "https://discord.com/developers/applications"
WRONG_TOKEN = f"CAIRN_DISCORD_TOKEN: Discord does not know this token; copy it anew from {PORTAL} (your app, Bot)"
NO_MEMBERS = (
    "CAIRN_DISCORD_MEMBERS: Discord does not allow this bot the server members intent; "
    f"switch it on at {PORTAL} (your app, Bot), or set CAIRN_DISCORD_MEMBERS=off"
)


def invite(application: int, *, audit_log: bool = False) -> str:
    """Return the link by which a server's owner lets Cairn in, with the least rights that Cairn needs.

    `audit_log` asks for the right to read the audit log besides.
    """
    rights = discord.Permissions(
        view_channel=True,
        read_message_history=True,
        send_messages=True,
        send_messages_in_threads=True,
        attach_files=True,
        view_audit_log=audit_log,
    )
    return discord.utils.oauth_url(application, permissions=rights, scopes=("bot", "applications.commands"))


def unreachable(error: BaseException) -> str:
    """Say why Discord does not answer; never what it or we sent."""
    status = getattr(error, "status", None)
    return f"Discord cannot be reached ({status or type(error).__name__})"

"""The live platforms that the settings name, put together: only here does the command line know their integrations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from pydantic import SecretStr

from bot.config import Settings
from bot.errors import ConfigError
from bot.hearing.installing import INVITED_MS, InstallationsOf
from bot.keys import Keys
from bot.ports import Installation, Integration, SpaceSettings
from bot.storage.engine import Database
from integrations.discord.access import Access
from integrations.discord.integration import Discord
from integrations.slack.access import Access as SlackAccess
from integrations.slack.access import Client
from integrations.slack.integration import Slack

_NOTHING: Mapping[tuple[str, str], SpaceSettings] = MappingProxyType({})
_NOWHERE: Mapping[str, Sequence[Installation]] = MappingProxyType({})


def configured(
    settings: Settings,
    known: Mapping[tuple[str, str], SpaceSettings] = _NOTHING,
    installed: Mapping[str, Sequence[Installation]] = _NOWHERE,
) -> list[Integration]:
    """Return the live platforms that the settings name. Raises ConfigError where a platform's settings are not enough.

    `known` is what holds in spaces, by platform and id; `installed` is where a platform's app was installed by a link,
    for who only looks.
    """
    found: list[Integration] = []
    if settings.discord_token is not None:
        members, audit_log = settings.discord_members == "on", settings.discord_audit_log == "on"
        address = settings.discord_api_url, settings.discord_gateway_url
        access = Access(settings.discord_token.get_secret_value(), *address, members, audit_log)
        found.append(Discord(replace(access, holds=lambda number: known.get(("discord", number), SpaceSettings()))))
    client = _client(settings)
    if settings.slack_bot_token is not None or client is not None:
        found.append(Slack(replace(_slack(settings), client=client, installed=tuple(installed.get(Slack.name, ())))))
    return found


def invitation(settings: Settings, database: Database, keys: Keys, now: int) -> str:
    """Return a sentence with the link by which others install Cairn; empty where the settings allow none (now: ms)."""
    client = _client(settings)
    if client is None:
        return ""
    link = client.link(InstallationsOf(database, keys, Slack.name).invitation(now))
    until = dt.datetime.fromtimestamp((now + INVITED_MS) / 1000, dt.UTC)
    return f"Until {until:%Y-%m-%d %H:%M} UTC, a workspace installs Cairn at {link}"


def _client(settings: Settings) -> Client | None:
    given = {
        "CAIRN_SLACK_CLIENT_ID": settings.slack_client_id or "",
        "CAIRN_SLACK_CLIENT_SECRET": _plain(settings.slack_client_secret),
        "CAIRN_SLACK_PUBLIC_URL": settings.slack_public_url or "",
    }
    lacking = [name for name, value in given.items() if not value]
    if len(lacking) == len(given):
        return None
    if lacking:
        raise ConfigError(f"to let workspaces install Cairn by a link, set {' and '.join(lacking)} as well")
    return Client(*given.values())


def _slack(settings: Settings) -> SlackAccess:
    app, secret = _plain(settings.slack_app_token), _plain(settings.slack_signing_secret)
    if not app and not secret:
        raise ConfigError(
            "Slack is set up, but no way in for what Slack tells: set CAIRN_SLACK_APP_TOKEN "
            "(Socket Mode), or CAIRN_SLACK_SIGNING_SECRET where Slack is to send over HTTP"
        )
    return SlackAccess(
        tuple(part.strip() for part in _plain(settings.slack_bot_token).split(",") if part.strip()),
        app,
        secret,
        settings.slack_api_url,
        settings.slack_host,
        settings.slack_port,
        settings.slack_history == "on",
    )


def _plain(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret is not None else ""

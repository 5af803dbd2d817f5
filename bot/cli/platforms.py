"""The live platforms that the settings name, put together: only here does the command line know their integrations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from pydantic import SecretStr

from bot.config import Settings
from bot.errors import ConfigError
from bot.ports import Integration, SpaceSettings
from integrations.discord.access import Access
from integrations.discord.integration import Discord
from integrations.slack.access import Access as SlackAccess
from integrations.slack.integration import Slack

_NOTHING: Mapping[tuple[str, str], SpaceSettings] = MappingProxyType({})


def configured(settings: Settings, known: Mapping[tuple[str, str], SpaceSettings] = _NOTHING) -> list[Integration]:
    """Return the live platforms that the settings name; `known` is what holds in spaces, by platform and id.

    Raises ConfigError where a platform's settings are not enough.
    """
    found: list[Integration] = []
    if settings.discord_token is not None:
        members, audit_log = settings.discord_members == "on", settings.discord_audit_log == "on"
        address = settings.discord_api_url, settings.discord_gateway_url
        access = Access(settings.discord_token.get_secret_value(), *address, members, audit_log)
        found.append(Discord(replace(access, holds=lambda number: known.get(("discord", number), SpaceSettings()))))
    if settings.slack_bot_token is not None:
        found.append(Slack(_slack(settings)))
    return found


def _slack(settings: Settings) -> SlackAccess:
    app, secret = _plain(settings.slack_app_token), _plain(settings.slack_signing_secret)
    if not app and not secret:
        raise ConfigError(
            "CAIRN_SLACK_BOT_TOKEN is set, but no way in for what Slack tells: set CAIRN_SLACK_APP_TOKEN "
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

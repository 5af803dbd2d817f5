"""The settings, and the only reader of the environment.

Settings come from variables that begin with `CAIRN_`: from the environment, else from the file `.env` in the current
folder. Relative paths start at the current folder.
"""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource, SettingsConfigDict
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import ConfigError

PREFIX = "CAIRN_"
ENV_FILE = Path(".env")
_SQLITE = ("sqlite", "sqlite+aiosqlite")
_POSTGRESQL = ("postgresql", "postgresql+psycopg", "postgresql+asyncpg")
_DATABASE_WANTED = "expected sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME"
_RULES = Path("mountain.yaml")
_PASSWORD = re.compile(r"://[^/@]*?:([^/@]+)@")
_LONGEST_NAME = 60


def _keys_beside_database(known: dict[str, Any]) -> Path:
    url = make_url(known["database_url"])
    return Path(f"{url.database}.keys") if url.drivername in _SQLITE else Path("data/cairn.keys")


def _backups_beside_database(known: dict[str, Any]) -> Path:
    url = make_url(known["database_url"])
    return Path(str(url.database)).parent / "backups" if url.drivername in _SQLITE else Path("data/backups")


def _rules_of_folder() -> Path | None:
    return _RULES if _RULES.is_file() else None


class Settings(BaseSettings):
    """What an operator can set. Every field is an environment variable: `database_url` is `CAIRN_DATABASE_URL`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    database_url: str = Field(
        default="sqlite:///data/cairn.db",
        repr=False,
        description="Where everything is stored: sqlite:///PATH (four slashes where the path begins at the root) or "
        "postgresql://USER:PASSWORD@HOST/NAME (special characters in the password percent-encoded).",
    )
    keys_file: Path = Field(
        default_factory=_keys_beside_database,
        description="The file of secret keys, made where it is missing. Keep it apart from the database's backups. "
        "Where this is not set: beside a SQLite database (data/cairn.db.keys), for PostgreSQL data/cairn.keys.",
    )
    rules_file: Path | None = Field(
        default_factory=_rules_of_folder,
        description="The rules of the Mountain. Where this is not set: mountain.yaml in the current folder if there is "
        "one, else the rules in the database, else the default that comes with Cairn.",
    )
    community: str | None = Field(
        default=None,
        description="The community that is listened to, and its name where it is made. Where this is not set: the only "
        "one there is.",
    )
    discord_token: SecretStr | None = Field(
        default=None, description="The token of your Discord bot. Where this is not set, Discord is not listened to."
    )
    discord_api_url: str = Field(
        default="https://discord.com/api/v10", description="Where Discord's REST API is; for another compatible server."
    )
    discord_gateway_url: str | None = Field(
        default=None,
        description="Where Discord's gateway is, ws:// or wss://. Where this is not set, the REST API is asked for it.",
    )
    discord_members: Literal["on", "off"] = Field(
        default="off",
        description="Whether joins, leaves and roles are listened to, on or off. The intent must be allowed in "
        "Discord's developer portal.",
    )
    discord_audit_log: Literal["on", "off"] = Field(
        default="off",
        description="Whether acts of moderation are listened to, on or off. Cairn's role needs the permission View "
        "Audit Log; the link to invite it asks for that where this is on.",
    )
    slack_bot_token: SecretStr | None = Field(
        default=None,
        description="The bot token of your Slack app (xoxb-...). Where this is not set, Slack is not listened to. "
        "Several workspaces' tokens are separated by commas.",
    )
    slack_app_token: SecretStr | None = Field(
        default=None,
        description="The app-level token of your Slack app (xapp-...), for Socket Mode: Cairn opens the connection, "
        "and nothing of yours has to be reachable from outside.",
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None,
        description="The signing secret of your Slack app, where Slack is to send to Cairn over HTTP instead.",
    )
    slack_client_id: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9._-]{1,100}$",
        description="The client id of your Slack app, where other workspaces are to install it by a link; with the two "
        "settings that follow.",
    )
    slack_client_secret: SecretStr | None = Field(default=None, description="The client secret of your Slack app.")
    slack_public_url: str | None = Field(
        default=None,
        description="The address by which browsers reach Slack's port here, https://HOST. Slack sends them back to "
        "/slack/oauth/callback there; put that whole address into the app's settings (OAuth & Permissions).",
    )
    slack_host: str = Field(default="127.0.0.1", description="The address on which Slack's requests are taken.")
    slack_port: int = Field(
        default=3000, ge=1, le=65535, description="The port for that; Slack sends to /slack/events there."
    )
    slack_api_url: str = Field(
        default="https://slack.com/api", description="Where Slack's Web API is; for another compatible server."
    )
    slack_history: Literal["on", "off"] = Field(
        default="on",
        description="Whether history is read from Slack, on or off. Slack allows it to an organisation's own app; to "
        "apps that are distributed to others it answers once a minute.",
    )
    backups_folder: Path = Field(
        default_factory=_backups_beside_database,
        description="The folder for the backups that are made each night. Where this is not set: backups beside a "
        "SQLite database (data/backups), for PostgreSQL data/backups.",
    )
    backups_keep: int = Field(
        default=7,
        ge=0,
        le=30,
        description="How many of those backups are kept, at most 30; 0 makes none. The key file is never in them.",
    )
    health_host: str = Field(
        default="127.0.0.1", description="The address on which /livez, /readyz and /metrics answer while Cairn runs."
    )
    health_port: int = Field(default=8080, ge=0, le=65535, description="The port for that; 0 turns it off.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="How much is told on stderr: debug, info, warning or error."
    )
    log_format: Literal["json", "text"] = Field(
        default="text", description="How it is told while Cairn runs: json, one object a line, or text."
    )

    @field_validator("database_url")
    @classmethod
    def _database_is_ours(cls, value: str) -> str:
        url = _parsed(value)
        if url.drivername in _SQLITE:
            if url.host or url.database in (None, "", ":memory:"):
                raise ValueError(f"names no file, {_DATABASE_WANTED}")
        elif url.drivername not in _POSTGRESQL:
            raise ValueError(f"is of a kind that Cairn does not know, {_DATABASE_WANTED}")
        elif not url.database:
            raise ValueError(f"names no database, {_DATABASE_WANTED}")
        return value

    @field_validator("rules_file")
    @classmethod
    def _rules_exist(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError(f"names {value}, which is not a file, expected a file of rules")
        return value

    @field_validator("discord_api_url", "discord_gateway_url", "slack_api_url", "slack_public_url")
    @classmethod
    def _address_is_whole(cls, value: str | None, info: ValidationInfo) -> str | None:
        schemes = ("wss", "ws") if info.field_name == "discord_gateway_url" else ("https", "http")
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            whole = parts.scheme in schemes and parts.hostname and parts.port != 0 and not parts.username
        except ValueError:
            whole = False
        if not whole:
            raise ValueError(f"is not an address, expected {schemes[0]}://HOST/... or {schemes[1]}://HOST/...")
        if parts.scheme == schemes[1] and not _is_near(parts.hostname or ""):
            raise ValueError(f"would send the token in clear over the internet, expected {schemes[0]}://HOST/...")
        return value if info.field_name == "discord_gateway_url" else value.rstrip("/")

    @field_validator(
        "discord_token", "slack_bot_token", "slack_app_token", "slack_signing_secret", "slack_client_secret"
    )
    @classmethod
    def _token_is_one_word(cls, value: SecretStr | None) -> SecretStr | None:
        found = value.get_secret_value().strip() if value is not None else ""
        if value is not None and (not found.isascii() or not found.isprintable() or " " in found):
            raise ValueError("cannot be a token, expected one word of letters, digits, dots, dashes and underscores")
        return SecretStr(found) if value is not None else None

    @field_validator("community")
    @classmethod
    def _community_is_a_name(cls, value: str | None) -> str | None:
        if value is not None and (not value.strip() or len(value) > _LONGEST_NAME or not value.isprintable()):
            raise ValueError(f"cannot be a name, expected 1 to {_LONGEST_NAME} characters on one line")
        return None if value is None else value.strip()

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown: tokens, and the database's password as it is written and as it is meant."""
        url = make_url(self.database_url)
        password = str(url.password) if url.password else ""
        written = _PASSWORD.search(self.database_url)
        slack = self.slack_bot_token, self.slack_app_token, self.slack_signing_secret, self.slack_client_secret
        given = (self.discord_token, *slack)
        tokens = [part for one in given if one for part in one.get_secret_value().split(",")]
        return tuple(filter(None, (*tokens, password, written[1] if written else "")))

    @field_validator("log_level", "log_format", "discord_members", "discord_audit_log", "slack_history", mode="before")
    @classmethod
    def _level_in_any_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value


def _is_near(host: str) -> bool:
    """Whether a host can only be in one's own network: a name without dots, or a private address."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host


def load_settings() -> Settings:
    """Read the settings.

    Raises ConfigError with one sentence that lists everything wrong: unknown `CAIRN_` variables, values that cannot be.
    """
    try:
        wrong = _unknown()
        try:
            settings = Settings()
        except ValidationError as error:
            wrong += _invalid(error)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The settings in {ENV_FILE.absolute()} cannot be read as text in UTF-8.") from error
    if wrong:
        raise ConfigError(f"The settings are wrong: {'; '.join(wrong)} (looked in {_looked_in()}).")
    return settings


def environment_without_settings() -> dict[str, str]:
    """Return the environment for a program of ours that shall not see this one's settings, only its own folder's."""
    return {name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)}


def _parsed(value: str) -> URL:
    try:
        return make_url(value)
    except (ArgumentError, ValueError):
        raise ValueError(f"cannot be read as a database URL, {_DATABASE_WANTED}") from None


def _unknown() -> list[str]:
    valid = [_variable(name) for name in Settings.model_fields]
    given = {*EnvSettingsSource(Settings).env_vars, *DotEnvSettingsSource(Settings).env_vars}
    names = sorted(name.upper() for name in given if name.upper().startswith(PREFIX))
    return [f"{name} is unknown{_nearest(name, valid)}" for name in names if name not in valid]


def _invalid(error: ValidationError) -> list[str]:
    found = [one for one in error.errors(include_input=False) if one["type"] != "default_factory_not_called"]
    return [f"{_variable(one['loc'][0])} {_told(one['msg'])}" for one in found]


def _nearest(name: str, valid: list[str]) -> str:
    near = get_close_matches(name, valid, n=1)
    return f", did you mean {near[0]}?" if near else f", expected one of {', '.join(valid)}"


def _variable(field: object) -> str:
    return f"{PREFIX}{field}".upper()


def _told(message: str) -> str:
    return message.removeprefix("Value error, ").replace("Input should be", "should be")


def _looked_in() -> str:
    path = ENV_FILE.absolute()
    return f"the environment and {path}" if path.is_file() else f"the environment; there is no {path}"

"""Settings come from the environment and `.env`, and what is wrong is said in one sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.config import load_settings
from bot.errors import ConfigError
from bot.operating.shipped import shipped


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run each test in an empty current folder, without the settings of whoever runs it."""
    for name in os.environ:
        if name.upper().startswith("CAIRN_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def complaint() -> str:
    with pytest.raises(ConfigError) as caught:
        load_settings()
    return str(caught.value)


def test_no_settings_give_the_defaults() -> None:
    settings = load_settings()
    assert settings.database_url == "sqlite:///data/cairn.db"
    assert settings.keys_file == Path("data/cairn.db.keys")
    assert settings.rules_file is None
    assert settings.log_level == "info"


def test_rules_in_the_current_folder_are_found(folder: Path) -> None:
    (folder / "mountain.yaml").touch()
    assert load_settings().rules_file == Path("mountain.yaml")


@pytest.mark.parametrize(
    ("url", "keys"),
    [
        ("sqlite:////var/lib/cairn.db", "/var/lib/cairn.db.keys"),
        ("sqlite+aiosqlite:///some/other.sqlite", "some/other.sqlite.keys"),
        ("postgresql://one:two@host/name", "data/cairn.keys"),
        ("postgresql+psycopg:///name?host=/run/postgresql", "data/cairn.keys"),
        ("postgresql+asyncpg://host:5433/name", "data/cairn.keys"),
    ],
)
def test_keys_file_without_a_setting_follows_the_database(monkeypatch: pytest.MonkeyPatch, url: str, keys: str) -> None:
    monkeypatch.setenv("CAIRN_DATABASE_URL", url)
    settings = load_settings()
    assert settings.database_url == url
    assert settings.keys_file == Path(keys)


def test_environment_wins_over_the_file_and_empty_means_unset(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("CAIRN_LOG_LEVEL=error\nCAIRN_KEYS_FILE=my.keys\nCAIRN_RULES_FILE=\nOTHER=1\n")
    monkeypatch.setenv("CAIRN_LOG_LEVEL", "DEBUG")
    settings = load_settings()
    assert (settings.log_level, settings.keys_file, settings.rules_file) == ("debug", Path("my.keys"), None)


def test_everything_wrong_is_listed_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("CAIRN_DATABSE_URL=sqlite:///x.db\nCAIRN_LOG_LEVEL=loud\n")
    monkeypatch.setenv("CAIRN_RULES_FILE", "nowhere.yaml")
    told = complaint()
    assert "CAIRN_DATABSE_URL is unknown, did you mean CAIRN_DATABASE_URL?" in told
    assert "CAIRN_RULES_FILE names nowhere.yaml, which is not a file" in told
    assert "CAIRN_LOG_LEVEL should be 'debug', 'info', 'warning' or 'error'" in told
    assert f"looked in the environment and {folder / '.env'}" in told


@pytest.mark.parametrize(
    "url",
    [
        "mysql://me:secret@host/name",
        "postgresql://me:secret@host:port/name",
        "postgresql://me:secret@host",
        "postgresql+other://me:secret@host/name",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite://secret.db",
        "secret",
    ],
)
def test_unusable_database_url_is_refused_without_repeating_it(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("CAIRN_DATABASE_URL", url)
    told = complaint()
    assert "CAIRN_DATABASE_URL" in told
    assert "expected sqlite:///PATH or postgresql://" in told
    assert "secret" not in told
    assert "\n" not in told


def test_settings_never_print_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAIRN_DATABASE_URL", "postgresql://me:opensesame@host/name")
    settings = load_settings()
    assert "opensesame" not in f"{settings!r} {settings}"


def test_file_that_is_no_text_is_refused_in_one_sentence(folder: Path) -> None:
    (folder / ".env").write_bytes(b"CAIRN_LOG_LEVEL=\xff\xfe\n")
    assert complaint() == f"The settings in {folder / '.env'} cannot be read as text in UTF-8."


@pytest.mark.parametrize("name", ["mountain.yaml", "migrations"])
def test_shipped_files_are_found_in_a_checkout(name: str) -> None:
    assert shipped(name).name in {name, "_migrations"}
    assert shipped(name).exists()


def test_secrets_are_never_printed_and_listed_for_the_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAIRN_DISCORD_TOKEN", " abc.def.ghi ")
    monkeypatch.setenv("CAIRN_DATABASE_URL", "postgresql://me:pa%40ss@host/name")
    settings = load_settings()
    assert "abc" not in f"{settings!r} {settings}"
    assert settings.secrets == ("abc.def.ghi", "pa@ss", "pa%40ss")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISCORD_TOKEN", "two words"),
        ("DISCORD_API_URL", "ftp://secret.example"),
        ("DISCORD_API_URL", "https://me:secret@example.org"),
        ("DISCORD_GATEWAY_URL", "https://secret.example"),
        ("DISCORD_API_URL", "http://secret.example/api"),
        ("DISCORD_GATEWAY_URL", "ws://8.8.8.8"),
        ("DISCORD_MEMBERS", "maybe"),
        ("HEALTH_PORT", "70000"),
        ("LOG_FORMAT", "xml"),
        ("COMMUNITY", "x" * 61),
    ],
)
def test_setting_that_cannot_be_is_named_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"CAIRN_{name}", value)
    told = complaint()
    assert f"CAIRN_{name} " in told
    assert value not in told


def test_addresses_lose_a_slash_at_their_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAIRN_DISCORD_API_URL", "http://127.0.0.1:8000/api/v10/")
    monkeypatch.setenv("CAIRN_DISCORD_GATEWAY_URL", "ws://127.0.0.1:8001")
    settings = load_settings()
    assert settings.discord_api_url == "http://127.0.0.1:8000/api/v10"
    assert settings.discord_gateway_url == "ws://127.0.0.1:8001"

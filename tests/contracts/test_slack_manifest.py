"""Slack is asked for exactly what the code uses: no event, call or permission more, and none less (S21)."""

from __future__ import annotations

import re
from pathlib import Path

from bot.commands.registry import registry
from bot.language import Words
from integrations.slack.manifest import SHORTCUTS, manifest, manifest_text
from integrations.slack.payloads.hearing import READERS
from integrations.slack.scopes import EVENTS, METHODS, OTHERS, PRIVATE, missing, scopes

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "integrations" / "slack"
APP_LEVEL = {"apps.connections.open"}
TAKEN = {"app_home_opened", "app_uninstalled", "tokens_revoked"}
"""Events that `integrations/slack/receiving/ear.py` takes itself."""


def test_manifest_in_the_project_is_the_one_the_code_makes() -> None:
    """Regenerate it with `make manifest`."""
    assert (ROOT / "manifest.yaml").read_text(encoding="utf-8") == manifest_text()


def test_events_subscribed_to_are_those_that_are_read() -> None:
    """Each by its type; `message.channels` and its like are one type."""
    assert {one.partition(".")[0] for one in EVENTS} == set(READERS) | TAKEN


def test_calls_that_are_listed_are_those_in_the_code() -> None:
    """A call that is added in the code only fails here."""
    said = re.compile(r'\.(?:ask|post|pages|whole|at_once)\(\s*[\w.]+,\s*"([A-Za-z.]+)"')
    files = [one for one in CODE.rglob("*.py") if one.name != "scopes.py"]
    used = {name for one in files for name in said.findall(one.read_text(encoding="utf-8"))}
    assert used == set(METHODS) | APP_LEVEL


def test_permissions_follow_from_events_and_calls() -> None:
    """And nothing else is asked for but what has no call of its own."""
    wanted = {*filter(None, EVENTS.values()), *(one for several in METHODS.values() for one in several), *OTHERS}
    assert scopes() == wanted
    made = manifest()
    assert set(made["oauth_config"]["scopes"]["bot"]) == wanted - PRIVATE
    subscribed = set(made["settings"]["event_subscriptions"]["bot_events"])
    assert subscribed == {one for one, asks in EVENTS.items() if asks not in PRIVATE}
    assert not missing(scopes())


def test_missing_permission_is_named_with_its_remedy() -> None:
    """Those for private channels are a choice."""
    (told,) = missing(scopes() - {"reactions:read", "groups:history"})
    assert "reactions:read" in told
    assert "install the app again" in told


def test_shortcuts_lead_to_commands() -> None:
    """What comes back from a menu names a command that there is."""
    paths = {one.path for one in registry().offered(Words("en"))}
    assert {back.partition("|")[0] for _, _, back, _ in SHORTCUTS} <= paths

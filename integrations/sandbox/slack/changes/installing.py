"""Apps that come into a workspace, and leave it; the tokens they get there."""

from __future__ import annotations

import secrets

from integrations.sandbox.slack.hub import By, Hub
from integrations.sandbox.slack.model import Installation, Json, Team, Token
from integrations.sandbox.slack.registered import App

ROTATED_LASTS = 43_200
"""Seconds until a token of an app with rotation ends."""


def install(hub: Hub, by: By, app: App, team: Team, scopes: tuple[str, ...] | None = None) -> Token:
    """Install an app in a workspace, or once more with other scopes; returns its bot's new token.

    Where tokens do not rotate, installing again gives the same token with the new scopes.
    """
    granted = app.scopes if scopes is None else scopes
    known = team.installed.get(app.id)
    if known is None:
        bot = next((one for one in team.users.values() if one.app_id == app.id), None) or hub.world.bot(
            team, app.name, app
        )
        bot.deleted = False
        known = Installation(app.id, team.id, bot.id, bot.bot_id, by.user_id, granted, hub.now(by))
        team.installed[app.id] = known
    known.scopes, known.installer = tuple(dict.fromkeys((*known.scopes, *granted))), by.user_id
    hub.note(by, "install", space=team.id, what=app.id)
    return _token(hub, app, known)


def _token(hub: Hub, app: App, known: Installation) -> Token:
    working = current(hub, known)
    if working is not None and not app.rotation:
        working.scopes = known.scopes
        return working
    return mint(hub, app, known)


def current(hub: Hub, known: Installation) -> Token | None:
    """Return the bot token of an installation that works, the newest where there are several."""
    found = [one for one in hub.world.tokens.values() if _of(one, known) and one.kind == "bot" and not one.ended]
    return found[-1] if found else None


def _of(token: Token, known: Installation) -> bool:
    return token.app_id == known.app_id and token.team_id == known.team_id


def mint(hub: Hub, app: App, known: Installation) -> Token:
    """Make a new bot token, which ends after twelve hours where the app's tokens rotate."""
    text = secrets.token_hex(16)
    number = known.team_id[1:]
    made = Token(f"xoxb-{number}-{text}", "bot", app.id, known.team_id, known.bot_user, known.scopes)
    if app.rotation:
        made.value = f"xoxe.xoxb-1-{text}"
        made.expires = hub.world.clock() + ROTATED_LASTS * 1000
        made.refresh = f"xoxe-1-{secrets.token_hex(24)}"
        hub.world.refreshes[made.refresh] = made
    hub.world.tokens[made.value] = made
    return made


def revoke(hub: Hub, by: By, app: App, team: Team, *, error: str = "token_revoked") -> None:
    """End an app's bot tokens in a workspace; the app stays installed and is told."""
    known = team.installed[app.id]
    _end(hub, known, error)
    told = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [known.bot_user]}}
    hub.courier.tell(hub.world, app.id, team.id, told)
    hub.note(by, "tokens_revoked", space=team.id, what=app.id)


def uninstall(hub: Hub, by: By, app: App, team: Team, *, tokens_first: bool = False) -> None:
    """Take an app out of a workspace. Slack tells of that and of the tokens in no fixed order."""
    known = team.installed[app.id]
    _end(hub, known, "account_inactive")
    events: list[Json] = [
        {"type": "app_uninstalled"},
        {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [known.bot_user]}},
    ]
    for event in reversed(events) if tokens_first else events:
        hub.courier.tell(hub.world, app.id, team.id, event)
    del team.installed[app.id]
    bot = hub.world.users[known.bot_user]
    bot.deleted = True
    for channel in team.channels.values():
        channel.members.pop(bot.id, None)
    hub.note(by, "uninstall", space=team.id, what=app.id)


def _end(hub: Hub, known: Installation, error: str) -> None:
    for token in hub.world.tokens.values():
        if _of(token, known):
            token.ended = error
            hub.world.refreshes.pop(token.refresh, None)

"""Installing by OAuth: the page where somebody agrees, and the code that an app gets for that."""

from __future__ import annotations

import html
import secrets
from urllib.parse import urlencode

from aiohttp import web
from yarl import URL

from integrations.sandbox.slack.grants import Asked, Grant
from integrations.sandbox.slack.hub import Hub
from integrations.sandbox.slack.refusals import Refused

PATH = "/oauth/v2/authorize"


def read(hub: Hub, url: URL) -> Asked:
    """Return what the address of the page asks for. Refuses what Slack's page would."""
    client, redirect = url.query.get("client_id", ""), url.query.get("redirect_uri", "")
    app = next((one for one in hub.world.apps.values() if one.client_id == client), None)
    if app is None:
        raise Refused("invalid_client_id")
    redirect = redirect or (app.redirect_urls[0] if app.redirect_urls else "")
    if not redirect or not any(redirect.startswith(one) for one in app.redirect_urls or (redirect,)):
        raise Refused("bad_redirect_uri")
    scopes = tuple(one for one in url.query.get("scope", "").replace(" ", ",").split(",") if one)
    unknown = [one for one in scopes if one not in app.scopes]
    if unknown or not scopes:
        raise Refused("invalid_scope")
    return Asked(app, scopes, redirect, url.query.get("state", ""))


def accept(hub: Hub, asked: Asked, team_id: str, user_id: str) -> str:
    """Let somebody agree; returns where their browser is sent."""
    code = f"{secrets.randbelow(10**12)}.{secrets.token_hex(20)}"
    hub.grants[code] = Grant(code, asked, team_id, user_id, hub.time.seconds())
    return _back(asked, code=code)


def refuse(asked: Asked) -> str:
    """Let somebody refuse; returns where their browser is sent."""
    return _back(asked, error="access_denied")


def _back(asked: Asked, **more: str) -> str:
    joined = "&" if "?" in asked.redirect else "?"
    return f"{asked.redirect}{joined}{urlencode({**more, 'state': asked.state})}"


def page(hub: Hub, request: web.Request) -> web.Response:
    """Show the page: whose app it is, what it asks for, and a link for each workspace."""
    try:
        asked = read(hub, request.url)
    except Refused as refused:
        return web.Response(status=400, text=refused.error)
    lines = [f"<h1>{html.escape(asked.app.name)} is asking for</h1>", f"<p>{html.escape(', '.join(asked.scopes))}</p>"]
    for team in hub.world.teams.values():
        query = urlencode({**request.query, "agreed": team.id})
        lines.append(f'<p><a href="{PATH}?{html.escape(query)}">Allow in {html.escape(team.name)}</a></p>')
    return web.Response(text="\n".join(lines), content_type="text/html")


def serve(hub: Hub, request: web.Request) -> web.Response:
    """Answer a browser: with the page, or by sending it back once the owner of a workspace has clicked there."""
    team = hub.world.teams.get(request.query.get("agreed", ""))
    if team is None:
        return page(hub, request)
    try:
        back = accept(hub, read(hub, request.url), team.id, hub.world.owner(team).id)
    except Refused as refused:
        return web.Response(status=400, text=refused.error)
    raise web.HTTPFound(back)

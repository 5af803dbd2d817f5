"""Tokens: got for a code, renewed, given back."""

from __future__ import annotations

from integrations.sandbox.slack.changes import installing
from integrations.sandbox.slack.grants import Grant
from integrations.sandbox.slack.hub import By
from integrations.sandbox.slack.limits import TIER_3, TIER_4
from integrations.sandbox.slack.model import Json, Token
from integrations.sandbox.slack.refusals import Refused
from integrations.sandbox.slack.registered import App
from integrations.sandbox.slack.routing import Call, Methods

methods = Methods()
_CODE_LASTS = 600.0


@methods.on("oauth.v2.access", TIER_4, open_door=True)
async def access(call: Call) -> Json:
    """Return tokens for a code, or new ones for a refresh token."""
    app = _app(call)
    if call.args.text("grant_type") == "refresh_token":
        return _refreshed(call, app)
    grant = _grant(call, app)
    team, world = call.hub.world.teams[grant.team_id], call.hub.world
    if not app.distributed and any(app.id in one.installed for one in world.teams.values() if one is not team):
        raise Refused("invalid_team_for_non_distributed_app")
    grant.used = True
    token = installing.install(call.hub, By(grant.user_id), app, team, grant.asked.scopes)
    return _shown(call, app, token) | {"authed_user": {"id": grant.user_id}}


def _app(call: Call) -> App:
    client, secret = call.args.text("client_id"), call.args.text("client_secret")
    app = next((one for one in call.hub.world.apps.values() if one.client_id == client), None)
    if app is None:
        raise Refused("invalid_client_id")
    if secret != app.client_secret:
        raise Refused("bad_client_secret")
    return app


def _grant(call: Call, app: App) -> Grant:
    grant = call.hub.grants.get(call.args.text("code"))
    if grant is None or grant.asked.app is not app:
        raise Refused("invalid_code")
    if grant.used:
        raise Refused("code_already_used")
    if call.hub.time.seconds() - grant.made > _CODE_LASTS:
        raise Refused("invalid_code")
    redirect = call.args.text("redirect_uri")
    if redirect and redirect != grant.asked.redirect:
        raise Refused("bad_redirect_uri")
    return grant


def _refreshed(call: Call, app: App) -> Json:
    """Return a new token for a refresh token, which works once; the token before works until it ends."""
    known = call.hub.world.refreshes.pop(call.args.text("refresh_token"), None)
    if known is None or known.app_id != app.id:
        raise Refused("invalid_refresh_token")
    team = call.hub.world.teams[known.team_id]
    return _shown(call, app, installing.mint(call.hub, app, team.installed[app.id]))


@methods.on("oauth.v2.exchange", TIER_3, open_door=True)
async def exchange(call: Call) -> Json:
    """Exchange a token that never ends for one that does, where tokens rotate now."""
    app = _app(call)
    known = call.hub.world.tokens.get(call.args.text("token"))
    if known is None or known.app_id != app.id or known.ended or known.kind != "bot":
        raise Refused("invalid_token")
    if not app.rotation:
        raise Refused("token_rotation_not_enabled")
    if known.expires:
        raise Refused("token_already_exchanged")
    made = installing.mint(call.hub, app, call.hub.world.installation(known))
    known.ended = "token_revoked"
    return _shown(call, app, made)


def _shown(call: Call, app: App, token: Token) -> Json:
    team = call.hub.world.teams[token.team_id]
    call.values |= {"team": team.id}
    found: Json = {
        "app_id": app.id,
        "scope": ",".join(token.scopes),
        "token_type": "bot",
        "access_token": token.value,
        "bot_user_id": token.user,
        "team": {"id": team.id, "name": team.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    if token.expires:
        left = (token.expires - call.hub.world.clock()) // 1000
        found |= {"expires_in": left, "refresh_token": token.refresh}
    return found


@methods.on("auth.revoke", TIER_3)
async def revoke(call: Call) -> Json:
    """Give the token back; with `test`, only say what would be."""
    if call.args.flag("test"):
        return {"revoked": False}
    installing.revoke(call.hub, call.by, call.app, call.team)
    return {"revoked": True}


@methods.on("apps.uninstall", TIER_4)
async def uninstall(call: Call) -> Json:
    """Take the app out of the workspace."""
    if _app(call) is not call.app:
        raise Refused("client_id_token_mismatch")
    installing.uninstall(call.hub, call.by, call.app, call.team)
    return {}

"""Who a token is, and whether Slack is there."""

from __future__ import annotations

from integrations.sandbox.slack.limits import FREE, SPECIAL
from integrations.sandbox.slack.model import Json
from integrations.sandbox.slack.refusals import Refused
from integrations.sandbox.slack.routing import Call, Methods

methods = Methods()


@methods.on("api.test", FREE, open_door=True)
async def api_test(call: Call) -> Json:
    """Give back what was sent, or the error that was asked for."""
    said = {name: value for name, value in call.args.given.items() if name != "token"}
    if call.args.text("error"):
        raise Refused(call.args.text("error"), args=said)
    return {"args": said} if said else {}


@methods.on("auth.test", SPECIAL, of="any")
async def auth_test(call: Call) -> Json:
    """Tell whose token this is."""
    if call.token.kind == "app":
        return {"app_name": call.app.name, "app_id": call.app.id}
    known = call.hub.world.users[call.token.user]
    found: Json = {
        "url": f"https://{call.team.domain}.slack.com/",
        "team": call.team.name,
        "user": known.name,
        "team_id": call.team.id,
        "user_id": known.id,
        "is_enterprise_install": False,
    }
    if known.bot_id:
        found["bot_id"] = known.bot_id
    if call.token.expires:
        found["expires_in"] = (call.token.expires - call.hub.world.clock()) // 1000
    return found

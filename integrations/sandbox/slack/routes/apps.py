"""What an app does with its own token: it opens sockets and asks who sees an event."""

from __future__ import annotations

from integrations.sandbox.slack.delivery.envelopes import authorization, read_context
from integrations.sandbox.slack.limits import TIER_3, TIER_4
from integrations.sandbox.slack.model import Json
from integrations.sandbox.slack.pages import page
from integrations.sandbox.slack.refusals import Refused
from integrations.sandbox.slack.routing import Call, Methods

methods = Methods()


@methods.on("apps.connections.open", TIER_3, "connections:write", of="app")
async def connections_open(call: Call) -> Json:
    """Return the address of a new socket."""
    if not call.app.socket_mode:
        raise Refused("socket_mode_not_enabled")
    ticket = call.hub.courier.sockets.ticket(call.app)
    slow = "&debug_reconnects=true" if call.args.flag("debug_reconnects") else ""
    root = call.hub.sockets_root or call.hub.root.replace("http", "ws", 1)
    return {"url": f"{root}/link/?ticket={ticket}&app_id={call.app.id}{slow}"}


@methods.on("apps.event.authorizations.list", TIER_4, "authorizations:read", of="app")
async def authorizations(call: Call) -> Json:
    """List all installations by which an app sees an event."""
    about = read_context(call.args.need("event_context"))
    if about is None or about.get("aid") != call.app.id:
        raise Refused("invalid_event_context")
    world = call.hub.world
    channel = world.channels.get(str(about.get("cid")))
    teams = [str(about.get("tid"))] if channel is None else channel.teams
    known = [world.teams[one].installed[call.app.id] for one in teams if call.app.id in world.teams[one].installed]
    seen = [one for one in known if channel is None or one.bot_user in channel.members]
    found, more = page(call.args, [authorization(one) for one in seen], 100, 1000)
    return {"authorizations": list(found), **more}

"""Modals and Home tabs of the app."""

from __future__ import annotations

from integrations.sandbox.slack.blocks import MODAL
from integrations.sandbox.slack.blocks.views import checked
from integrations.sandbox.slack.changes import views
from integrations.sandbox.slack.limits import TIER_4
from integrations.sandbox.slack.model import Json, View
from integrations.sandbox.slack.payloads.views import view
from integrations.sandbox.slack.refusals import Refused, invalid_arguments
from integrations.sandbox.slack.routing import Call, Methods

methods = Methods()


@methods.on("views.open", TIER_4)
async def opened(call: Call) -> Json:
    """Open a modal for who began an interaction."""
    given = checked(_given(call), MODAL)
    use = call.hub.triggers.take(call.app.id, call.args.need("trigger_id"))
    made = views.open_modal(call.hub, call.installation, use.user_id, given)
    use.views.append(made)
    return _shown(call, made)


@methods.on("views.push", TIER_4)
async def pushed(call: Call) -> Json:
    """Lay a modal on top of the open one."""
    given = checked(_given(call), MODAL)
    use = call.hub.triggers.take(call.app.id, call.args.need("trigger_id"))
    made = views.push(call.hub, call.installation, use.user_id, given)
    use.views.append(made)
    return _shown(call, made)


@methods.on("views.update", TIER_4)
async def updated(call: Call) -> Json:
    """Put something else into a modal, found by its id or by the name that the app gave it."""
    number, name = call.args.text("view_id"), call.args.text("external_id")
    if not number and not name:
        raise invalid_arguments("missing required field: view_id")
    known = [one for one in call.hub.private.views.values() if views.is_open(call.hub, one)]
    found = [one for one in known if one.id == number or (name and one.shown.get("external_id") == name)]
    if not found or found[0].app_id != call.app.id:
        raise Refused("not_found")
    return _shown(call, views.update(call.hub, found[0], _given(call), call.args.text("hash")))


@methods.on("views.publish", TIER_4)
async def published(call: Call) -> Json:
    """Put something on a person's Home tab."""
    if not call.app.home_tab:
        raise Refused("not_enabled")
    who = call.hub.world.users.get(call.args.need("user_id"))
    if who is None or who.deleted or not call.meets(who):
        raise invalid_arguments("invalid `user_id` [json-pointer:/user_id]")
    return _shown(call, views.publish(call.hub, call.installation, who.id, _given(call), call.args.text("hash")))


def _given(call: Call) -> object:
    given = call.args.structure("view", "invalid_arguments")
    if given is None:
        raise invalid_arguments("missing required field: view")
    return given


def _shown(call: Call, of: View) -> Json:
    call.values |= {"user": of.user, "view": of.id}
    return {"view": view(of)}

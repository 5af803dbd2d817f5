"""User groups."""

from __future__ import annotations

from integrations.sandbox.slack.limits import TIER_2
from integrations.sandbox.slack.model import Json
from integrations.sandbox.slack.payloads.usergroups import usergroup
from integrations.sandbox.slack.refusals import Refused
from integrations.sandbox.slack.routing import Call, Methods

methods = Methods()


@methods.on("usergroups.list", TIER_2, "usergroups:read")
async def listed(call: Call) -> Json:
    """List the user groups."""
    known = [one for one in call.team.usergroups.values() if not one.disabled or call.args.flag("include_disabled")]
    counted, people = call.args.flag("include_count"), call.args.flag("include_users")
    return {"usergroups": [usergroup(one, counted=counted, people=people) for one in known]}


@methods.on("usergroups.users.list", TIER_2, "usergroups:read")
async def members(call: Call) -> Json:
    """List who is in a user group."""
    known = call.team.usergroups.get(call.args.need("usergroup"))
    if known is None or (known.disabled and not call.args.flag("include_disabled")):
        raise Refused("no_such_subteam")
    return {"users": list(known.users)}

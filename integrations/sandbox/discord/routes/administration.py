"""The audit log, and what newcomers are asked."""

from __future__ import annotations

from integrations.sandbox.discord.model import AuditEntry
from integrations.sandbox.discord.payloads.audit import page
from integrations.sandbox.discord.payloads.guilds import onboarding
from integrations.sandbox.discord.permissions import Permission
from integrations.sandbox.discord.routing import Call, Json, Routes
from integrations.sandbox.discord.snowflakes import moment_of

routes = Routes()

_KEPT_MS = 45 * 86_400_000


@routes.on("GET", "/guilds/{guild_id}/audit-logs")
async def audit_log(call: Call) -> Json:
    """Return what was done in the last 45 days, the newest first, or from an id `after` which the oldest come first."""
    guild = call.guild()
    call.need(guild, Permission.VIEW_AUDIT_LOG)
    after, before, limit = call.asked("after"), call.asked("before"), call.count("limit", 50, 100)
    found = [one for one in guild.audit if _asked_for(call, one)]
    if after is not None:
        return page(call.hub.world, guild, [one for one in found if one.id > after][:limit])
    earlier = [one for one in found if before is None or one.id < before]
    return page(call.hub.world, guild, earlier[::-1][:limit])


def _asked_for(call: Call, of: AuditEntry) -> bool:
    if moment_of(of.id) < call.hub.world.clock() - _KEPT_MS:
        return False
    asked = {"user_id": of.user_id, "target_id": of.target_id, "action_type": of.action}
    return all(call.asked(name) in (None, value) for name, value in asked.items())


@routes.on("GET", "/guilds/{guild_id}/onboarding")
async def what_newcomers_are_asked(call: Call) -> Json:
    """Return the questions to newcomers."""
    return onboarding(call.guild())

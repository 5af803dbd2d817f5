"""Where the gateway is, and how many sessions may still be begun."""

from __future__ import annotations

from integrations.sandbox.discord.routing import Call, Json, Routes

routes = Routes()


@routes.on("GET", "/gateway", own_token=True)
async def address(call: Call) -> Json:
    """Return where the gateway is."""
    return {"url": call.hub.gateway.resume_url}


@routes.on("GET", "/gateway/bot")
async def for_bot(call: Call) -> Json:
    """Return where the gateway is, the number of shards it suggests, and the session starts left."""
    gateway = call.hub.gateway
    shards = gateway.suggested_shards or len(call.hub.world.guilds_of_bot()) // gateway.most_guilds + 1
    return {"url": gateway.resume_url, "shards": shards, "session_start_limit": gateway.starts.limit()}

"""The members of a guild, which a client asks for over the gateway (op 8) and gets in chunks of a thousand."""

from __future__ import annotations

from typing import Any

import orjson

from integrations.sandbox.discord.gateway.intents import Intent
from integrations.sandbox.discord.gateway.session import Session
from integrations.sandbox.discord.model import Guild
from integrations.sandbox.discord.payloads.users import member
from integrations.sandbox.discord.world import World

_CHUNK = 1000
_MOST_ASKED = 100


def members_asked_for(world: World, session: Session, asked: dict[str, Any]) -> None:
    """Answer with as many GUILD_MEMBERS_CHUNK as it takes. All of a guild needs the members intent."""
    guild_id = asked["guild_id"]
    guild = world.guilds.get(int(guild_id[0] if isinstance(guild_id, list) else guild_id))
    if guild is None or world.bot.id not in guild.members or not session.serves(guild.id):
        return
    if asked.get("user_ids") is None and not asked.get("query") and not session.intents & Intent.MEMBERS:
        return
    found, missing = _found(world, guild, asked)
    chunks = [found[start : start + _CHUNK] for start in range(0, len(found), _CHUNK)] or [[]]
    for index, chunk in enumerate(chunks):
        told: dict[str, Any] = {
            "guild_id": str(guild.id),
            "members": [member(world, guild.members[number]) for number in chunk],
            "chunk_index": index,
            "chunk_count": len(chunks),
            "not_found": missing,
        }
        if asked.get("nonce") is not None:
            told["nonce"] = asked["nonce"]
        if asked.get("presences"):
            told["presences"] = []
        session.tell("GUILD_MEMBERS_CHUNK", orjson.dumps(told))


def _found(world: World, guild: Guild, asked: dict[str, Any]) -> tuple[list[int], list[str]]:
    """Return the ids of the members asked for, and the ids that are none."""
    named = asked.get("user_ids")
    if named is not None:
        listed = [str(one) for one in (named if isinstance(named, list) else [named])][:_MOST_ASKED]
        here = [int(one) for one in listed if int(one) in guild.members]
        return here, [one for one in listed if int(one) not in guild.members]
    query, limit = str(asked.get("query") or "").lower(), int(asked.get("limit") or 0)
    matching = [number for number in guild.members if world.users[number].name.lower().startswith(query)]
    return matching[: limit or None], []

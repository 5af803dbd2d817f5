"""Whether Cairn could listen: the token, the intents, the clock, and what it may do in each server and channel."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import aiohttp
import discord
from discord.http import HTTPClient

from bot.ports import Finding, SpaceSettings
from integrations.discord.access import Access
from integrations.discord.asking import Answers
from integrations.discord.payloads.channels import CATEGORY, Channels
from integrations.discord.payloads.ids import Payload, UnreadableError, clean, readable
from integrations.discord.rights import AUDIT_LOG, HISTORY, VIEW, Rights, rights
from integrations.discord.sentences import NO_MEMBERS, WRONG_TOKEN, invite, unreachable

_MEMBERS_ALLOWED = 1 << 14 | 1 << 15
"""Flags of an app that may have the members intent: reviewed, or small enough to need no review."""
_NEEDED = (
    (VIEW, "View Channels", "nothing is heard there"),
    (HISTORY, "Read Message History", "what happens there while Cairn is away cannot be made good"),
)
_SERVERS = 200
_NAMED = 5


async def look_over(client: discord.Client, access: Access, answers: Answers) -> list[Finding]:
    """Return what there is to say before Cairn runs as `access` says."""
    audit_log = access.audit_log
    try:
        await client.login(access.token)
        app = await client.http.application_info()
        # an app of the early years has another id than its bot
        own = str(client.user.id if client.user is not None else app["id"])
        found = [
            Finding("discord", f"the token is right; to invite Cairn: {invite(int(app['id']), audit_log=audit_log)}")
        ]
        if access.members and not int(app.get("flags") or 0) & _MEMBERS_ALLOWED:
            found.append(Finding("discord", NO_MEMBERS, ok=False))
        if wrong := answers.clock_is_wrong():
            found.append(Finding("clock", wrong, ok=False))
        servers = await client.http.get_guilds(_SERVERS)
        for one in servers:
            with suppress(UnreadableError):
                number = str(one["id"])
                found += await look_at(client.http, number, own, access.holds(number), audit_log=audit_log)
    except discord.LoginFailure:
        return [Finding("discord", WRONG_TOKEN, ok=False)]
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        return [Finding("discord", unreachable(error), ok=False)]
    return found if servers else [*found, Finding("discord", "Cairn is in no server yet; open the link to invite it")]


async def look_at(
    http: HTTPClient, guild: str, own: str, settings: SpaceSettings, *, audit_log: bool = False
) -> list[Finding]:
    """Return what Cairn may not do in a server and its channels that count, in one line for each permission.

    `audit_log` says whether it is to read the audit log.
    """
    server = await http.get_guild(int(guild), with_counts=False)
    member = await http.get_member(int(guild), int(own))
    found = missing(server, member, await http.get_all_guild_channels(int(guild)), settings)
    return found + no_audit_log(server, member) if audit_log else found


@readable
def missing(server: Payload, member: Payload, channels: Sequence[Payload], settings: SpaceSettings) -> list[Finding]:
    """Return what is missing in a server; what is done in channels that do not count need not be heard."""
    counts = _counting(server, channels, settings)
    may = rights(server["id"], member, server["roles"])
    about = _about(server)
    found, everywhere = [], may.within(())
    for bit, name, without in _NEEDED:
        if not everywhere & bit:
            found.append(Finding(about, f"Cairn's role has no {name}: {without}; invite it again", ok=False))
            continue
        shut = [clean(one["name"]) for one in channels if one["id"] in counts and _is_shut(one, bit, may)]
        if shut:
            found.append(Finding(about, f"{name} is missing in {_listed(shut)}: {without}", ok=False))
    return found


@readable
def no_audit_log(server: Payload, member: Payload) -> list[Finding]:
    """Return that the audit log cannot be read, where that is so."""
    if rights(server["id"], member, server["roles"]).within(()) & AUDIT_LOG:
        return []
    without = "acts of moderation are not heard; invite it again, or set CAIRN_DISCORD_AUDIT_LOG=off"
    return [Finding(_about(server), f"Cairn's role has no View Audit Log: {without}", ok=False)]


def _about(server: Payload) -> str:
    return f"discord {clean(server['name'])}"


def _counting(server: Payload, channels: Sequence[Payload], settings: SpaceSettings) -> frozenset[str]:
    """Return the ids of the channels in which what is done counts: private ones only where they are let in."""
    known = Channels(server["id"], settings)
    known.replace(channels, ())
    everyone = next((one for one in server["roles"] if one["id"] == server["id"]), None)
    known.look_again(hidden=everyone is not None and not int(everyone["permissions"]) & VIEW)
    return frozenset(one for one in known.places() if known.spot(one).allowed)


def _is_shut(channel: Payload, bit: int, may: Rights) -> bool:
    """Whether a channel lacks a permission for the bot, beside that of seeing it."""
    rules = [(one["id"], int(one["allow"]), int(one["deny"])) for one in channel.get("permission_overwrites") or ()]
    here = may.within(rules)
    return channel["type"] != CATEGORY and not here & bit and (bit == VIEW or bool(here & VIEW))


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(f"#{name}" for name in names[:_NAMED]) + more

"""What the audit log of a server tells (intent `moderation`, permission View Audit Log): who administered, and roles.

Of an entry is kept who acted, when, and in which channel. Whom it concerned, what was changed and the reason given for
it are not looked at, but for the names of roles that were given and taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.ports import Account, Context, Kind, Signal, day_of
from integrations.discord.payloads.guild import Guild
from integrations.discord.payloads.ids import Payload, UnknownPlaceError, moment_in, not_later, readable, snowflake
from integrations.discord.payloads.members import held, let_go
from integrations.discord.payloads.stays import NOWHERE

MEMBER_CHANGED, ROLES_CHANGED = 24, 25
_CHANNELS = frozenset({10, 11, 12, 13, 14, 15})
ADMINISTRATION = _CHANNELS | {
    1, 20, 21, 22, 23, MEMBER_CHANGED, ROLES_CHANGED, 26, 27, 28, 30, 31, 32, 50, 51, 52, 60, 61, 62, 72, 73, 74, 75,
    80, 81, 82, 90, 91, 92, 121, 140, 141, 142, 163, 164, 165, 166, 167, 190, 191,
}  # fmt: skip
"""Entries of what only moderators and administrators do, by the numbers of Discord's reference, "Audit Log Events".

Left out are invites, threads, scheduled events and stages, which everybody may be allowed to make (what is done there
is heard by itself), and what the automatic moderation did, whose entries name the one it was done to.
"""


@readable
def noted(d: Payload, guild: Guild, now: int) -> list[Signal]:
    """Return what an entry says (GUILD_AUDIT_LOG_ENTRY_CREATE, or one of a page of the log)."""
    action, at = d["action_type"], not_later(moment_in(snowflake(d["id"])), now)
    if type(action) is not int:
        raise TypeError("not a number of an act")
    found = list(_roles(d, guild, at)) if action == ROLES_CHANGED else []
    by, target = d.get("user_id"), d.get("target_id")
    if by is None or by == target or action not in ADMINISTRATION or Kind.MODERATION not in guild.kinds:
        return found  # what people do to themselves (a nickname, a role of the onboarding) administers nothing
    who = guild.people.by_id(by)
    return found if who.bot else [*found, _administered(d, who, at, _where(d, guild))]


def learn(users: list[Payload], guild: Guild) -> None:
    """Take the people of a page of the log: which of them are machines its entries do not say."""
    for one in users:
        guild.people.user(one)


def _administered(d: Payload, who: Account, at: int, where: Context) -> Signal:
    return Signal(Kind.MODERATION, f"d:{snowflake(d['id'])}/audit", day_of(at), at, who, at, where)


def _where(d: Payload, guild: Guild) -> Context:
    """Return the channel that an entry is about, where there is one that counts."""
    place = d.get("target_id") if d["action_type"] in _CHANNELS else (d.get("options") or {}).get("channel_id")
    if not isinstance(place, str):
        return NOWHERE
    try:
        spot = guild.spot(place)
    except UnknownPlaceError:  # it is deleted, or not shown to the bot
        return NOWHERE
    return spot.context if spot.allowed else NOWHERE


def _roles(d: Payload, guild: Guild, at: int) -> Iterator[Signal]:
    """Yield the roles that somebody was given and lost; the log also tells what happened while we did not listen."""
    asked = Kind.ROLE in guild.kinds or bool(guild.watch.names)
    who = guild.people.by_id(d["target_id"]) if asked and d.get("target_id") else None
    if who is None or who.bot:
        return
    for change in d.get("changes") or ():
        if change["key"] not in ("$add", "$remove"):
            continue
        roles, given = [one["id"] for one in change.get("new_value") or ()], change["key"] == "$add"
        guild.watch.swap(who, roles if given else (), () if given else roles)
        if Kind.ROLE in guild.kinds:
            yield from (held if given else let_go)(guild, who, roles, at)

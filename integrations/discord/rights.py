"""Whether the bot may read the history of a channel, and write in it.

Where it may not read, Discord shows an empty one, as if nobody wrote.

Source: Discord's reference, "Permissions", "Permission Overwrites".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from integrations.discord.payloads.ids import Payload, readable, snowflake

VIEW, SEND, HISTORY = 1 << 10, 1 << 11, 1 << 16
AUDIT_LOG = 1 << 7
_ADMINISTRATOR, _CONNECT = 1 << 3, 1 << 20
VOICE = frozenset({2, 13})
"""Channels whose text is read only by who may also come in."""

Overwrite = tuple[str, int, int]
"""What a channel's own rules allow and deny (bits), and to whom."""


class Rights:
    """What the bot's roles let it do in one server."""

    def __init__(self, guild: str, own: str, roles: Sequence[str], permissions: Mapping[str, int]) -> None:
        """Take the server, the bot's id, its roles, and what each of the server's roles may do (bits)."""
        self._guild = guild
        self._own = own
        self._roles = frozenset(roles)
        self._base = permissions.get(guild, 0)
        for one in roles:
            self._base |= permissions.get(one, 0)

    def reads(self, kind: int, overwrites: Iterable[Overwrite]) -> bool:
        """Whether the bot may read what was written in a channel of a type with these rules of its own."""
        needed = VIEW | HISTORY | (_CONNECT if kind in VOICE else 0)
        return self.within(overwrites) & needed == needed

    def writes(self, kind: int, overwrites: Iterable[Overwrite]) -> bool:
        """Whether the bot may write messages in a channel of a type with these rules of its own."""
        needed = VIEW | SEND | (_CONNECT if kind in VOICE else 0)
        return self.within(overwrites) & needed == needed

    def within(self, overwrites: Iterable[Overwrite]) -> int:
        """Return what the bot may do in a channel with these rules of its own (bits)."""
        may = self._base
        if may & _ADMINISTRATOR:
            return -1
        listed = {who: (allow, deny) for who, allow, deny in overwrites}
        steps = [[self._guild], [one for one in listed if one in self._roles], [self._own]]
        for step in steps:
            allow = deny = 0
            for who in step:
                more, less = listed.get(who, (0, 0))
                allow, deny = allow | more, deny | less
            may = may & ~deny | allow
        return may


@readable
def rights(guild: str, member: Payload, roles: Sequence[Payload]) -> Rights:
    """Read the bot's rights from its member and the server's roles."""
    permissions = {one["id"]: int(one["permissions"]) for one in roles}
    held = [one for one in member["roles"] if snowflake(one)]
    return Rights(guild, member["user"]["id"], held, permissions)

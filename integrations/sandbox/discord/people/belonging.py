"""Being a member: coming, going, roles, onboarding, direct messages."""

from __future__ import annotations

from integrations.sandbox.discord.changes import members
from integrations.sandbox.discord.hub import By
from integrations.sandbox.discord.model import Channel, Member, Role
from integrations.sandbox.discord.people.somebody import Has, Somebody


class Belonging(Somebody):
    """Membership of guilds."""

    __slots__ = ()

    async def joins(self, guild: Has, *, pending: bool = False) -> None:
        """Come into a guild; `pending` until its rules are accepted."""
        members.join(self.hub, self.by, guild.guild, pending=pending)

    async def leaves(self, guild: Has) -> None:
        """Leave a guild."""
        members.leave(self.hub, self.by, guild.guild)

    async def throws_out(self, guild: Has, other: Somebody, reason: str = "") -> None:
        """Throw somebody else out of a guild, as a moderator does; the reason stands in the audit log."""
        members.remove(self.hub, By(self.id, self.moment, self.told, reason), guild.guild, other.id)

    async def gets_role(self, guild: Has, role: Role) -> None:
        """Be given a role by the guild's owner."""
        kept = self._member(guild).roles
        if role.id not in kept:
            self._changes(guild, roles=[*kept, role.id])
            self.hub.note(self.by, "role", space=guild.guild.id, what=role.id)

    async def loses_role(self, guild: Has, role: Role) -> None:
        """Lose a role."""
        self._changes(guild, roles=[one for one in self._member(guild).roles if one != role.id])
        self.hub.note(self.by, "role_lost", space=guild.guild.id, what=role.id)

    async def completes_onboarding(self, guild: Has, *chosen: Role) -> None:
        """Go through the guild's onboarding to its end, choosing answers that give roles."""
        known = self._member(guild)
        flags, roles = known.flags | members.STARTED_ONBOARDING, [*known.roles, *(role.id for role in chosen)]
        members.change(self.hub, self.by, guild.guild, self.id, flags=flags)
        done = flags | members.COMPLETED_ONBOARDING
        members.change(self.hub, self.by, guild.guild, self.id, flags=done, pending=False, roles=roles)
        self.hub.note(self.by, "onboarding", space=guild.guild.id)

    def _member(self, guild: Has) -> Member:
        return guild.guild.members[self.id]

    def _changes(self, guild: Has, **state: object) -> None:
        members.change(self.hub, By(guild.guild.owner_id, self.moment, self.told), guild.guild, self.id, **state)

    @property
    def dm(self) -> Channel:
        """This person's direct conversation with the bot."""
        return self.hub.world.dm(self.id)

    def closes_dms(self) -> None:
        """Take no direct messages any more."""
        self.user.dms_open = False

    def opens_dms(self) -> None:
        """Take direct messages again."""
        self.user.dms_open = True

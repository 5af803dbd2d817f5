"""Roles given and taken, told from two sources: a member's changed list of roles, and the audit log."""

from __future__ import annotations

from collections.abc import Sequence

from integrations.discord.ids import snowflake

_MOST = 250_000


class Holders:
    """Who holds which roles, so that a changed list tells what is new: a number and a shared tuple a person.

    It knows only those it was told of. Of others the first list is remembered and says nothing, because the role may
    be years old.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._held: dict[int, tuple[int, ...]] = {}
        self._same: dict[tuple[int, ...], tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self._held)

    def hold(self, person: str, roles: Sequence[str]) -> None:
        """Remember what somebody holds."""
        self._swap(person, roles)

    def change(self, person: str, roles: Sequence[str]) -> tuple[set[int], set[int]]:
        """Remember what somebody holds now; returns the roles given and those taken since the list before."""
        before, now = self._swap(person, roles)
        return (set(), set()) if before is None else (set(now) - set(before), set(before) - set(now))

    def forget(self, person: str) -> None:
        """Forget somebody who left."""
        self._held.pop(snowflake(person), None)

    def _swap(self, person: str, roles: Sequence[str]) -> tuple[tuple[int, ...] | None, tuple[int, ...]]:
        number, now = snowflake(person), tuple(sorted(snowflake(one) for one in roles))
        before = self._held.get(number)
        if before is None and len(self._held) >= self._most:
            self._held.pop(next(iter(self._held)))
        if len(self._same) >= self._most:
            self._same.clear()
        self._held[number] = self._same.setdefault(now, now)
        return before, now

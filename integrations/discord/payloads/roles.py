"""Roles given and taken, as members' changed lists of roles tell them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.ports import Account
from integrations.discord.payloads.ids import snowflake

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

    def lacks(self, person: str, role: str) -> bool:
        """Whether somebody is known not to hold a role."""
        known = self._held.get(snowflake(person))
        return known is not None and snowflake(role) not in known

    def _swap(self, person: str, roles: Sequence[str]) -> tuple[tuple[int, ...] | None, tuple[int, ...]]:
        number, now = snowflake(person), tuple(sorted(snowflake(one) for one in roles))
        before = self._held.get(number)
        if before is None and len(self._held) >= self._most:
            self._held.pop(next(iter(self._held)))
        if len(self._same) >= self._most:
            self._same.clear()
        self._held[number] = self._same.setdefault(now, now)
        return before, now


class Watch:
    """Which of the roles that the settings ask about people hold, and what was not told of it yet.

    It knows only those it has seen. When other roles are asked about, all who are seen again are told of again.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._known: dict[Account, frozenset[str]] = {}
        self._new: dict[Account, frozenset[str]] = {}
        self.names: dict[str, str] = {}
        """The roles that are asked about: ids and names."""
        self.anew = False
        """Whether others are asked about than when the list of members last came."""

    def ask(self, names: dict[str, str]) -> None:
        """Ask about these roles from now on."""
        if names == self.names:
            return
        gone, self.anew = self.names.keys() - names.keys(), self.anew or bool(names.keys() - self.names.keys())
        self.names = names
        before, self._known = self._known, {}
        for who, held in before.items():
            if held & gone:
                self._new[who] = held - gone

    def see(self, who: Account, roles: Iterable[str]) -> None:
        """Note all the roles that somebody holds."""
        held = frozenset(self.names.keys() & set(roles))
        if self._known.get(who) != held:
            if who not in self._known and len(self._known) >= self._most:
                self._known.pop(next(iter(self._known)))
            self._known[who] = self._new[who] = held

    def swap(self, who: Account, given: Iterable[str], taken: Iterable[str]) -> None:
        """Note roles that somebody was given and lost; of others nothing is known where they were not seen before."""
        given, taken = self.names.keys() & set(given), self.names.keys() & set(taken)
        if given or taken:
            self.see(who, self._known.get(who, frozenset()) - taken | given)

    def take(self) -> dict[Account, list[tuple[str, str]]]:
        """Return what was not told yet: by person, the ids and names of the roles they hold."""
        new, self._new = self._new, {}
        return {who: [(one, self.names[one]) for one in held if one in self.names] for who, held in new.items()}

"""The accounts that payloads name: made once, and kept in a cache that never grows past its room."""

from __future__ import annotations

from bot.ports import Account
from integrations.discord.payloads.ids import Payload, snowflake

ROOM = 20_000
"""Accounts kept at most; then the people among them are made anew when they come again."""
_BOTS = 2_000


class People:
    """Makes accounts of user objects and of bare ids. Who was seen as a machine once is known as one from there on.

    One is enough for a process, since Discord's ids hold everywhere. `own` is the bot's own id.
    """

    def __init__(self, own: str = "", room: int = ROOM) -> None:
        self._room = room
        self._known: dict[str, Account] = {}
        self.own = own
        self._bots: dict[str, None] = {}

    def user(self, user: Payload) -> Account:
        """Return the account of a user object; Discord's own system account counts as a machine."""
        known = self._known.get(user["id"])
        if user.get("bot") or user.get("system"):
            return known if known is not None and known.bot else self._machine(user["id"])
        return known or self._made(user["id"])

    def by_id(self, name: str) -> Account:
        """Return the account of an id that stands alone."""
        return self._known.get(name) or self._made(name)

    def _machine(self, name: str) -> Account:
        if name not in self._bots:
            snowflake(name)
            if len(self._bots) >= _BOTS:
                self._bots.pop(next(iter(self._bots)))
            self._bots[name] = None
            self._known.pop(name, None)
        return self._known.get(name) or self._made(name)

    def _made(self, name: str) -> Account:
        snowflake(name)
        if len(self._known) >= self._room:
            self._known.clear()
        return self._known.setdefault(name, Account("discord", "", name, name == self.own or name in self._bots))

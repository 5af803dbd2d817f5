"""When people may be asked about their choices: seldom, and anew where they agreed to a text that asked for less."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.consent import editions
from bot.consent.choices import ASK_AGAIN_DAYS, EVERYWHERE, Said, Source, What
from bot.keys import Keys
from bot.storage import choosing
from bot.storage.choosing import Chosen
from bot.storage.engine import Database
from bot.storage.turns import in_turn
from scoring.signals import DAY_MS

_DECIDES = {What.ASKED_PAGE: (What.PAGE, What.OUT), What.ASKED_INVITE: (What.INVITE,)}


class Questions:
    """Knows what somebody may be asked."""

    def __init__(self, database: Database, keys: Keys) -> None:
        """Take the store and the keys."""
        self._database = database
        self._keys = keys

    async def outdated(self, said: Said) -> frozenset[str]:
        """Return what the speaker said yes to (page, invite) in a text that asked for less than today's."""
        async with self._database.read() as connection:
            whose = await choosing.family(connection, said.community, self._keys.handle(said.account))
            rows = await choosing.of(connection, said.community, whose.members) if whose else []
        return frozenset(one for one in editions.CURRENT if editions.outdated(rows, one, said.space))

    async def ask(self, said: Said, what: What) -> bool:
        """Put down that somebody is asked now; False where they were, or decided, in the last half year.

        Nothing is put down of people of whom nothing is stored: False for them.
        """
        async with in_turn(self._database, said.community) as connection:
            return await self.put(connection, said, what) is not None

    async def put(self, connection: AsyncConnection, said: Said, what: What) -> int | None:
        """Do as `ask` within a transaction that has its turn; returns the member who is to be asked, if anybody is."""
        whose = await choosing.family(connection, said.community, self._keys.handle(said.account))
        if whose is None:
            return None
        before = await choosing.of(connection, said.community, whose.members)
        if _silent(before, what, said):
            return None
        await choosing.put(connection, said.community, [said.row(whose.root, what, "asked", said.space)])
        return whose.root


def _silent(before: Sequence[Chosen], what: What, said: Said) -> bool:
    return any(_silences(one, what, said) for one in before)


def _silences(one: Chosen, what: What, said: Said) -> bool:
    """Whether a row keeps somebody from being asked: they were lately, or decided lately about what is asked now."""
    if one.at <= said.at - ASK_AGAIN_DAYS * DAY_MS or one.source == Source.TEAM:
        return False
    here = one.space in (EVERYWHERE, said.space) or what is What.ASKED_PAGE
    decided = one.what in _DECIDES.get(what, ()) and not editions.is_older_yes(one)
    return here and (one.what == what or decided)

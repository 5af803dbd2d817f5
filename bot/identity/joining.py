"""Accounts that are one person's, by their own word: a code made in one place and given in another.

Both sides are an act of the person's own. The code lies in the store as a keyed hash only, holds for a quarter of an
hour, and is gone once it was used.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.consent.choices import Said
from bot.identity import callers, sharing
from bot.keys import Keys
from bot.storage import accounts, choosing, linking, people
from bot.storage.choosing import Family
from bot.storage.engine import Database
from bot.storage.linking import Maker
from bot.storage.turns import in_turn
from scoring.signals import Account

CODE_MS = 15 * 60_000
"""How long a code holds."""
OWN_WORD = 0
"""The source of links that people vouch for themselves."""
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without those that look alike."""
_CODE, _GROUP = 10, 5


class Joined(StrEnum):
    """What became of a code that was given."""

    DONE = "done"
    WRONG = "wrong"
    SAME = "same"
    ALREADY = "already"


@dataclass(frozen=True, slots=True)
class Mine:
    """One of somebody's accounts: its number in the store, and what it is."""

    number: int
    account: Account


class Joining:
    """Joins and parts accounts of one community."""

    def __init__(self, database: Database, keys: Keys) -> None:
        """Take the store and the keys."""
        self._database = database
        self._keys = keys

    async def code(self, said: Said, *, wait: bool) -> str | None:
        """Make a code for who speaks; None where nothing may be kept of them (`wait`: before their own yes)."""
        plain = "".join(secrets.choice(_LETTERS) for _ in range(_CODE))
        async with in_turn(self._database, said.community) as connection:
            mine = await callers.made(connection, self._keys, said, wait=wait)
            if mine is None:
                return None
            until = said.at, said.at + CODE_MS
            await linking.put(connection, said.community, self._digest(plain), mine.id, until)
        return f"{plain[:_GROUP]}-{plain[_GROUP:]}"

    async def whose(self, said: Said, code: str) -> Account | None:
        """Return the account for which a code was made, None where it does not hold; it is not used up by that."""
        async with self._database.read() as connection:
            maker = await self._maker(connection, said, code)
        return None if maker is None else self._keys.open(maker.sealed)

    async def join(self, said: Said, code: str, *, wait: bool) -> Joined:
        """Join the account of who speaks with that for which a code was made, and use the code up."""
        async with in_turn(self._database, said.community) as connection:
            maker = await self._maker(connection, said, code)
            mine = await callers.made(connection, self._keys, said, wait=wait)
            if maker is None or mine is None:
                return Joined.WRONG
            if maker.account == mine.id:
                return Joined.SAME
            if not await linking.take(connection, said.community, self._digest(_plain(code)), said.at):
                return Joined.WRONG
            if maker.member == mine.member:
                return Joined.ALREADY
            # Where one of them has a page, it becomes that of both: that was said before the yes.
            sides = (maker.account, maker.member), (mine.id, mine.member)
            await sharing.join(connection, said, OWN_WORD, sides)
        return Joined.DONE

    async def part(self, said: Said, number: int) -> bool:
        """Take one of the accounts of who speaks out of those joined; False where it is none of theirs, or alone."""
        async with in_turn(self._database, said.community) as connection:
            family = await self._family(connection, said)
            if family is None or len(family.accounts) < 2 or number not in {one.id for one in family.accounts}:
                return False
            await people.part_one(connection, said.community, number)
            await sharing.settle_apart(connection, said, [one.id for one in family.accounts])
        return True

    async def joined(self, said: Said) -> list[Mine]:
        """Return all accounts that are those of who speaks, in the order in which they came."""
        async with self._database.read() as connection:
            family = await self._family(connection, said)
            rows = await accounts.by_member(connection, said.community, family.root) if family else []
        return [Mine(number, self._keys.open(sealed)) for number, sealed in rows]

    async def _family(self, connection: AsyncConnection, said: Said) -> Family | None:
        return await choosing.family(connection, said.community, self._keys.handle(said.account))

    async def _maker(self, connection: AsyncConnection, said: Said, code: str) -> Maker | None:
        """Return for whom a code was made, None where it does not hold or nothing is kept of them any more."""
        maker = await linking.maker(connection, said.community, self._digest(_plain(code)), said.at)
        if maker is None:
            return None
        there = await accounts.find(connection, said.community, [maker.handle])
        return maker if maker.handle in there else None

    def _digest(self, plain: str) -> str:
        return self._keys.passing(Account("", "", plain), "code that joins accounts")


def _plain(code: str) -> str:
    """Return a code as it was made, however it was typed."""
    return "".join(one for one in code.upper()[:100] if one in _LETTERS)

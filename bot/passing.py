"""Asks the Gate about a row of the outbox, with all that the store knows in the transaction at hand."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.gate import Facts, Verdict, decide
from bot.storage import contacts
from bot.storage.contacts import Known
from bot.storage.outbox import Row


@dataclass(frozen=True, slots=True)
class Asked:
    """What the Gate said, and what it rested on; `known` is None for what only a channel reads."""

    verdict: Verdict
    known: Known | None


async def ask(connection: AsyncConnection, row: Row, root: int | None, now: int) -> Asked:
    """Ask whether a row may go now (ms); `root` is whom `contacts.lock` gave for its member.

    The row itself does not count among what its member was sent.
    """
    known = None
    if root is not None:
        known = await contacts.known(connection, (row.community, root, row.space), now, row.id)
    standing = known.standing if known else await contacts.standing(connection, row.community)
    person = known.person if known else None
    return Asked(decide(Facts(now, row.expires, row.purpose, row.way, standing, person, row.pings)), known)

"""Asks the Gate about rows of the outbox, with all that the store knows in the transaction at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.gate import Facts, Standing, Verdict, decide
from bot.storage.knowing import Known, known, standings
from bot.storage.outbox import Due


@dataclass(frozen=True, slots=True)
class Asked:
    """What the Gate said of a row; `opened`: there is a conversation with its member already."""

    due: Due
    verdict: Verdict
    opened: bool


async def ask(connection: AsyncConnection, dues: Sequence[Due], now: int) -> list[Asked]:
    """Ask whether rows may go now (ms), each as if it were alone.

    A row that is being sent does not count among what its member was sent where it is asked about by itself.
    """
    but = dues[0].row.id if len(dues) == 1 else 0
    whom = {one.who for one in dues if one.who is not None}
    people = await known(connection, whom, now, but) if whom else {}
    standing = await standings(connection, {one.row.community for one in dues})
    return [_asked(one, people.get(one.who) if one.who else None, standing[one.row.community], now) for one in dues]


def _asked(due: Due, found: Known | None, standing: Standing, now: int) -> Asked:
    row, person = due.row, found.person if found else None
    verdict = decide(Facts(now, row.expires, row.purpose, row.way, standing, person, row.pings))
    return Asked(due, verdict, found is not None and found.opened)

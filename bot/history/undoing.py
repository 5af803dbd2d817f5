"""Taking an import back, wherever it stands, and settling what that concerns.

Every part is short transactions that may be interrupted; taking back what is taken back half goes on.
"""

from __future__ import annotations

import time

from bot.errors import InputError
from bot.identity import sharing
from bot.settle import Progress, Settler
from bot.storage import imports, undoing
from bot.storage.engine import Database
from bot.storage.turns import in_turn


async def undo(
    database: Database, number: int, progress: Progress = lambda left: None, state: str = "undone"
) -> imports.Run:
    """Take an import back: its rows where nobody else has seen them, its links, attributes, counts and names.

    Raises InputError where there is no such import, or nothing of it any more.
    """
    async with database.read() as connection:
        run = await imports.get(connection, number)
    async with in_turn(database, run.community) as connection:
        run = await imports.get(connection, number)
        if run.state in ("undone", "failed"):
            raise InputError(f"import {number} was taken back already")
        await imports.set_state(connection, number, "undoing")
        parted = await undoing.words(connection, run.community, number)
        await sharing.settle_apart(connection, sharing.of_import(run.community, time.time_ns() // 1_000_000), parted)
    await _rows(database, run)
    async with database.write() as connection:
        await undoing.places(connection, run.community, number)
    settler = Settler(database, run.community)
    await settler.settle(progress)
    async with database.write() as connection:
        await undoing.roll_back(connection, run.community)
    await settler.settle(progress)
    async with database.write() as connection:
        await undoing.nobodies(connection, run.community, number)
        await imports.set_state(connection, number, state)
    return run


async def _rows(database: Database, run: imports.Run) -> None:
    """Take back the engagements, a slice at a time."""
    more = True
    while more:
        async with database.write() as connection:
            more = await undoing.shared(connection, run.community, run.id)
    for part in (undoing.own, undoing.answers):
        at: int | None = 0
        while at is not None:
            async with database.write() as connection:
                at = await part(connection, run.community, run.id, at)

"""`cairn db unread` lists what could not be read, and asks for it to be read again."""

from __future__ import annotations

import asyncio

from bot.hearing.unread import Unreadable
from bot.storage import unread
from bot.storage.engine import Database
from tests.faults.store import founded
from tests.scenarios.commands import Cairn


def test_command_lists_what_could_not_be_read_and_asks_for_it(cairn: Cairn) -> None:
    assert cairn("db", "unread", "--json").json == {"unread": [], "asked_again": 0}
    database = Database(cairn.url)

    async def put_down() -> None:
        origin = await founded(database, space=True)
        await unread.UnreadOf(database, (origin.community, origin.space or 0)).add(
            [Unreadable("MESSAGE_CREATE", "written: KeyError", 1_706_832_000_000)]
        )
        await database.close()

    asyncio.run(put_down())
    once = cairn("db", "unread", "--json").json["unread"]
    again = cairn("db", "unread", "--again", "--json").json

    assert once == [
        {
            "community": "Garden", "platform": "chat", "space": "100", "what": "MESSAGE_CREATE",
            "reason": "written: KeyError", "first": "2024-02-02T00:00:00Z", "last": "2024-02-02T00:00:00Z", "n": 1,
            "tries": 1, "asked_again": False,
        }
    ]  # fmt: skip
    assert (again["asked_again"], again["unread"][0]["asked_again"]) == (1, True)
    assert "MESSAGE_CREATE" in cairn("db", "unread").out

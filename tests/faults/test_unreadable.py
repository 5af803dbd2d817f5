"""Events that cannot be read are set aside with their reason, the rest flows, and a command has them read again."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.hearing.unread import Unreadable
from bot.intake import Intake
from bot.storage import unread
from bot.storage.engine import Database
from bot.storage.unread import MOST_TRIES, Sum
from integrations.sandbox.discord.gateway.intents import Intent
from integrations.sandbox.discord.model import Channel, Message
from integrations.sandbox.discord.people import Person
from scoring.signals import Kind
from tests.faults.store import founded
from tests.scenarios.discord_rig import Rig, rig, until
from tests.scenarios.stories import KEYS, message

WRONG: tuple[object, ...] = (
    None, True, False, [], {}, [7], {"id": None}, 7, -1, 0, 1.5, 1e308, 2**70, "", " ", "1e3", "-1", "7.5", "9" * 30,
    "none at all", "a\0b", "\u2028", "x" * 50_000, "٧", [[[[[[]]]]]], {"id": {}}, {"name": "canary"}, "0x7", "7 ",
)  # fmt: skip
"""What stands in the place of an id or of a person."""
MALFORMED = 7 * len(WRONG)


async def listed(one: Rig) -> list[Sum]:
    database = Database(one.url)
    try:
        async with database.read() as connection:
            return await unread.everything(connection)
    finally:
        await database.close()


async def asks_again(one: Rig) -> int:
    """Do what `cairn db unread --again` does."""
    database = Database(one.url)
    try:
        async with database.write() as connection:
            return await unread.ask_again(connection)
    finally:
        await database.close()


def malformed(guild: int, channel: int) -> list[tuple[str, bytes]]:
    """Return events of one server that no reader can read, each wrong in a way of its own."""
    where: dict[str, object] = {"guild_id": str(guild), "channel_id": str(channel)}
    somebody = {"id": "7", "username": "canary"}
    message = where | {"id": "8", "author": somebody, "content": "canary", "type": 0}
    reaction = where | {"user_id": "7", "message_id": "8", "emoji": {"name": "👍", "id": None}}
    interest: dict[str, object] = {"guild_id": str(guild), "user_id": "7", "guild_scheduled_event_id": "9"}
    right: dict[str, tuple[dict[str, object], tuple[str, ...]]] = {
        "MESSAGE_CREATE": (message, ("id", "author")),
        "MESSAGE_REACTION_ADD": (reaction, ("user_id", "message_id")),
        "MESSAGE_DELETE": (where | {"id": "8"}, ("id",)),
        "GUILD_SCHEDULED_EVENT_USER_ADD": (interest, ("user_id", "guild_scheduled_event_id")),
    }
    return [
        (name, json.dumps(whole | {part: wrong}).encode())
        for name, (whole, parts) in right.items() for part in parts for wrong in WRONG
    ]  # fmt: skip


async def test_malformed_events_are_set_aside_and_read_again_when_asked(database_url: str) -> None:
    async with rig(database_url, heartbeat=30) as one:
        guild = one.server.guild("Garden")
        general, alice = guild.text("general"), guild.person("alice")
        await one.start()
        await one.heard()
        (session,) = one.server.gateway.sessions.values()
        events = malformed(guild.id, general.id)
        assert len(set(events)) == MALFORMED >= 200
        for n, (name, body) in enumerate(events):
            session.tell(name, body)
            if n % 20 == 0:
                await alice.says(general, f"canary {n}")
        await until(lambda: all_are_listed(one))
        found = await listed(one)
        assert {(each.what, each.tries) for each in found} == {(name, 1) for name, _ in events}
        assert {each.reason.split(": ")[1] for each in found} == {"KeyError", "TypeError", "ValueError"}
        await one.agrees()

        assert await asks_again(one) == MALFORMED
        await until(lambda: none_are_listed(one))
        await until(lambda: all_gaps_are_read(one))
        assert len(await one.gaps()) == 1
        assert await asks_again(one) == 0
        await one.agrees()
        await one.stop()
        await one.check()
        await one.keeps_quiet("canary", "none at all")


async def test_messages_that_were_heard_and_not_read_are_read_when_asked_without_a_restart(database_url: str) -> None:
    async with rig(database_url, heartbeat=30) as one:
        guild = one.server.guild("Garden")
        general, alice = guild.text("general"), guild.person("alice")
        await one.start()
        await one.heard()
        thread = await alice.opens_thread(general, "about tea")
        await one.stores()
        await until(lambda: history_is_read(one))  # else that might come upon what was not understood
        for place in (general, thread):
            await garbled(one, place, await untold(one, alice, place))
        await until(lambda: all_are_listed(one, 2))
        assert set(await one.differences()) == {"missing"}

        assert await asks_again(one) == 2
        await until(lambda: none_are_listed(one))
        await until(lambda: all_gaps_are_read(one))
        await one.agrees()
        await one.stop()
        await one.check()
        await one.keeps_quiet("canary")


async def untold(one: Rig, who: Person, place: Channel) -> Message:
    """Let somebody say something that no session is told of, though Discord's history has it."""
    (session,) = one.server.gateway.sessions.values()
    session.intents ^= Intent.GUILD_MESSAGES
    try:
        return await who.says(place, "canary")
    finally:
        session.intents ^= Intent.GUILD_MESSAGES


async def garbled(one: Rig, place: Channel, message: Message) -> None:
    """Tell of a message as no reader can read it."""
    (session,) = one.server.gateway.sessions.values()
    d = {"guild_id": str(place.guild_id), "channel_id": str(place.id), "id": str(message.id), "type": 0, "author": 7}
    session.tell("MESSAGE_CREATE", json.dumps(d).encode())


async def all_are_listed(one: Rig, n: int = MALFORMED) -> bool:
    return sum(found.n for found in await listed(one)) == n


async def history_is_read(one: Rig) -> bool:
    return bool(await one.query("SELECT 1 FROM backfill WHERE ended_at IS NOT NULL"))


async def none_are_listed(one: Rig) -> bool:
    return not await listed(one)


async def all_gaps_are_read(one: Rig) -> bool:
    gaps = await one.gaps()
    return bool(gaps) and all(gaps)


async def test_what_fails_each_time_is_tried_five_times(database_url: str) -> None:
    database = Database(database_url)
    try:
        origin = await founded(database, space=True)
        here = unread.UnreadOf(database, (origin.community, origin.space or 0))
        tries = 1
        await here.add([Unreadable("MESSAGE_CREATE", "written: KeyError", 5)])
        while await ask(database):
            assert await here.asked() == (5, 5)
            await here.taken()
            await here.add([Unreadable("MESSAGE_CREATE", "written: KeyError", 5)])
            tries += 1
        assert tries == MOST_TRIES

        await here.add([Unreadable("MESSAGE_DELETE", "deleted: KeyError", 9)])
        assert await ask(database) == 1
    finally:
        await database.close()


async def ask(database: Database) -> int:
    async with database.write() as connection:
        return await unread.ask_again(connection)


async def test_signal_that_cannot_be_stored_is_tried_few_times_and_listed_for_its_space(database_url: str) -> None:
    database = Counting(database_url)
    try:
        origin = await founded(database, space=True)
        signals = [message(n) for n in range(500)]
        signals[321] = signals[321]._replace(key="a\0b")
        async with Intake(database, KEYS) as intake:
            database.transactions = 0
            receipt = await intake.record(origin, signals)
        async with database.read() as connection:
            (found,) = await unread.everything(connection)
    finally:
        await database.close()

    assert (receipt.new, dict(receipt.dropped)) == (499, {"could not be stored": 1})
    assert (found.what, found.reason, found.n) == (Kind.MESSAGE.label, "ValueError", 1)
    assert database.transactions < 60


class Counting(Database):
    """A database that counts its writing transactions."""

    transactions = 0

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Count, and open a transaction."""
        self.transactions += 1
        async with super().write() as connection:
            yield connection

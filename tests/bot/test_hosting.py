"""Integrations get desks of the spaces that are listened to, and what holds there follows the operator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from bot.community import Terms, apply
from bot.hearing.hosting import Desks, Policy
from bot.intake import Intake
from bot.operating.metrics import Metrics
from bot.operating.probing import Probe
from bot.ports import Account, Consent, Context, Desk, Held, Kind, Level, Listed, Meter, Place, Signal, Space, Stays
from bot.standing.settling import Settling
from bot.storage import communities, marks, migrate, setting
from bot.storage.engine import Database
from scoring.signals import ALWAYS_STORED, DAY_MS
from tests.bot.community.files import PLATFORMS, WHOLE, parsed
from tests.scenarios.stories import KEYS, message
from tests.scenarios.words import START
from tests.scenarios.world import RULES

HERE, THERE = Space("chat", "100", "Here"), Space("chat", "200", "There")
NEW = Policy(None, lambda: (RULES, "v", "mountain.yaml"))


@dataclass(frozen=True)
class Running:
    """A store, a way in and desks."""

    database: Database
    intake: Intake
    metrics: Metrics
    desks: Desks

    async def apply(self, file: str) -> None:
        async with self.database.write() as connection:
            await apply(connection, parsed(file), Terms(KEYS, PLATFORMS, NEW.rules))

    async def named_desk(self) -> Desk:
        """Apply the whole file, which names one space and not the other, and return the desk of the one."""
        await self.apply(WHOLE)
        host = self.desks.host("chat")
        desk = await host.desk(HERE)
        assert desk is not None
        assert await host.desk(THERE) is None
        return desk

    async def names(self) -> list[str]:
        async with self.database.read() as connection:
            return [one.name for one in await communities.everyone(connection)]

    async def count(self, table: str) -> int:
        async with self.database.read() as connection:
            return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


@asynccontextmanager
async def running(url: str, policy: Policy = NEW) -> AsyncIterator[Running]:
    database, metrics = Database(url), Metrics()
    await migrate.upgrade(database)
    try:
        async with Intake(database, KEYS) as intake:
            yield Running(database, intake, metrics, Desks(database, intake, policy, metrics))
    finally:
        await database.close()


async def test_first_space_is_taken_in_and_its_people_are_counted(database_url: str) -> None:
    async with running(database_url) as one:
        desk = await one.desks.host("chat").desk(HERE)
        assert desk is not None
        receipt = await desk.record([message(1)])

        assert (receipt.new, await one.names()) == (1, ["Here"])
        assert desk.settings.consent is Consent.COUNTED
        assert desk.kinds >= ALWAYS_STORED
        assert await one.count("member WHERE NOT page") == 1


async def test_second_space_is_not_taken_in_by_itself(sqlite_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with running(sqlite_url) as one:
        host = one.desks.host("chat")
        await host.desk(HERE)

        assert await host.desk(THERE) is None
        assert await host.desk(THERE) is None
        await one.desks.refresh()
        assert await host.desk(THERE) is None

    refusals = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(refusals) == 1
    assert "chat 200 is not listened to: another space is listened to already" in refusals[0]


async def test_invited_space_joins_the_others_where_no_file_says_otherwise(sqlite_url: str) -> None:
    async with running(sqlite_url) as one:
        host = one.desks.host("chat")
        await host.desk(HERE)
        assert await host.desk(THERE) is None
        await one.desks.refresh()
        desk = await host.desk(THERE, invited=True)

        assert desk is not None
        assert (await desk.record([message(1)])).new == 1
        assert await one.names() == ["Here"]
        assert await host.desk(THERE) is desk


async def test_space_that_was_purged_is_taken_in_again_when_it_comes_back(sqlite_url: str) -> None:
    """Without a restart, and by the desk that others have in hand."""
    async with running(sqlite_url) as one:
        host = one.desks.host("chat")
        desk = await host.desk(HERE)
        assert desk is not None
        async with one.database.write() as connection:
            await connection.execute(text("UPDATE space SET settings = NULL"))
        await one.desks.refresh()

        assert await host.desk(HERE) is desk
        assert (await desk.record([message(1)])).new == 1


async def test_file_says_which_spaces_are_listened_to_and_what_holds_there(sqlite_url: str) -> None:
    async with running(sqlite_url) as one:
        desk = await one.named_desk()
        assert desk.settings == parsed().settings(parsed().spaces[0])
        assert await one.names() == ["Acme"]


async def test_file_applied_while_running_holds_after_a_refresh(sqlite_url: str) -> None:
    async with running(sqlite_url) as one:
        desk = await one.named_desk()

        await one.apply(WHOLE.replace("out: [", "out: [help, ").replace("stays: everywhere", "stays: off"))
        assert desk.settings.allows(Place("1", "help"))
        await one.desks.refresh()

        assert not desk.settings.allows(Place("1", "help"))
        assert desk.settings.stays is Stays.OFF
        await one.apply(WHOLE.replace("id: 100", "id: 200"))
        await one.desks.refresh()
        assert await one.desks.host("chat").desk(HERE) is None
        assert await one.desks.host("chat").desk(THERE) is not None
        assert dict((await desk.record([message(1)])).dropped) == {"not listened to": 1}


async def test_change_of_consent_holds_without_a_refresh(sqlite_url: str) -> None:
    async with running(sqlite_url) as one:
        desk = await one.desks.host("chat").desk(HERE)
        assert desk is not None

        await one.apply("name: Here\nconsent: strict\nspaces: [{platform: chat, id: 100}]\n")

        assert dict((await desk.record([message(1)])).dropped) == {"no consent yet": 1}


async def test_unknown_space_joins_the_community_that_is_named(sqlite_url: str) -> None:
    async with running(sqlite_url, Policy("Acme", NEW.rules)) as one:
        assert await one.desks.host("chat").desk(HERE) is not None
        assert await one.names() == ["Acme"]


async def test_several_communities_need_a_name(sqlite_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with running(sqlite_url) as one:
        for name in ("One", "Two"):
            async with one.database.write() as connection:
                await communities.found(connection, name, *NEW.rules())

        assert await one.desks.host("chat").desk(HERE) is None

    assert "there are several communities; set CAIRN_COMMUNITY" in caplog.text


async def test_callers_at_the_same_moment_get_the_same_desk(sqlite_url: str) -> None:
    async with running(sqlite_url) as one:
        host = one.desks.host("chat")
        desks = await asyncio.gather(*(host.desk(HERE) for _ in range(20)))

        assert len({id(desk) for desk in desks}) == 1
        assert await one.count("space") == 1


async def test_new_rules_change_the_kinds_worth_telling_of(sqlite_url: str) -> None:
    async with running(sqlite_url) as one:
        desk = await one.desks.host("chat").desk(HERE)
        assert desk is not None
        assert Kind.POLL_VOTE not in desk.kinds
        async with one.database.write() as connection:
            (community,) = await communities.everyone(connection)
            changed = RULES.replace("kind: stay}, per: 30 minutes", "kind: poll_vote}")
            number = await communities.add_rules(connection, community.id, (changed, "w", "new.yaml"), "settling")
            await communities.put_in_force(connection, community.id, number)

        await one.desks.refresh()

        assert Kind.POLL_VOTE in desk.kinds


async def test_what_is_handed_in_is_counted(sqlite_url: str) -> None:
    async with running(sqlite_url) as one:
        host, told = one.desks.host("chat"), []
        one.desks.told = lambda: told.append(1)
        desk = await host.desk(HERE)
        assert desk is not None
        unused = message(2)._replace(kind=Kind.POLL_VOTE)

        await desk.record([message(1), unused])
        await desk.record([message(1)])
        host.count(Meter.GAPS)
        host.level(Level.IDENTIFIES_LEFT, 5)

        figures = one.metrics.text().decode().splitlines()
        assert told == [1]
    for line in (
        'cairn_signals_received_total{integration="chat"} 3.0',
        'cairn_signals_acknowledged_total{integration="chat"} 3.0',
        'cairn_signals_stored_total{integration="chat"} 1.0',
        'cairn_signals_duplicate_total{integration="chat"} 1.0',
        'cairn_signals_dropped_total{integration="chat",reason="kind not in use"} 1.0',
        'cairn_gaps_total{integration="chat"} 1.0',
        "cairn_queue_depth 0.0",
    ):
        assert line in figures


async def test_probe_goes_the_whole_way_and_leaves_only_its_time(database_url: str) -> None:
    async with running(database_url) as one:
        probe = Probe(one.intake.inbox, one.database, one.metrics, lambda: 1_700_000_000.5)
        await probe.once()
        await probe.once()

        async with one.database.read() as connection:
            assert await setting.get(connection, setting.PROBE) == "1700000000500"
        for table in ("engagement", "account", "context", "dirty", "rejected", "community"):
            assert await one.count(table) == 0


async def test_what_is_told_of_is_settled_and_the_lag_falls(sqlite_url: str) -> None:
    async with running(sqlite_url) as one:
        at = [START / 1000]
        settling = Settling(one.database, one.metrics, lambda: at[0])
        one.desks.told = settling.wake
        desk = await one.desks.host("chat").desk(HERE)
        assert desk is not None
        await desk.record([Signal(*message(1)[:6], Context("C1", "help"))])
        at[0] += 7
        assert settling.lag() == pytest.approx(7)

        assert await settling.once() == 1

        assert settling.lag() == 0
        assert await one.count("tally") == 1
        (community,) = await community_of(one)
        assert community.as_of == START // DAY_MS


async def community_of(one: Running) -> list[communities.Community]:
    async with one.database.read() as connection:
        return await communities.everyone(connection)


async def test_settling_loop_hears_of_signals_and_finishes_when_told_to_stop(sqlite_url: str) -> None:
    async with running(sqlite_url) as one:
        settling = Settling(one.database, one.metrics)
        one.desks.told = settling.wake
        desk = await one.desks.host("chat").desk(HERE)
        assert desk is not None
        stop = asyncio.Event()
        loop = asyncio.create_task(settling.run(stop))

        await desk.record([message(1)])
        stop.set()
        await asyncio.wait_for(loop, 10)

        (community,) = await community_of(one)
        async with one.database.read() as connection:
            assert await marks.waiting(connection, community.id) == 0
        assert await one.count("tally") == 1


async def test_lists_of_a_file_reach_the_desk(sqlite_url: str) -> None:
    async with running(sqlite_url) as one:
        await one.apply(WHOLE)
        desk = await one.desks.host("chat").desk(HERE)
        assert desk is not None
        assert desk.settings.moderators == Listed.of(["Mods", "55"])
        assert desk.settings.thanks.has("", "tada")


async def test_desk_knows_what_is_stored_of_people_at_an_object(database_url: str) -> None:
    async with running(database_url) as cairn:
        desk = await cairn.desks.host("chat").desk(HERE)
        assert desk is not None
        ann, bob, cat = (Account("chat", "", name) for name in ("ann", "bob", "cat"))

        def reacts(who: Account, message: str = "m1", **more: object) -> Signal:
            known = Signal(Kind.REACTION, f"{message}/r/+1", 10, START, who, 1, key_person=who)
            return known._replace(**more)  # type: ignore[arg-type]

        await desk.record([reacts(ann), reacts(bob, retracted=True, amount=7), reacts(cat, "m10")])

        found = await desk.held(10, "m1/r/+1")
        assert sorted(found) == [Held(ann, 0, True), Held(bob, 7, False)]
        assert await desk.held(11, "m1/r/+1") == []
        assert await desk.known([(10, "m1"), (10, "m10/r/+1"), (10, "m2"), (11, "m1")]) == {
            (10, "m1"),
            (10, "m10/r/+1"),
        }

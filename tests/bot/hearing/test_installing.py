"""Where Cairn was installed by a link: a state works once, tokens lie sealed, and one process renews them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import MachineError
from bot.hearing.installations import Installation
from bot.hearing.installing import BACK_MS, INVITED_MS, RENEWAL_MS, InstallationsOf, reseal
from bot.keys import Keys, add_sealing_key, open_keys
from bot.storage import installations
from bot.storage.engine import Database
from bot.storage.schema import arrival, installation
from tests.scenarios.backed_up import backed_up
from tests.scenarios.discord_store import Store

NOW = 1_700_000_000_000
KEYS = Keys(b"k" * 32, [Fernet.generate_key().decode()])
TOKEN, RENEWAL = "xoxb-1-" + "lavender-otter" * 3, "xoxe-1-" + "lavender-otter" * 3
ONE = Installation("T1", TOKEN, RENEWAL, NOW + 1)


@dataclass
class Clock:
    now: int = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    found = Database(database_url)
    yield found
    await found.close()


async def test_of_fifty_that_come_back_with_one_state_one_is_let_in(database: Database) -> None:
    """One atomic deletion decides."""
    kept = InstallationsOf(database, KEYS, "slack")
    state = await kept.expect("browser", NOW)

    told = await asyncio.gather(*(kept.came_back(state, "browser", NOW) for _ in range(50)))

    assert sum(told) == 1
    assert len(state) >= 43  # 256 bits


async def test_state_is_its_browser_s_its_platform_s_and_over_after_ten_minutes(database: Database) -> None:
    kept, other = InstallationsOf(database, KEYS, "slack"), InstallationsOf(database, KEYS, "chat")
    first, second, third, fourth = [await kept.expect("browser", NOW) for _ in range(4)]

    assert not await kept.came_back(first, "another browser", NOW)
    assert not await kept.came_back(first, "browser", NOW)  # used up by who tried
    assert not await other.came_back(second, "browser", NOW)
    assert await kept.came_back(second, "browser", NOW + BACK_MS - 1)
    assert not await kept.came_back(third, "browser", NOW + BACK_MS)
    assert not await kept.came_back("never given", "browser", NOW)
    assert len({first, second, third, fourth}) == 4
    async with database.read() as connection:
        stored = str((await connection.execute(select(arrival))).all())
    assert fourth not in stored
    assert "browser" not in stored


async def test_who_does_not_come_back_is_swept_up(database: Database) -> None:
    kept = InstallationsOf(database, KEYS, "slack")
    await kept.expect("one", NOW)
    await kept.expect("two", NOW + BACK_MS)
    async with database.write() as connection:
        left = (await connection.execute(select(arrival.c.expires_at))).scalars().all()
        assert not await installations.sweep(connection, NOW + 2 * BACK_MS)
        assert (await connection.execute(select(arrival))).all() == []
    assert left == [NOW + 2 * BACK_MS]


async def test_invitation_holds_for_a_week_and_cannot_be_made_up(database: Database) -> None:
    kept = InstallationsOf(database, KEYS, "slack")
    word = kept.invitation(NOW)
    until, _, signature = word.partition(".")

    assert kept.invited(word, NOW)
    assert kept.invited(word, NOW + INVITED_MS - 1)
    assert not kept.invited(word, NOW + INVITED_MS)
    wrong = [
        "", ".", until, f"{until}.", f"{int(until) + 1}.{signature}", f"{until}.{signature[:-1]}", f"-1.{signature}",
        f"{'9' * 13}.{signature}", f"{until}.\udcff", "\u0663.x", f" {word}",
    ]  # fmt: skip
    assert [one for one in wrong if kept.invited(one, NOW)] == []
    assert not InstallationsOf(database, KEYS, "chat").invited(word, NOW)
    assert not InstallationsOf(database, Keys(b"o" * 32, [Fernet.generate_key().decode()]), "slack").invited(word, NOW)


@dataclass
class Stored(Store):
    """The store, to be looked through."""

    url: str
    keys = KEYS


async def test_tokens_are_nowhere_in_clear_and_a_copied_row_does_not_open(
    database: Database, database_url: str
) -> None:
    """Database, its log, and a backup are searched for what was planted."""
    kept = InstallationsOf(database, KEYS, "slack")
    await kept.put(ONE)
    await kept.put(Installation("T2", f"{TOKEN}2"))
    assert [(one.token, one.renewal) for one in await kept.everything()] == [(TOKEN, RENEWAL), (f"{TOKEN}2", "")]
    backup = await backed_up(database_url)
    async with database.read() as connection:
        rows = b"".join((await connection.execute(select(installation.c.content))).scalars())
    assert b"T2" in backup
    assert b"lavender" not in backup + rows
    if database.kind == "sqlite":  # the file itself, and its log
        assert not await Stored(database_url).holds("lavender")
    async with database.write() as connection:
        copied = "UPDATE installation SET content = (SELECT content FROM installation WHERE external = 'T2')"
        await connection.execute(text(copied))
    assert [one.token for one in await kept.everything()] == ["", f"{TOKEN}2"]


async def test_keys_that_sealed_none_of_it_open_nothing(database: Database) -> None:
    """It is told apart from being there no more."""
    await InstallationsOf(database, KEYS, "slack").put(ONE)
    other = InstallationsOf(database, Keys(b"k" * 32, [Fernet.generate_key().decode()]), "slack")

    assert [(one.space, one.token) for one in await other.everything()] == [("T1", "")]


async def test_added_key_seals_tokens_anew_while_others_read_them(database: Database, tmp_path: Path) -> None:
    """No moment in which who runs cannot read them; afterwards the old key is not needed for them."""
    path = tmp_path / "cairn.keys"
    running = InstallationsOf(database, open_keys(path), "slack")
    await running.put(ONE)
    add_sealing_key(path)
    fresh = open_keys(path)
    assert await reseal(database, fresh) == 1
    assert [one.token for one in await running.everything()] == [TOKEN]
    newest = Keys(b"k" * 32, json.loads(path.read_text())["sealing"][:1])
    assert [one.token for one in await InstallationsOf(database, newest, "slack").everything()] == [TOKEN]


class Slack:
    """Gives a new token for each one that renews, once."""

    def __init__(self) -> None:
        self.good = RENEWAL
        self.asked = 0
        self.go = asyncio.Event()
        self.began = asyncio.Event()

    async def renews(self, one: Installation) -> Installation:
        self.asked += 1
        assert one.renewal == self.good, "it was used up"
        self.good = f"{self.good}+"
        self.began.set()
        await self.go.wait()
        return Installation(one.space, f"{TOKEN}+", self.good, NOW + 100)


async def test_of_several_processes_that_renew_at_once_one_does(database: Database, database_url: str) -> None:
    slack, other = Slack(), Database(database_url)
    mine, yours = InstallationsOf(database, KEYS, "slack"), InstallationsOf(other, KEYS, "slack")
    one = await mine.put(ONE)
    first = asyncio.create_task(mine.renew(one, slack.renews))
    await slack.began.wait()
    meanwhile = await asyncio.gather(*(yours.renew(one, slack.renews) for _ in range(5)))
    slack.go.set()
    got = await first
    after = await yours.renew(one, slack.renews)
    await other.close()

    assert slack.asked == 1
    assert {each.token if each else None for each in meanwhile} == {TOKEN}
    assert got is not None
    assert got == after
    assert (got.token, got.renewal, got.since) == (f"{TOKEN}+", slack.good, one.since)
    assert await mine.versions() == {"T1": got.version}


async def test_renewal_goes_on_when_who_asked_is_stopped(database: Database) -> None:
    """What Slack has given is given once: it is kept."""
    slack = Slack()
    kept = InstallationsOf(database, KEYS, "slack")
    one = await kept.put(ONE)
    asking = asyncio.create_task(kept.renew(one, slack.renews))
    await slack.began.wait()
    asking.cancel()
    slack.go.set()
    await kept.close()

    assert asking.cancelled()
    assert [each.renewal for each in await kept.everything()] == [slack.good]


async def test_renewal_that_fails_lets_others_try_and_one_that_hangs_does_so_after_a_minute(database: Database) -> None:
    clock, slack = Clock(), Slack()
    kept = InstallationsOf(database, KEYS, "slack", clock)
    one = await kept.put(ONE)

    async def fails(_: Installation) -> Installation:
        raise MachineError("no answer")

    with pytest.raises(MachineError, match="no answer"):
        await kept.renew(one, fails)
    hanging = asyncio.create_task(kept.renew(one, slack.renews))
    await slack.began.wait()
    clock.now += RENEWAL_MS - 1
    assert await kept.renew(one, fails) == one
    clock.now += 1
    with pytest.raises(MachineError, match="no answer"):
        await kept.renew(one, fails)
    slack.go.set()
    assert (await hanging) is not None


async def test_renewal_does_not_bring_back_what_was_removed_or_replaced(database: Database) -> None:
    for again in (False, True):
        slack = Slack()
        kept = InstallationsOf(database, KEYS, "slack")
        one = await kept.put(ONE)
        asking = asyncio.create_task(kept.renew(one, slack.renews))
        await slack.began.wait()
        assert not await kept.remove("T1", one.version + 1)
        assert await kept.remove("T1", one.version)
        fresh = await kept.put(replace(ONE, token="xoxb-new")) if again else None
        slack.go.set()
        assert await asking is None
        assert await kept.versions() == ({"T1": fresh.version} if fresh else {})
        assert fresh is None or fresh.version != one.version
        assert await kept.remove("T1")
        assert await kept.remove("T1")


class Lost(Database):
    """A database that cannot be written to while it is `gone`."""

    gone = False

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        if self.gone:
            raise MachineError("the disk is full")
        async with super().write() as connection:
            yield connection


async def test_new_tokens_that_cannot_be_stored_are_used_and_stored_when_that_works(database_url: str) -> None:
    database, slack = Lost(database_url), Slack()
    kept = InstallationsOf(database, KEYS, "slack")
    one = await kept.put(ONE)
    asking = asyncio.create_task(kept.renew(one, slack.renews))
    await slack.began.wait()
    database.gone = True
    slack.go.set()
    got = await asking
    with pytest.raises(MachineError):
        await kept.versions()
    database.gone = False

    assert got is not None
    assert got.token == f"{TOKEN}+"
    assert (await kept.versions())["T1"] != one.version
    assert [each.renewal for each in await kept.everything()] == [slack.good]
    await database.close()

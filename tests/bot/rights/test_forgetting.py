"""Forgetting: everywhere, also after a crash, an import or a restore; and nobody else loses anything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.consent.choices import Choices, Said, standing
from bot.maintenance.backup import backup
from bot.maintenance.restore import restore
from bot.rights.forgetting import UNDER_AGE, Forgetting, Order
from bot.storage import audit
from bot.storage.engine import Database
from tests.bot.rights.planting import NAME, OTHER, files_with, plant, tables_with
from tests.bot.rights.town import ANN, BOB, CHAT, NOW, TODAY, Here, message, reply

LATER = NOW + 1000


def forget(here: Here, *, reason: str = "own wish") -> bool:
    return here.run(Forgetting(here.database, here.town.world.keys).forget(Order(here.id, ANN, reason, NOW)))


def handles(here: Here) -> list[str]:
    return [here.town.world.keys.handle(one) for one in (ANN, OTHER)]


def needles(here: Here) -> list[str]:
    return [ANN.id, OTHER.id, NAME, *handles(here)]


def assert_gone(here: Here, numbers: list[int]) -> None:
    """No table, file or log holds anything of Ann, and all that is left agrees with itself."""
    assert tables_with(here, *needles(here)) == {}
    here.settle()
    left = here.rows("SELECT id FROM member WHERE community = :of UNION SELECT id FROM account WHERE community = :of")
    assert not {row[0] for row in left} & set(numbers)
    for table in ("tally", "total", "band_change", "crossing", "dirty", "stale", "old_tally", "choice", "contact"):
        mine = [row for row in here.rows(f"SELECT member FROM {table} WHERE community = :of") if row[0] in numbers]
        assert (table, mine) == (table, [])
    assert here.town.differences() == {}
    here.run(here.database.close())
    if here.database.path is not None:
        assert files_with(here.database.path.parent, *(one.encode() for one in needles(here))) == []


def test_forgotten_person_is_in_no_table_and_no_file(here: Here) -> None:
    plant(here)
    numbers = [row[0] for row in here.rows("SELECT DISTINCT own_member FROM account WHERE community = :of")]
    bob = here.member(BOB)
    before = {name for name in tables_with(here, *needles(here))}
    assert before >= {"account", "attribute", "engagement"}

    assert forget(here)

    assert_gone(here, [one for one in numbers if one != bob])
    kept = here.rows("SELECT kind, target FROM engagement WHERE community = :of AND account IS NOT NULL ORDER BY kind")
    assert [row[0] for row in kept] == [1, 2, 4]  # Bob's message, his answer and his reaction
    assert {row[1] for row in kept} == {None}


def test_forgetting_is_listed_in_the_audit_log_without_saying_whom(here: Here) -> None:
    plant(here)
    forget(here)

    async def look() -> tuple[int, list[str]]:
        async with here.database.read() as connection:
            return await audit.verify(connection, here.id)

    assert here.run(look()) == (2, [])
    assert here.rows("SELECT actor, about FROM audit WHERE community = :of") == [(None, None), (None, None)]


def test_who_was_forgotten_is_not_stored_again_by_any_source(here: Here) -> None:
    plant(here)
    forget(here)
    question = message(BOB, 950, context=CHAT)

    receipt = here.hear(question, message(ANN, 951), reply(ANN, 952, question), message(OTHER, 953))

    assert receipt.dropped == {"left out": 3}
    assert tables_with(here, *needles(here)) == {}


def test_they_come_back_by_their_own_wish_with_nothing_of_before(here: Here) -> None:
    plant(here)
    forget(here)
    choices = Choices(here.database, here.town.world.keys)

    assert here.run(choices.make_page(Said(here.id, here.space, ANN, LATER)))

    assert here.hear(message(ANN, 960)).new == 1
    here.settle()
    days = here.rows(f"SELECT DISTINCT day FROM tally WHERE community = :of AND member = {here.member(ANN)}")
    assert days == [(TODAY,)]


def test_who_is_under_age_does_not_come_back_by_a_click(here: Here) -> None:
    plant(here)
    forget(here, reason=UNDER_AGE)
    choices = Choices(here.database, here.town.world.keys)

    assert not here.run(choices.make_page(Said(here.id, here.space, ANN, LATER)))

    assert here.hear(message(ANN, 960)).dropped == {"left out": 1}
    assert tables_with(here, *needles(here)) == {}


class Stopping(Database):
    """A database of a process that is killed after so many commits."""

    def __init__(self, url: str, commits: int) -> None:
        super().__init__(url)
        self.left = commits

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction, if the process still lives."""
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        async with super().write() as connection:
            yield connection


def test_forgetting_that_is_stopped_anywhere_is_finished_at_the_next_start(here: Here) -> None:
    plant(here)
    numbers = [row[0] for row in here.rows("SELECT DISTINCT own_member FROM account WHERE community = :of")]
    bob = here.member(BOB)
    keys = here.town.world.keys
    order = Order(here.id, ANN, at=NOW)

    async def run(commits: int, *, ask: bool) -> bool:
        database = Stopping(here.database.url, commits)
        forgetting = Forgetting(database, keys)
        try:
            await (forgetting.forget(order) if ask else forgetting.finish())
        except KeyboardInterrupt:
            return False
        finally:
            await database.close()
        return True

    assert not here.run(run(1, ask=True))
    stops = 0
    while not here.run(run(1 + stops, ask=False)):
        stops += 1
        assert here.hear(message(ANN, 970 + stops)).dropped == {"left out": 1}
    assert stops >= 4
    assert_gone(here, [one for one in numbers if one != bob])


def test_marker_that_was_written_is_enough_to_erase_after_a_restore(here: Here, tmp_path: Path) -> None:
    plant(here)
    kept = tmp_path / "backups" / "before.backup"
    kept.parent.mkdir()
    here.run(backup(here.database, kept))
    numbers = [row[0] for row in here.rows("SELECT DISTINCT own_member FROM account WHERE community = :of")]
    bob = here.member(BOB)
    forget(here)

    async def bring_back() -> None:
        await restore(here.database, kept, replace=True, keys=here.town.world.keys)

    here.run(bring_back())
    for one in (*tmp_path.rglob("*.backup"),):
        one.unlink()

    assert here.run(Forgetting(here.database, here.town.world.keys).finish()) == 0
    assert_gone(here, [one for one in numbers if one != bob])
    assert here.hear(message(ANN, 980)).dropped == {"left out": 1}


def test_restored_data_of_somebody_who_came_back_since_are_kept(here: Here, tmp_path: Path) -> None:
    plant(here)
    forget(here)
    said = Said(here.id, here.space, ANN, LATER)
    here.run(Choices(here.database, here.town.world.keys).make_page(said))
    here.hear(message(ANN, 990))
    kept = tmp_path / "after.backup"
    here.run(backup(here.database, kept))

    async def bring_back() -> bool:
        await restore(here.database, kept, replace=True, keys=here.town.world.keys)
        async with here.database.read() as connection:
            return (await standing(connection, here.town.world.keys, said)).page

    assert here.run(bring_back())


@pytest.mark.parametrize("cut", [b'{"at": 1, "comm', b"\xff\xfe", b""])
def test_line_that_was_cut_off_takes_no_other_with_it(here: Here, cut: bytes) -> None:
    plant(here)
    file = here.town.world.keys.erased
    assert file is not None
    file.write_bytes(cut)

    assert forget(here)

    assert file.read_bytes().count(b'"erased"') == 2
    lines = file.read_bytes().removeprefix(cut).strip().splitlines()
    assert [line[:8] for line in lines] == [b'{"at": 1'] * 2

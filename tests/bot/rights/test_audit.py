"""The audit log: nothing in it can be changed unseen, and what it says of people can be erased all the same."""

from __future__ import annotations

import pytest

from bot.errors import InputError
from bot.storage import audit
from tests.bot.rights.town import NOW, Here


async def put_some(here: Here, n: int = 6) -> None:
    async with here.database.write() as connection:
        for one in range(n):
            await audit.put(
                connection, here.id, NOW + one, 10 + one % 2, audit.LOOKED, about=20 + one % 3, payload={"seen": one}
            )


async def faults(here: Here) -> list[str]:
    async with here.database.read() as connection:
        return (await audit.verify(connection, here.id))[1]


def test_untouched_chain_is_fine_and_looks_are_listed_for_the_member(here: Here) -> None:
    here.run(put_some(here))

    async def looks() -> list[audit.Entry]:
        async with here.database.read() as connection:
            return await audit.of_member(connection, here.id, [21])

    assert here.run(faults(here)) == []
    assert [(one.n, one.actor, one.what, one.payload) for one in here.run(looks())] == [
        (5, 10, audit.LOOKED, {"seen": 4}),
        (2, 11, audit.LOOKED, {"seen": 1}),
    ]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET at = at + 1 WHERE n = 3",
        "UPDATE audit SET what = 'nothing' WHERE n = 3",
        "UPDATE audit SET actor = 99 WHERE n = 3",
        "UPDATE audit SET about = 99 WHERE n = 3",
        "UPDATE audit SET payload = '{}' WHERE n = 3",
        "UPDATE audit SET payload = NULL, actor = NULL, about = NULL WHERE n = 3",
        "UPDATE audit SET salt = NULL WHERE n = 3",
        "UPDATE audit SET digest = 'x' WHERE n = 3",
        "UPDATE audit SET link = 'x' WHERE n = 3",
        "DELETE FROM audit WHERE n = 3",
        "UPDATE audit SET n = 7 WHERE n = 3",
    ],
)
def test_change_of_one_row_is_noticed(here: Here, change: str) -> None:
    here.run(put_some(here))

    here.do(change)

    assert here.run(faults(here))


def test_end_that_is_cut_off_is_noticed_by_who_kept_it(here: Here) -> None:
    here.run(put_some(here))
    (kept,) = here.run(heads(here))
    here.run(put_some(here, 2))
    assert here.run(lost(here, kept)) == []

    here.do("DELETE FROM audit WHERE n >= 5")

    assert here.run(faults(here)) == []
    assert here.run(lost(here, kept)) == [f"the audit log of community {here.id} had a row 6, which is gone"]
    here.run(put_some(here, 2))
    assert here.run(lost(here, kept)) == [f"row 6 of the audit log of community {here.id} is another one than it was"]


async def heads(here: Here) -> list[str]:
    async with here.database.read() as connection:
        return await audit.heads(connection)


async def lost(here: Here, *ends: str) -> list[str]:
    async with here.database.read() as connection:
        return await audit.lost(connection, ends)


@pytest.mark.parametrize("end", ["", "1.2", "1.2.xyz", "x", "../keys", "1.2." + "0" * 33, "9" * 20 + ".1." + "0" * 32])
def test_what_is_no_end_of_a_log_is_refused_in_one_sentence(here: Here, end: str) -> None:
    with pytest.raises(InputError, match="is not the end of an audit log"):
        here.run(lost(here, end))


def test_erasing_takes_people_out_and_the_chain_still_holds(here: Here) -> None:
    here.run(put_some(here))

    async def erase() -> None:
        async with here.database.write() as connection:
            await audit.erase(connection, here.id, [20, 10])

    here.run(erase())
    here.run(put_some(here, 1))

    assert here.run(faults(here)) == []
    left = here.rows("SELECT n, actor, about FROM audit WHERE community = :of AND salt IS NOT NULL ORDER BY n")
    assert left == [(2, 11, 21), (6, 11, 22), (7, 10, 20)]

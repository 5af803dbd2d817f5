"""Reading acts: a few member-days and the whole history see the same, and reading harms nothing."""

from __future__ import annotations

import numpy as np

from bot.storage import acts
from scoring.columns import Acts
from scoring.signals import Kind
from tests.scenarios.simple import gone, mention, message, reaction, thanks
from tests.scenarios.words import FIRST_DAY, LIVE, account
from tests.scenarios.world import Town


def rows(found: Acts) -> list[tuple[object, ...]]:
    """Show acts as sorted rows."""
    columns = [getattr(found, name).tolist() for name in ("member", "day", "at", "kind", "counterpart", "amount")]
    return sorted(zip(*columns, [found.contexts[n].name for n in found.context], strict=True))


async def _days(town: Town, pairs: list[tuple[int, int]]) -> Acts:
    async with town.world.database.read() as connection:
        return await acts.of_days(connection, town.id, pairs)


async def _everything(town: Town, kind: Kind | None = None) -> Acts:
    await town.world.database.close()  # see World._differences
    try:
        return await acts.everything(town.world.database, town.id, FIRST_DAY, kind=kind)
    finally:
        await town.world.database.close()


def told(town: Town) -> dict[str, int]:
    """Tell a bit of everything; returns members by name."""
    machine = message(6, "mac")._replace(account=account("mac", bot=True))
    town.record(
        LIVE,
        [
            message(1, "ann"), message(2, "bob", parent=1), message(3, "bob", parent=99), reaction(1, "cat"),
            reaction(2, "cat"), mention(1, "ann", "mac"), mention(1, "ann", "cat"), thanks(1, "cat", "ann"),
            thanks(2, "ann", "ann"), thanks(3, "mac", "ann"), gone(message(2, "bob", parent=1)),
            message(4, "mac"), message(5, "cat", parent=4), message(7, "dan", day=1),
        ],
    )  # fmt: skip
    town.record(LIVE, [machine])
    return {one.id: one.member for one in town.people()}


def test_whole_history_names_the_counterpart_of_each_act(town: Town) -> None:
    who = told(town)

    found = town.world.run(_everything(town))

    shown = {(row[0], Kind(int(str(row[3]))), row[4]) for row in rows(found)}
    ann, bob, cat = (who[one] for one in ("ann", "bob", "cat"))
    assert shown == {
        (ann, Kind.MESSAGE, 0), (bob, Kind.REPLY, 0), (cat, Kind.REACTION, ann), (ann, Kind.MENTION, 0),
        (ann, Kind.MENTION, cat), (cat, Kind.THANKS, ann), (ann, Kind.THANKS, ann), (cat, Kind.REPLY, 0),
    }  # fmt: skip
    assert len(found) == 8


def test_member_days_together_are_the_whole_history(town: Town) -> None:
    who = told(town)
    pairs = [(FIRST_DAY, member) for member in sorted(who.values())]

    assert rows(town.world.run(_days(town, pairs))) == rows(town.world.run(_everything(town)))


def test_one_member_s_day_holds_the_thanks_they_received(town: Town) -> None:
    who = told(town)

    found = town.world.run(_days(town, [(FIRST_DAY, who["ann"])]))

    thanked = found.where(found.kind == Kind.THANKS)
    assert sorted(thanked.member.tolist()) == sorted([who["ann"], who["cat"]])
    assert set(thanked.counterpart.tolist()) == {who["ann"]}


def test_one_kind_can_be_read_alone(town: Town) -> None:
    told(town)

    assert set(town.world.run(_everything(town, Kind.THANKS)).kind.tolist()) == {Kind.THANKS}


def test_community_without_acts_reads_as_empty(town: Town) -> None:
    assert len(town.world.run(_everything(town))) == 0
    assert town.world.run(_days(town, [])).member.dtype == np.int64

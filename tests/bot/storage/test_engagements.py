"""The engagement table: large groups, new, known or mixed, and each source's own word kept beside the winner."""

from __future__ import annotations

import pytest

from scoring.signals import Kind, Signal
from tests.scenarios.simple import gone, message
from tests.scenarios.words import FIRST, LIVE, SECOND, Source
from tests.scenarios.world import Town

MANY = 250


def given(source: Source, town: Town, signals: list[Signal]) -> tuple[int, int, int, int]:
    """Return how many were new, known, again and changed."""
    (receipt,) = town.record(source, signals)
    return receipt.new, receipt.known, receipt.again.total(), receipt.changed


def words(town: Town) -> list[tuple[int, int, int]]:
    """Return (source, version, captured) of what each source is kept to have said."""
    return town.rows(
        "SELECT s.source, s.version, s.captured FROM sighting s JOIN engagement e ON e.id = s.engagement "
        "WHERE e.community = :of ORDER BY 1, 2"
    )


@pytest.mark.parametrize(
    "known", [range(0), range(MANY), range(1), range(MANY - 1, MANY), range(50, 150), range(0, 250, 7)]
)
def test_group_is_stored_whole_whatever_part_of_it_is_known(town: Town, known: range) -> None:
    signals = [message(n, f"p{n % 7}") for n in range(MANY)]
    if known:
        town.record(FIRST, [signals[n] for n in known])

    assert given(FIRST, town, signals) == (MANY - len(known), 0, len(known), 0)
    assert len(town.holding()) == MANY
    assert given(SECOND, town, signals) == (0, MANY, 0, 0)
    assert given(SECOND, town, signals) == (0, 0, MANY, 0)


def test_one_that_changed_among_many_known_is_found(town: Town) -> None:
    signals = [message(n, "ann") for n in range(MANY)]
    town.record(FIRST, signals)
    town.settle()
    edited = signals[100]._replace(version=2, kind=Kind.REPLY, parent="s:C0:1", parent_day=signals[1].key_day)

    assert given(FIRST, town, [*signals[:100], edited, *signals[101:]]) == (0, 0, MANY, 1)
    assert town.waiting() == 1
    assert [one.kind for one in town.holding().values()].count(Kind.REPLY) == 1


def test_each_source_s_own_word_is_kept_once_there_are_two(town: Town) -> None:
    first, second, live = (town.numbers[source] for source in (FIRST, SECOND, LIVE))
    town.record(FIRST, [message(1, "ann")])
    assert words(town) == []

    town.record(SECOND, [message(1, "ann", version=5)])
    assert words(town) == [(first, 1, 0), (second, 5, 0)]

    town.record(LIVE, [message(1, "ann", version=3)])
    assert words(town) == [(live, 3, 0), (first, 1, 0), (second, 5, 0)]
    town.record(FIRST, [message(1, "ann", version=7)])
    assert words(town) == [(live, 3, 0), (first, 7, 0), (second, 5, 0)]
    assert town.rows("SELECT source, version FROM engagement WHERE community = :of") == [(first, 7)]


def test_word_of_the_winner_grows_though_the_row_stays(town: Town) -> None:
    first, second = (town.numbers[source] for source in (FIRST, SECOND))
    town.record(FIRST, [message(1, "ann")._replace(captured=200)])
    town.record(SECOND, [message(1, "ann", version=2)._replace(captured=50)])

    town.record(SECOND, [message(1, "ann", version=2)._replace(captured=150)])

    assert words(town) == [(first, 1, 200), (second, 2, 150)]


def test_day_follows_a_corrected_time(town: Town) -> None:
    town.record(LIVE, [message(1, "ann")])
    town.settle()
    moved = message(1, "ann", version=2)._replace(at=message(1, "ann", day=3).at)

    assert given(LIVE, town, [moved]) == (0, 0, 1, 1)
    assert town.waiting() == 2
    town.settle()
    assert [day for _, day, _ in town.scores().tallies] == [moved.key_day + 3]
    assert town.differences() == {}


def test_retraction_counts_as_one_and_coming_back_as_a_change(town: Town) -> None:
    town.record(LIVE, [message(1, "ann")])

    (end,) = town.record(LIVE, [gone(message(1, "ann"), named=False)])
    (back,) = town.record(LIVE, [message(1, "ann", version=10)])

    assert (end.retracted, end.changed, back.retracted, back.changed) == (1, 0, 0, 1)
    assert len(town.holding()) == 1

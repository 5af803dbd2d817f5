"""Linking and parting accounts: every day whose scores depend on who is who is worked out again."""

from __future__ import annotations

from tests.scenarios.simple import message, reaction
from tests.scenarios.words import FIRST, LIVE
from tests.scenarios.world import Town


def points(town: Town) -> dict[tuple[int, int, int], tuple[int, int]]:
    return town.scores().tallies


def test_linked_accounts_are_scored_as_one_member_and_parted_ones_as_two(town: Town) -> None:
    town.record(LIVE, [message(1, "ann"), message(2, "bob")])
    town.settle()
    before = points(town)

    town.link(FIRST, "ann", "bob")
    town.settle()
    assert [counted for counted, _ in points(town).values()] == [2]

    town.part(FIRST)
    town.settle()
    assert points(town) == before


def test_acts_not_settled_yet_follow_a_parted_account(town: Town) -> None:
    town.record(LIVE, [message(1, "ann"), message(2, "bob")])
    town.link(FIRST, "ann", "bob")
    town.settle()
    town.record(LIVE, [message(3, "bob", day=3)])

    town.part(FIRST)
    town.settle()

    assert town.differences() == {}


def test_acts_about_linked_people_count_one_person(town: Town) -> None:
    town.record(LIVE, [message(1, "ann"), message(2, "bob"), reaction(1, "cat"), reaction(2, "cat")])
    town.settle()

    town.link(FIRST, "ann", "bob")
    town.settle()

    assert town.differences() == {}

"""Which places of a space count."""

from __future__ import annotations

import pytest

from bot.ports import Listed, Place, SpaceSettings

HELP, STAFF = Place("1", "help"), Place("2", "staff", private=True)
SETTINGS = SpaceSettings(listed_in=Listed.of(["#Staff", "5"]), listed_out=Listed.of(["random", "6"]))


@pytest.mark.parametrize(
    ("places", "counts"),
    [
        ([HELP], True),
        ([STAFF], True),
        ([Place("3", "board", private=True)], False),
        ([Place("5", "board", private=True)], True),
        ([Place("4", "Random")], False),
        ([Place("40", "a thread"), Place("4", "random")], False),
        ([Place("40", "a thread"), HELP, Place("6", "a category")], False),
        ([Place("41", "a thread"), STAFF], True),
        ([Place("42", "a private thread", private=True), HELP], False),
        ([Place("43", "a private thread", private=True), Place("5", "public, listed")], False),
        ([Place("44", "a private thread", private=True), STAFF], True),
        ([Place("45", "private, in a listed public category", private=True), Place("5")], False),
        ([STAFF, Place("6", "a category")], True),
    ],
)  # fmt: skip
def test_nearest_listed_place_decides_and_private_ones_need_it(places: list[Place], counts: bool) -> None:
    assert SETTINGS.allows(*places) is counts


def test_all_private_places_count_where_that_is_settled() -> None:
    settings = SpaceSettings(private=True, listed_out=Listed.of(["staff"]))

    assert settings.allows(Place("3", "board", private=True))
    assert not settings.allows(STAFF)


@pytest.mark.parametrize(("id_", "name"), [("9", "Mods"), ("9", "@mods"), ("77", "whatever"), ("x", ":MODS:")])
def test_things_are_picked_by_id_or_name_in_any_spelling(id_: str, name: str) -> None:
    assert Listed.of(["@Mods", "77"]).has(id_, name)


def test_thing_without_a_name_is_not_picked_by_an_empty_one() -> None:
    assert not Listed.of(["#", "a"]).has("1", "")

from scoring.columns import Group
from scoring.measures.groups import groups
from tests.scoring.measures.builders import group, ints, ratio

Row = tuple[str, tuple[int, int] | None]


def spread(declared: dict[int, str], members: range, within: range | None = None) -> list[Row]:
    whole = None if within is None else ints(list(within))
    return [(row.value, ratio(row.members)) for row in groups([group("country", declared)], ints(list(members)), whole)]


def countries(**counts: int) -> dict[int, str]:
    names = [name for name, count in counts.items() for _ in range(count)]
    return dict(enumerate(names, 1))


def test_members_without_a_value_are_unknown_not_left_out() -> None:
    assert spread(countries(Peru=7), range(1, 13)) == [("Peru", (7, 12)), ("unknown", (5, 12))]


def test_values_come_by_size_with_unknown_last() -> None:
    rows = spread(countries(Chile=6, Peru=7), range(1, 31))
    assert [value for value, _ in rows] == ["Peru", "Chile", "unknown"]


def test_small_values_are_hidden_with_cover_and_named() -> None:
    rows = spread(countries(Chile=3, Peru=7, Kenya=20), range(1, 41))
    assert rows == [("Kenya", (20, 40)), ("Chile", None), ("Peru", None), ("unknown", (10, 40))]


def test_hidden_values_say_that_they_are() -> None:
    rows = groups([group("country", countries(Chile=3, Peru=7))], ints(range(1, 11)))
    assert [row.suppressed for row in rows] == [row.members is None for row in rows] == [True, True, False]


def test_values_nobody_engaged_has_are_left_out() -> None:
    assert spread({99: "Peru"}, range(1, 8)) == [("unknown", (7, 7))]


def test_empty_value_is_unknown() -> None:
    assert spread(dict.fromkeys(range(1, 8), ""), range(1, 8)) == [("unknown", (7, 7))]


def test_without_members_only_an_empty_unknown_is_listed() -> None:
    assert spread(countries(Peru=7), range(0)) == [("unknown", (0, 0))]


def test_value_declared_twice_counts_once() -> None:
    twice = Group("country", ints([1, 2, 3, 4, 5, 5]), ints([0] * 6), ("Peru",))
    assert ratio(groups([twice], ints(range(1, 6)))[0].members) == (5, 5)


def test_part_of_a_table_hides_what_subtraction_would_tell() -> None:
    declared = countries(Peru=7, Kenya=12)
    assert spread(declared, range(1, 14), within=range(1, 20)) == [
        ("Peru", (7, 13)),
        ("Kenya", (6, 13)),
        ("unknown", (0, 13)),
    ]
    assert spread(declared, range(2, 16)) == [("Kenya", (8, 14)), ("Peru", (6, 14)), ("unknown", (0, 14))]
    assert spread(declared, range(2, 16), within=range(1, 20)) == [
        ("Kenya", None),
        ("Peru", None),
        ("unknown", (0, 14)),
    ]


def test_value_hidden_in_the_whole_is_hidden_in_its_part_even_when_nobody_has_it() -> None:
    declared = countries(Peru=3, Chile=4, Kenya=20)
    rows = spread(declared, range(10, 20), within=range(1, 28))
    assert rows == [("Kenya", (10, 10)), ("Chile", None), ("Peru", None), ("unknown", (0, 10))]

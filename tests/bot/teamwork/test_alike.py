"""Which accounts are suggested as one person's, and for which reason; a name alone suggests, and joins nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import pytest

from bot.identity.declared import Elsewhere
from bot.storage.suggesting import Found
from bot.teamwork.alike import Known, Why, compared, pairs
from scoring.signals import Account

ACCOUNTS = [
    Account("discord", "", "4711"),
    Account("imported", "github", "Ann"),
    Account("imported", "", "ann"),
    Account("imported", "", "x"),
    Account("imported", "github", "x"),
]
HERE, THERE = Account("discord", "", "100"), Account("slack", "T1", "U1")
OTHER = Account("slack", "T2", "U1")


def found(accounts: Iterable[Account]) -> list[Found]:
    """Return accounts as the store has them; their place in the list stands for the sealed identity."""
    return [Found(n, n, n.to_bytes(2)) for n, _ in enumerate(accounts, 1)]


def known(
    accounts: list[Account],
    said: Iterable[Elsewhere] = (),
    never: Iterable[tuple[int, int]] = (),
    called: dict[Account, tuple[str, ...]] | None = None,
) -> Known:
    return Known(lambda sealed: accounts[int.from_bytes(sealed) - 1], tuple(said), frozenset(never), called or {})


def suggested(one: str, other: str) -> list[tuple[Why, int]]:
    """Return what is suggested of two people who are called so on two platforms."""
    people = [HERE, THERE]
    return [
        (pair.why, pair.score) for pair in pairs(found(people), known(people, called={HERE: (one,), THERE: (other,)}))
    ]


def test_accounts_of_one_name_are_suggested_and_those_declared_come_first() -> None:
    there = pairs(found(ACCOUNTS), known(ACCOUNTS, [Elsewhere(1, "GitHub", "ann")]))

    assert [(one.numbers, one.why) for one in there] == [((1, 2), Why.DECLARED), ((2, 3), Why.SAME)]


def test_the_same_handle_said_by_both_themselves_comes_before_what_an_import_says() -> None:
    people = [HERE, THERE, OTHER]
    said = [
        Elsewhere(1, "github", "ann", own=False),
        Elsewhere(2, "github", "https://github.com/Ann"),
        Elsewhere(3, "github", "@ann"),
    ]

    there = pairs(found(people), known(people, said))

    assert [(one.numbers, one.why) for one in there] == [
        ((2, 3), Why.BOTH),
        ((1, 2), Why.DECLARED),
        ((1, 3), Why.DECLARED),
    ]


def test_nobody_is_suggested_whom_the_team_keeps_apart_or_who_is_one_already() -> None:
    together = [Found(one.id, 7, one.sealed) for one in found(ACCOUNTS)]

    assert pairs(found(ACCOUNTS), known(ACCOUNTS, never=[(2, 3)])) == []
    assert pairs(together, known(ACCOUNTS, [Elsewhere(1, "github", "ann")])) == []


def test_name_that_many_bear_says_nothing() -> None:
    same_id = [Account("imported", str(n), "ann") for n in range(6)]
    maria = [HERE, *(Account("slack", f"T{n}", "U1") for n in range(4))]

    assert pairs(found(same_id), known(same_id)) == []
    assert pairs(found(maria), known(maria, called=dict.fromkeys(maria, ("Maria",)))) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hana Nováková", "novakova hana"), ("Jon Smith", "John Smith"), ("Hana 🌱", "hana"), ("ＡＮＮＡ", "anna"),
        ("Rene\u0301", "René"), ("Müller, Peter", "Peter Müller (he/him)"[:12]), ("Хана Новак", "хана новак"),
    ],
)  # fmt: skip
def test_similar_names_on_two_platforms_are_suggested(one: str, other: str) -> None:
    ((why, score),) = suggested(one, other)

    assert why is Why.NAMES
    assert 88 <= score <= 100


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Schmidt", "Anna Schulz"), ("Dunja", "Danja"), ("Ann", "Ann"), ("Hana Novak", "Hana"), ("", ""),
        ("🌱🌱🌱🌱", "🌱🌱🌱🌱"), ("x" * 10_000, "y" * 10_000), ("\0\u202e", "\0\u202e"),
    ],
)  # fmt: skip
def test_other_names_and_short_ones_suggest_nothing(one: str, other: str) -> None:
    assert suggested(one, other) == []


def test_two_of_a_name_in_one_place_are_two_people() -> None:
    people = [THERE, Account("slack", "T1", "U2")]

    assert pairs(found(people), known(people, called=dict.fromkeys(people, ("Hana Novak",)))) == []


def test_names_of_who_left_themselves_out_are_not_looked_at() -> None:
    people = [HERE, THERE]
    there = [Found(1, 1, b"\x01"), Found(2, 2, b"\x02", out=True)]

    assert pairs(there, known(people, called=dict.fromkeys(people, ("Hana Novak",)))) == []


def test_a_name_is_compared_with_the_id_of_who_was_imported() -> None:
    people = [HERE, Account("imported", "github", "hana-novak")]

    assert [one.why for one in pairs(found(people), known(people, called={HERE: ("Hana Novák",)}))] == [Why.NAMES]


def test_many_names_are_compared_in_portions() -> None:
    people = [Account(*where, str(n)) for where in (("discord", ""), ("slack", "T")) for n in range(10, 710)]
    people = [who._replace(id=f"{who.id}{who.realm}") for who in people]
    called: dict[Account, tuple[str, ...]] = {
        who: (hashlib.sha256(who.id.removesuffix("T").encode()).hexdigest(),) for who in people
    }

    there = pairs(found(people), known(people, called=called))

    alike = {one.numbers: one.score for one in there}
    assert alike == {(n, n + 700): 100 for n in range(1, 701)}


def test_a_name_is_compared_without_marks_signs_and_order() -> None:
    assert compared("  Doe, J\u00f6hn ") == compared("john DOE") == "doe john"

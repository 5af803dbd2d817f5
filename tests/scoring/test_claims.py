"""Joining claims: any order, grouping and repetition end in the same word."""

from __future__ import annotations

import itertools
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from scoring.claims import Claim, join, same_content
from scoring.signals import DAY_MS, Kind

BASE = Claim(
    day=10, at=10 * DAY_MS, account=7, kind=Kind.MESSAGE, context=1, target=None, parent_day=None, parent=None,
    amount=0, estimated=False, retracted=False, version=5, captured=0, source=1,
)  # fmt: skip


MESSAGES, REACTIONS, THANKS = (Kind.MESSAGE, Kind.REPLY), (Kind.REACTION,), (Kind.THANKS,)


@st.composite
def claims(draw: st.DrawFn, kinds: tuple[Kind, ...] = MESSAGES) -> Claim:
    """Draw a word about one object; its author is the same in all, only a retraction may not name them."""
    at = draw(st.integers(10 * DAY_MS, 12 * DAY_MS)) if draw(st.booleans()) else 10 * DAY_MS
    retracted = draw(st.booleans())
    parent = draw(st.sampled_from([None, "s:C1:1", "s:C1:2"]))
    return Claim(
        day=at // DAY_MS,
        at=at,
        account=draw(st.sampled_from([None, 7])) if retracted else 7,
        kind=draw(st.sampled_from(kinds)),
        context=draw(st.integers(1, 2)),
        target=draw(st.sampled_from([None, 8, 9])),
        parent_day=None if parent is None else 10,
        parent=parent,
        amount=draw(st.integers(0, 2)),
        estimated=draw(st.booleans()),
        retracted=retracted,
        version=draw(st.integers(1, 3)),
        captured=draw(st.sampled_from([0, 100, 200])),
        source=draw(st.integers(0, 2)),
    )


def several(least: int, most: int) -> st.SearchStrategy[list[Claim]]:
    """Draw words about one message, about one reaction, or about thanks."""
    drawn = (st.lists(claims(kinds), min_size=least, max_size=most) for kinds in (MESSAGES, REACTIONS, THANKS))
    return st.one_of(*drawn)


def observable(claim: Claim) -> tuple[object, ...]:
    """Return what anybody can see of a claim: of a retracted object not even when it was."""
    lasting = claim.version, claim.retracted, claim.captured, claim.account
    return lasting if claim.retracted else claim


@given(several(2, 2))
def test_joining_is_commutative(words: list[Claim]) -> None:
    one, other = words
    assert join(one, other) == join(other, one)


@given(claims())
def test_joining_is_idempotent(claim: Claim) -> None:
    assert join(claim, claim) == claim


@given(several(2, 2))
def test_a_word_given_again_changes_nothing(words: list[Claim]) -> None:
    one, other = words
    assert join(join(one, other), one) == join(one, other)


@given(several(3, 3))
def test_joining_is_associative_in_what_can_be_seen(words: list[Claim]) -> None:
    one, other, third = words
    assert observable(join(join(one, other), third)) == observable(join(one, join(other, third)))


@given(several(2, 4))
def test_every_order_ends_in_the_same_word(words: list[Claim]) -> None:
    assert len({observable(reduce(join, order)) for order in itertools.permutations(words)}) == 1


def test_higher_version_wins() -> None:
    later = BASE._replace(version=6, at=11 * DAY_MS, day=11, estimated=True)

    assert join(BASE, later) == later


def test_retraction_wins_at_the_same_version_and_loses_to_a_higher_one() -> None:
    gone = BASE._replace(retracted=True, source=2)

    assert join(BASE, gone).retracted
    assert not join(gone, BASE._replace(version=6)).retracted


def test_exact_time_beats_an_estimated_one_and_then_the_earlier_wins() -> None:
    guessed = BASE._replace(at=BASE.at - 5, estimated=True)
    earlier = BASE._replace(at=BASE.at + 5)

    assert join(guessed, BASE).at == BASE.at
    assert join(earlier, BASE).at == BASE.at


@given(st.lists(claims(REACTIONS), min_size=1, max_size=5) | st.lists(claims(THANKS), min_size=1, max_size=5))
def test_reaction_is_of_the_last_moment_that_is_known_exactly_whoever_saw_it_later(words: list[Claim]) -> None:
    known = [one.at for one in words if not one.estimated]
    joined = reduce(join, words)

    assert (joined.at, joined.estimated) == ((max(known), False) if known else (min(one.at for one in words), True))
    assert joined.day == joined.at // DAY_MS
    assert joined.version == max(one.version for one in words)


def test_capture_that_shows_a_reaction_later_leaves_its_time_as_it_was_heard() -> None:
    heard = BASE._replace(kind=Kind.REACTION, at=BASE.at + 5, version=6)
    shown = BASE._replace(kind=Kind.REACTION, version=9, estimated=True, source=2)

    assert join(heard, shown) == heard._replace(version=9, source=2)


def test_retraction_of_unknown_author_takes_the_details_of_what_it_took_back() -> None:
    gone = BASE._replace(account=None, retracted=True, version=9, at=20 * DAY_MS, day=20, kind=Kind.REPLY, source=3)

    assert join(gone, BASE) == BASE._replace(retracted=True, version=9, source=3)


def test_latest_capture_counts_whoever_wins() -> None:
    assert join(BASE._replace(captured=300), BASE._replace(version=9, captured=200)).captured == 300


def test_known_parent_is_kept_where_all_else_is_equal() -> None:
    answer = BASE._replace(parent_day=9, parent="s:C1:1")

    assert join(BASE, answer).parent == "s:C1:1"


def test_same_words_of_two_sources_leave_the_first_import_s_row_as_it_is() -> None:
    assert join(BASE, BASE._replace(source=2)) == BASE


def test_content_is_the_same_whoever_says_it_and_whenever() -> None:
    assert same_content(BASE, BASE._replace(version=9, captured=9, source=9))
    assert not same_content(BASE, BASE._replace(retracted=True))

"""What becomes of single signals: whose they are, what is counted as dropped, and which days are marked."""

from __future__ import annotations

import pytest

from scoring.signals import Context, Kind
from tests.scenarios.simple import HELP, gone, mention, message, part, reaction, thanks
from tests.scenarios.words import FIRST, LIVE, SECOND, account
from tests.scenarios.world import Town


def points(town: Town, who: str) -> int:
    """Return somebody's points of all days and bands, in thousandths, once everything is settled."""
    town.settle()
    (member,) = (one.member for one in town.people() if one.id == who)
    return sum(given for (one, _, _), (_, given) in town.scores().tallies.items() if one == member) // 100


def agree(town: Town) -> bool:
    """Whether all marks are settled and stored scores equal a full recompute."""
    town.settle()
    return town.waiting() == 0 and town.differences() == {}


def test_same_signals_again_are_told_and_change_nothing(town: Town) -> None:
    given = [message(1, "ann"), message(2, "bob", parent=1), reaction(1, "bob")]
    (first,) = town.record(FIRST, given)
    town.settle()
    before = town.scores()

    (again,), (elsewhere,) = town.record(FIRST, given), town.record(SECOND, given)

    assert (first.new, first.known, first.again.total()) == (3, 0, 0)
    assert (again.new, again.known, dict(again.again)) == (0, 0, {Kind.MESSAGE: 1, Kind.REPLY: 1, Kind.REACTION: 1})
    assert (elsewhere.new, elsewhere.known, elsewhere.changed, elsewhere.again.total()) == (0, 3, 0, 0)
    assert town.waiting() == 0
    assert town.scores() == before


def test_known_signals_between_new_ones_are_joined(town: Town) -> None:
    town.record(FIRST, [message(5, "ann")])

    (receipt,) = town.record(FIRST, [message(n, "ann", version=2) for n in range(1, 10)])

    assert (receipt.new, receipt.again.total(), receipt.changed) == (8, 1, 0)
    assert len(town.holding()) == 9


def test_answer_before_its_thread_counts_as_to_the_author_once_the_thread_is_there(town: Town) -> None:
    town.record(LIVE, [message(2, "bob", parent=1)])
    alone = points(town, "bob")
    town.record(LIVE, [message(1, "ann")])

    assert points(town, "bob") > alone
    assert agree(town)


def test_answer_waits_for_the_author_where_only_a_retraction_is_known(town: Town) -> None:
    town.record(LIVE, [gone(message(1, "ann"), named=False), message(2, "bob", parent=1)])
    alone = points(town, "bob")
    town.record(FIRST, [message(1, "ann")])

    assert points(town, "bob") > alone
    assert agree(town)


def test_retracted_message_takes_its_reactions_and_mentions_along_and_brings_them_back(town: Town) -> None:
    hanging = [reaction(1, "bob"), mention(1, "ann", "cat")]
    town.record(LIVE, [message(1, "ann"), *hanging])
    town.settle()
    before = town.scores()

    town.record(LIVE, [gone(message(1, "ann"))])
    assert agree(town)
    assert (town.holding(), town.scores().tallies) == ({}, {})

    town.record(LIVE, [message(1, "ann", version=10)])
    assert agree(town)
    assert town.scores() == before


def test_later_capture_without_a_reaction_ends_it_in_either_order(town: Town) -> None:
    early = [message(n, "ann")._replace(captured=100) for n in (1, 2)]
    late = [message(n, "ann")._replace(captured=200) for n in (1, 2)]
    town.record(FIRST, [early[0], reaction(1, "bob", version=100)])
    town.record(SECOND, [late[0]])
    town.record(SECOND, [late[1]])
    town.record(FIRST, [early[1], reaction(2, "bob", version=100), reaction(2, "cat", version=200)])

    kinds = [(one.kind, one.who) for one in town.holding().values() if one.kind is Kind.REACTION]
    assert kinds == [(Kind.REACTION, "cat")]
    assert agree(town)


def test_machine_found_out_later_is_left_out_with_all_that_was_about_it(town: Town) -> None:
    town.record(
        LIVE,
        [
            message(1, "mac"), message(2, "ann", parent=1), reaction(1, "bob"), thanks(1, "mac", "cat"),
            thanks(2, "bob", "mac"), mention(2, "ann", "mac"),
        ],
    )  # fmt: skip
    answered = points(town, "ann")

    (receipt,) = town.record(SECOND, [message(9, "mac")._replace(account=account("mac", bot=True))])

    assert dict(receipt.dropped) == {"bot": 1}
    assert agree(town)
    assert points(town, "ann") < answered
    assert points(town, "cat") == 0
    assert points(town, "mac") == 0


@pytest.mark.parametrize("backwards", [False, True])
def test_one_word_of_many_makes_somebody_a_machine(town: Town, backwards: bool) -> None:
    given = [message(1, "mac"), message(2, "mac")._replace(account=account("mac", bot=True))]

    town.record(LIVE, given[::-1] if backwards else given)

    assert [one.bot for one in town.people()] == [True]
    assert town.holding() == {}


@pytest.mark.parametrize("bot_first", [False, True])
def test_mention_of_a_machine_names_nobody_whenever_it_was_found_out(town: Town, bot_first: bool) -> None:
    plain, known = mention(1, "ann", "mac"), reaction(3, "mac")._replace(account=account("mac", bot=True))
    for one in (known, plain) if bot_first else (plain, known):
        town.record(LIVE, [one])

    assert [one.target for one in town.holding().values()] == ["mac"]
    assert points(town, "ann") == 0
    assert agree(town)


def test_machine_s_deleted_message_ends_the_reactions_to_it(town: Town) -> None:
    town.record(LIVE, [message(1, "mac")._replace(account=account("mac", bot=True)), reaction(1, "ann")])
    town.record(LIVE, [gone(message(1, "mac"))])

    assert town.holding() == {}
    assert agree(town)


def test_thanks_are_the_receiver_s_and_follow_a_renamed_channel(town: Town) -> None:
    elsewhere = Context(place="C7", name="random")
    town.record(FIRST, [thanks(1, "ann", "bob", elsewhere), message(1, "ann")])
    assert points(town, "bob") == 333

    town.record(SECOND, [message(2, "cat")._replace(context=Context(place="C7", name="helpers"))])

    assert points(town, "bob") == 1000
    assert agree(town)


def test_earlier_name_of_a_channel_changes_nothing(town: Town) -> None:
    town.record(SECOND, [message(1, "ann")._replace(context=Context(place="C7", name="new"))])
    town.record(FIRST, [message(2, "ann")._replace(context=Context(place="C7", name="old"))])
    town.record(LIVE, [message(3, "ann")._replace(context=Context(place="C7"))])

    assert {one.channel for one in town.holding().values()} == {"new"}


def test_joining_a_programme_multiplies_the_days_before_too(town: Town) -> None:
    town.record(LIVE, [message(1, "ann", day=20)])
    assert points(town, "ann") == 500

    town.record(LIVE, [part(1, "ann", "listener", programme="LEADERS")])

    assert points(town, "ann") == 2 * 500 + 1000
    assert agree(town)


def test_leaving_a_programme_by_a_retraction_that_names_nobody_takes_the_multiplier_back(town: Town) -> None:
    town.record(LIVE, [message(1, "ann", day=20), part(1, "ann", "listener")])
    assert points(town, "ann") == 2 * 500 + 1000

    town.record(LIVE, [gone(part(1, "ann", "listener"), named=False)])

    assert points(town, "ann") == 500
    assert agree(town)


def test_signals_that_cannot_count_are_counted_as_dropped(town: Town) -> None:
    nobody = message(1, "ann")._replace(account=None)
    names_nobody = thanks(1, "ann", "bob")._replace(target=None)
    unused = message(2, "ann")._replace(kind=Kind.POLL_VOTE)

    (receipt,) = town.record(LIVE, [nobody, names_nobody, unused])

    assert dict(receipt.dropped) == {"no author": 1, "names nobody": 1, "kind not in use": 1}
    assert town.rows("SELECT 1 FROM engagement WHERE community = :of") == []


def test_where_consent_is_asked_first_nothing_of_strangers_is_stored(town: Town) -> None:
    town.record(LIVE, [message(1, "ann")])
    given = [
        message(2, "ann"), message(3, "zoe"), reaction(1, "zoe"), mention(1, "ann", "zoe"), gone(message(3, "zoe")),
    ]  # fmt: skip

    (receipt,) = town.record(LIVE, given, wait=True)

    assert (receipt.new, dict(receipt.dropped)) == (1, {"no consent yet": 4})
    assert {one.id for one in town.people()} == {"ann"}
    assert len(town.rows("SELECT 1 FROM engagement WHERE community = :of")) == 2


def test_declared_country_counts_for_days_already_settled(town: Town) -> None:
    town.record(LIVE, [message(1, "ann")._replace(context=HELP)])
    assert points(town, "ann") == 500

    town.declare(FIRST, {"ann": "Peru"})

    assert points(town, "ann") == 665
    assert agree(town)

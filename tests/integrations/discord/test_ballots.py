"""What is known of the answers that people chose in polls, and what Discord has to be asked for."""

from __future__ import annotations

from integrations.discord.payloads.ballots import CLOCKS_MS, Ballots
from tests.integrations.discord.payloads import NOW, snowflake

OLD, NEW = ((snowflake(moment, 1), "12") for moment in (NOW - 1_000, NOW + CLOCKS_MS + 1))


def ballots(room: int = 10) -> Ballots:
    made = Ballots(room)
    made.lose(NOW)
    return made


def test_taking_one_of_several_answers_back_leaves_the_others() -> None:
    known = ballots()
    chosen = [known.chose(NEW, answer, NOW, yes=yes) for answer, yes in ((1, True), (2, True), (1, False), (2, False))]
    assert chosen == [True, True, True, False]
    assert known.knows(NEW)
    assert len(known) == 0


def test_poll_from_before_is_known_only_once_discord_has_been_asked() -> None:
    known = ballots()
    assert not known.chose(OLD, 1, NOW, yes=False)
    assert not known.knows(OLD)
    known.learn(OLD, [2, 3], NOW)
    assert known.knows(OLD)
    assert [known.chose(OLD, answer, NOW, yes=False) for answer in (2, 3)] == [True, False]
    assert known.knows(OLD), "so that changing one's mind again and again asks Discord once"


def test_nothing_is_known_any_more_once_something_may_have_been_missed() -> None:
    known = ballots()
    known.learn(OLD, [1, 2], NOW)
    known.chose(NEW, 1, NOW, yes=True)
    known.lose(NOW + 2 * CLOCKS_MS)
    assert not known.chose(NEW, 2, NOW, yes=False)
    assert (known.knows(OLD), known.knows(NEW)) == (False, False)


def test_ballot_that_gave_way_to_others_is_asked_for() -> None:
    known = ballots(room=1)
    known.chose(NEW, 1, NOW + CLOCKS_MS + 2, yes=True)
    known.chose((NEW[0], "13"), 1, NOW + CLOCKS_MS + 3, yes=True)
    assert len(known) == 1
    assert not known.chose(NEW, 2, NOW + CLOCKS_MS + 4, yes=False)
    assert not known.knows(NEW)

"""Being removed from a space: nothing happens within the grace, and after it nothing of the space is left."""

from __future__ import annotations

import json

import pytest

from bot.consent.choices import Choices, Said
from bot.rights.removal import GRACE_DAYS, Removal
from scoring.signals import DAY_MS, Context
from tests.bot.rights.town import ANN, BOB, CHAT, NOW, Here, message, reply, settled_space

GRACE = GRACE_DAYS * DAY_MS
ELSEWHERE = Context("D1", "lobby")


def run(here: Here, now: int) -> int:
    return here.run(Removal(here.database).run(here.id, now))


def two(here: Here) -> Here:
    """Let things happen in two spaces; Bob is only in the first."""
    other = settled_space(here.town, "701")
    asked = message(BOB, 1, context=CHAT)
    here.hear(asked, message(ANN, 2, context=CHAT))
    other.hear(message(ANN, 3, context=ELSEWHERE), reply(ANN, 4, asked, context=ELSEWHERE))
    here.settle()
    here.run(Removal(here.database).left(here.space, NOW))
    here.run(Removal(here.database).left(here.space, NOW + 5))  # told twice
    return other


def test_within_the_grace_nothing_is_lost_and_an_invitation_restores_all(here: Here) -> None:
    two(here)
    before = {name: rows for name, rows in here.everything().items() if name != "space"}

    assert run(here, NOW + GRACE - 1) == 0
    assert here.run(Removal(here.database).returned(here.space))

    assert run(here, NOW + 10 * GRACE) == 0
    assert {name: rows for name, rows in here.everything().items() if name != "space"} == before
    assert not here.run(Removal(here.database).returned(here.space))


@pytest.mark.parametrize(("days", "grace"), [(30, GRACE), (3, 3 * DAY_MS), (0, 0), (99, GRACE)])
def test_after_the_grace_the_space_and_its_people_are_gone_and_others_untouched(
    here: Here, days: int, grace: int
) -> None:
    other = two(here)
    here.do("UPDATE community SET settings = :said WHERE id = :of", said=json.dumps({"purge_after": days}))
    if grace:
        assert run(here, NOW + grace - 1) == 0

    assert run(here, NOW + grace) == 1

    here.settle()
    assert [row[0] for row in here.rows("SELECT key FROM engagement WHERE community = :of ORDER BY key")] == [
        "d:3",
        "d:4",
    ]
    assert here.rows("SELECT DISTINCT space FROM context WHERE community = :of") == [(other.space,)]
    assert here.member(BOB) is None
    assert here.member(ANN) is not None
    assert here.rows("SELECT count(*) FROM account WHERE community = :of") == [(1,)]
    assert here.town.differences() == {}
    assert run(here, NOW + 10 * GRACE) == 0


def test_people_with_a_page_stay_with_their_page(here: Here) -> None:
    two(here)
    here.run(Choices(here.database, here.town.world.keys).make_page(Said(here.id, here.space, BOB, NOW)))

    run(here, NOW + GRACE)

    assert here.member(BOB) is not None

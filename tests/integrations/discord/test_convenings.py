"""Who says they will come: heard, taken back, and put right by reading the list."""

from __future__ import annotations

import pytest

from bot.ports import Account, Kind
from integrations.discord.guild import Guild
from integrations.discord.ids import UnknownPlaceError
from tests.integrations.discord.payloads import (
    ANN,
    BEN,
    DAY,
    EVERY_KIND,
    GUILD,
    HIDDEN,
    HOUR,
    NOW,
    THANKFUL,
    convening,
    guild,
    snowflake,
    told,
    user,
)

MADE = NOW - 7 * 24 * HOUR
EVENT = snowflake(MADE)
YES = {"guild_scheduled_event_id": EVENT, "user_id": "11", "guild_id": GUILD}
ADD, REMOVE = "GUILD_SCHEDULED_EVENT_USER_ADD", "GUILD_SCHEDULED_EVENT_USER_REMOVE"


def planned(**more: object) -> Guild:
    """Return a server with one convening ahead."""
    return guild(guild_scheduled_events=[convening(EVENT, 1, **more)])


def test_saying_yes_and_taking_it_back_is_one_act() -> None:
    known = planned()
    [yes], [no] = told(ADD, YES, known), told(REMOVE, YES, known)
    assert (yes.kind, yes.key, yes.key_day, yes.account) == (Kind.RSVP, f"d:{EVENT}/rsvp", DAY - 7, ANN)
    assert (yes.context.place, yes.context.name, yes.context.parent) == (EVENT, "Office hours", "702")
    assert (no.key, no.key_person, no.retracted) == (yes.key, yes.key_person, True)
    assert no.version > yes.version


def test_one_date_of_a_series_is_answered_by_itself() -> None:
    one_date = YES | {"guild_scheduled_event_exception_id": snowflake(NOW)}
    [whole], [part] = told(ADD, YES, planned()), told(ADD, one_date, planned())
    assert part.key == f"d:{EVENT}/{snowflake(NOW)}/rsvp" != whole.key


def test_convening_elsewhere_counts_and_one_in_a_private_channel_does_not() -> None:
    assert told(ADD, YES, planned(channel_id=None, entity_type=3))
    assert told(ADD, YES, planned(channel_id=HIDDEN)) == []
    assert told(ADD, YES | {"user_id": "98"}, planned()) == []


def test_unknown_convening_is_asked_for() -> None:
    with pytest.raises(UnknownPlaceError) as caught:
        told(ADD, YES)
    assert (caught.value.what, caught.value.place) == ("convening", EVENT)


@pytest.mark.parametrize("over", [3, 4])
def test_convening_that_is_over_is_forgotten(over: int) -> None:
    known = planned()
    told("GUILD_SCHEDULED_EVENT_UPDATE", convening(EVENT, over), known)
    with pytest.raises(UnknownPlaceError):
        told(ADD, YES, known)


def test_list_tells_what_was_missed_and_only_that() -> None:
    known = planned()
    told(ADD, YES, known)
    missed, gone = known.rsvps(EVENT, [user("12"), user("99", bot=True)], NOW + HOUR)
    assert (missed.account, missed.at, missed.version, missed.estimated) == (BEN, NOW + HOUR, MADE, True)
    assert (gone.account, gone.version, gone.retracted) == (ANN, NOW + HOUR, True)
    assert known.rsvps(EVENT, [user("12")], NOW + 2 * HOUR) == []


def test_yes_after_a_no_that_only_the_list_shows_is_newer_than_the_no() -> None:
    known = planned()
    told(ADD, YES, known)
    [no] = told(REMOVE, YES, known)
    [yes] = known.rsvps(EVENT, [user("11")], NOW + HOUR)
    assert (yes.retracted, yes.version > no.version) == (False, True)


def test_list_after_a_restart_never_beats_what_was_heard_before() -> None:
    [yes] = told(ADD, YES, planned())
    [again] = planned().rsvps(EVENT, [user("11")], NOW + HOUR)
    assert (again.key, again.key_person) == (yes.key, yes.key_person)
    assert again.version < yes.version


def test_what_is_known_of_a_convening_survives_its_changes_and_a_new_session() -> None:
    known = planned()
    told(ADD, YES, known)
    told("GUILD_SCHEDULED_EVENT_UPDATE", convening(EVENT, 1, name="Later"), known)
    assert known.rsvps(EVENT, [user("11")], NOW) == []
    [one] = known.convenings
    assert (one.context.name, one.coming) == ("Later", {Account("discord", "", "11"): True})


def test_kinds_that_nobody_wants_are_not_told() -> None:
    known = guild(THANKFUL, EVERY_KIND - {Kind.RSVP}, guild_scheduled_events=[convening(EVENT, 1)])
    assert told(ADD, YES, known) == []
    assert known.rsvps(EVENT, [user("12")], NOW) == []

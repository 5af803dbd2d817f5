"""Who says they will come: heard, taken back, and put right by reading the list."""

from __future__ import annotations

from typing import Any

import pytest

from bot.ports import Account, Held, Kind, Signal
from integrations.discord.payloads.convenings import answers_to, presence_at, recall
from integrations.discord.payloads.guild import Guild
from integrations.discord.payloads.ids import UnknownPlaceError
from tests.integrations.discord.payloads import (
    ANN,
    BEN,
    DAY,
    EVERY_KIND,
    GUILD,
    HIDDEN,
    HOUR,
    MINUTE,
    NOW,
    THANKFUL,
    Record,
    convening,
    guild,
    server,
    snowflake,
    told,
    user,
    voice,
)

MADE = NOW - 7 * 24 * HOUR
EVENT = snowflake(MADE)
YES = {"guild_scheduled_event_id": EVENT, "user_id": "11", "guild_id": GUILD}
ADD, REMOVE = "GUILD_SCHEDULED_EVENT_USER_ADD", "GUILD_SCHEDULED_EVENT_USER_REMOVE"


CAT, DAN = (Account("discord", "", number) for number in ("13", "14"))


def planned(**more: Any) -> Guild:
    """Return a server with one convening ahead."""
    return guild(guild_scheduled_events=[convening(EVENT, **{"status": 1, **more})])


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


def listed(known: Guild, users: list[Record], held: list[Held], at: int) -> list[Signal]:
    """Return what a list of those who come tells."""
    [one] = known.convenings
    assert known.hosts(one)
    return known.rsvps(one, [{"user_id": who["id"], "user": who} for who in users], held, at)


def test_list_tells_what_was_missed_and_only_that() -> None:
    stored = [Held(ANN, 0, True), Held(CAT, 0, True), Held(DAN, 0, False)]
    missed, gone = listed(planned(), [user("12"), user("13"), user("99", bot=True)], stored, NOW + HOUR)
    assert (missed.account, missed.at, missed.version, missed.estimated) == (BEN, NOW + HOUR, NOW + HOUR, True)
    assert (gone.account, gone.version, gone.retracted) == (ANN, NOW + HOUR, True)
    assert (missed.key_day, missed.key) == (gone.key_day, gone.key) == answers_to(next(iter(planned().convenings)))


def test_yes_after_a_no_that_only_the_list_shows_is_newer_than_the_no() -> None:
    known = planned()
    [no] = told(REMOVE, YES, known)
    [yes] = listed(known, [user("11")], [Held(ANN, 0, False)], NOW + HOUR)
    assert (yes.key, yes.key_person) == (no.key, no.key_person)
    assert (yes.retracted, yes.version > no.version) == (False, True)


def test_what_was_stored_is_known_after_a_restart_and_counted_on() -> None:
    known = planned(status=2)
    [one] = known.convenings
    recall(one, [Held(ANN, 6, False), Held(BEN, 0, True), Held(CAT, 600, False)], known.stays.there)
    for who in ("11", "12"):
        told("VOICE_STATE_UPDATE", voice(who), known)
    found = [signal for minute in range(1, 8) for signal in known.stays.tick(NOW + minute * MINUTE)]
    there = [signal for signal in found if signal.kind is Kind.ATTENDANCE]
    assert [(signal.account, signal.amount, signal.retracted) for signal in there] == [
        (ANN, 7, True),
        (ANN, 8, True),
        (ANN, 9, True),
        (ANN, 0, False),
    ]
    assert {(signal.key_day, signal.key) for signal in there} == {presence_at(one)}
    assert one.present[CAT] < known.stays.there


def test_convening_keeps_who_was_there_when_it_changes_or_a_session_is_new() -> None:
    known = planned(status=2)
    [one] = known.convenings
    one.present[ANN] = 5 * MINUTE
    told("GUILD_SCHEDULED_EVENT_UPDATE", convening(EVENT, 2, name="Later"), known)
    [one] = known.convenings
    assert (one.context.name, one.present) == ("Later", {ANN: 5 * MINUTE})


CREATOR: Record = {"creator_id": "11", "creator": user("11")}


def test_who_scheduled_a_convening_organized_it_once_it_takes_place() -> None:
    known = planned()
    assert told("GUILD_SCHEDULED_EVENT_UPDATE", convening(EVENT, 1, **CREATOR), known) == []
    [begun] = told("GUILD_SCHEDULED_EVENT_UPDATE", convening(EVENT, 2, **CREATOR), known)
    assert (begun.kind, begun.account, begun.key_person) == (Kind.PARTICIPATION, ANN, ANN)
    assert (begun.key, begun.key_day, begun.at) == (f"d:{EVENT}/as/organizer", DAY - 7, NOW - 6 * HOUR)
    assert (begun.context.role, begun.context.place, begun.context.name) == ("organizer", EVENT, "Office hours")
    [over] = told("GUILD_SCHEDULED_EVENT_UPDATE", convening(EVENT, 3, **CREATOR), known)
    assert over == begun
    assert told("GUILD_SCHEDULED_EVENT_UPDATE", convening(EVENT, 4, **CREATOR), known) == []


def test_convening_that_began_while_we_did_not_listen_names_its_organizer() -> None:
    [one] = planned().created(server(guild_scheduled_events=[convening(EVENT, **CREATOR)]), NOW)
    assert (one.account, one.context.role) == (ANN, "organizer")


@pytest.mark.parametrize(
    "more",
    [{"creator_id": "99", "creator": user("99", bot=True)}, {"creator_id": "98", "creator": user("98")},
     {"creator_id": None}, CREATOR | {"channel_id": HIDDEN}, CREATOR | {"channel_id": snowflake(NOW)}],
    ids=["machine", "Cairn", "nobody", "private channel", "channel not shown"],
)  # fmt: skip
def test_what_machines_schedule_or_what_does_not_count_is_organized_by_nobody(more: Any) -> None:
    assert told("GUILD_SCHEDULED_EVENT_UPDATE", convening(EVENT, 2, **more), planned()) == []


def test_kinds_that_nobody_wants_are_not_told_or_asked_for() -> None:
    known = guild(THANKFUL, EVERY_KIND - {Kind.RSVP}, guild_scheduled_events=[convening(EVENT, 1)])
    assert told(ADD, YES, known) == []
    assert [known.hosts(one) for one in known.convenings] == [False]


def test_nobody_asks_about_a_convening_that_does_not_count() -> None:
    for place in (HIDDEN, snowflake(NOW)):
        known = planned(channel_id=place)
        assert [known.hosts(one) for one in known.convenings] == [False]

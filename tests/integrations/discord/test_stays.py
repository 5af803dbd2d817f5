"""Time in voice channels: where it counts, for whom, and that neither midnight nor a crash loses more than minutes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ports import Account, Context, Kind, Listed, Signal, SpaceSettings, Stays
from integrations.discord.payloads.guild import Guild
from tests.integrations.discord.payloads import (
    ANN,
    BEN,
    DAY,
    EVERY_KIND,
    GUILD,
    HOUR,
    IDLE,
    MINUTE,
    NOW,
    TALK,
    Record,
    channel,
    convening,
    guild,
    hides,
    member,
    server,
    snowflake,
    stage,
    told,
    user,
    voice,
)

EVERYWHERE = SpaceSettings(stays=Stays.EVERYWHERE, excluded_roles=Listed.of(["staff"]))
EVENT = snowflake(NOW - 7 * 24 * HOUR)
OTHER = "705"


def company(where: str = TALK) -> Record:
    """Return that somebody whose own time is left out listens in a channel, so that nobody is alone there."""
    who = "77" if where == TALK else "78"
    return voice(who, where) | {"member": member("802") | {"user": user(who)}}


def lounge(**more: Any) -> Guild:
    """Return a server where time counts everywhere and nobody is alone; `more` replaces parts of it."""
    here = [company(), company(OTHER)]
    return guild(EVERYWHERE, **{"voice_states": here} | more)


def among_others(**more: Any) -> Guild:
    """Return a server as it is by default, with somebody whose time is left out in its voice channel."""
    return guild(voice_states=[company()], **more)


def heard(known: Guild, *acts: tuple[float, Record]) -> list[Signal]:
    """Return what voice states say, each `(minutes, state)`."""
    return [one for at, d in acts for one in told("VOICE_STATE_UPDATE", d, known, NOW + round(at * MINUTE))]


def spent(signals: Iterable[Signal], who: Account = ANN) -> dict[tuple[str, int], int]:
    """Return the minutes that hold in the end, by place and day."""
    last: dict[tuple[int, str], Signal] = {}
    for one in signals:
        if one.kind is Kind.STAY and one.account == who:
            before = last.get((one.key_day, one.key), one)
            assert one.version >= before.version
            assert one.amount >= before.amount
            last[one.key_day, one.key] = one
    found: dict[tuple[str, int], int] = {}
    for one in last.values():
        place = (one.context.place, one.key_day - DAY)
        found[place] = found.get(place, 0) + one.amount
    return found


def test_stay_is_told_in_minutes_when_it_ends() -> None:
    [stay] = heard(lounge(), (0, voice("11")), (30.9, voice("11", None)))
    assert (stay.amount, stay.at, stay.account, stay.context.place) == (30, NOW, ANN, "702")
    assert (stay.key, stay.key_day, stay.key_person) == (f"d:702/stay/{NOW}", DAY, ANN)


def test_stay_that_lasts_is_told_again_under_the_same_key() -> None:
    known = lounge()
    found = heard(known, (0, voice("11")))
    for minute in range(1, 13):
        found += known.stays.tick(NOW + minute * MINUTE)
    assert [(one.key, one.amount) for one in found] == [(f"d:702/stay/{NOW}", 5), (f"d:702/stay/{NOW}", 10)]
    assert spent(found + known.stays.end(NOW + 13 * MINUTE)) == {("702", 0): 13}


@pytest.mark.parametrize(
    "state",
    [
        voice("11", self_deaf=True),
        voice("11", IDLE),
        voice("11") | {"member": member() | {"user": user("11", bot=True)}},
        voice("98"),
    ],
    ids=["deaf", "idle", "bot", "ourselves"],
)
def test_who_only_seems_to_be_there_does_not_stay(state: Record) -> None:
    assert heard(lounge(), (0, state), (60, state | {"channel_id": None})) == []


def test_people_left_out_by_role_do_not_stay() -> None:
    known = lounge()
    state = voice("11") | {"member": member("802") | {"user": user("11")}}
    assert heard(known, (0, state), (60, state | {"channel_id": None})) == []


def test_private_channels_and_unknown_ones_do_not_count() -> None:
    hidden = [channel("702", 2, permission_overwrites=[hides()])]
    for known in (lounge(channels=hidden), lounge(channels=[])):
        assert heard(known, (0, voice("11")), (60, voice("11", None))) == []


def test_deafened_time_is_left_out_of_a_stay() -> None:
    acts = (0, voice("11")), (10, voice("11", self_deaf=True)), (40, voice("11")), (45, voice("11", None))
    found = heard(lounge(), *acts)
    assert spent(found) == {("702", 0): 15}
    assert len({one.key for one in found}) == 1


def test_time_alone_is_no_stay() -> None:
    known = guild(EVERYWHERE)
    found = heard(known, (0, voice("11")), (10, voice("12")), (30, voice("12", None)), (60, voice("11", None)))
    assert (spent(found), spent(found, BEN)) == ({("702", 0): 20}, {("702", 0): 20})


@pytest.mark.parametrize(
    "other",
    [
        voice("12", self_deaf=True),
        voice("12", deaf=True),
        voice("98"),
        voice("12", OTHER),
        voice("12") | {"member": None},
    ],
    ids=["deaf", "deafened by a moderator", "machine", "in another channel", "perhaps a machine"],
)
def test_who_does_not_listen_is_no_company(other: Record) -> None:
    known = guild(EVERYWHERE, channels=[*server()["channels"], channel(OTHER, 2)])
    assert spent(heard(known, (0, other), (0, voice("11")), (60, voice("11", None)))) == {}


def test_company_that_goes_deaf_moves_away_or_comes_back_is_counted_to_the_minute() -> None:
    known = guild(EVERYWHERE, channels=[*server()["channels"], channel(OTHER, 2)])
    acts = (
        (0, voice("11")),
        (0, voice("12")),
        (10, voice("12", self_deaf=True)),
        (30, voice("12")),
        (35, voice("12", OTHER)),
    )
    found = heard(known, *acts, (50, voice("12")), (51, voice("11", None)), (60, voice("12", None)))
    assert spent(found) == {("702", 0): 16}
    assert spent(found, BEN) == {("702", 0): 16}


def test_being_alone_at_a_convening_is_having_come_to_it() -> None:
    known = guild(guild_scheduled_events=[convening(EVENT)])
    found = heard(known, (0, voice("11")), (30, voice("11", None)))
    assert [one.kind for one in found if not one.retracted] == [Kind.ATTENDANCE]


def stage_channel() -> list[Record]:
    """Return the server's channels, one of which is a stage."""
    return [*server()["channels"], channel(OTHER, 13)]


def test_live_stage_is_a_convening_of_its_channel_s_name() -> None:
    number, known = snowflake(NOW - HOUR), guild(channels=stage_channel())
    told("STAGE_INSTANCE_CREATE", stage(number, OTHER), known)
    found = heard(known, (0, voice("11", OTHER, suppress=True)), (0, voice("12", OTHER, suppress=True)))
    found += told("STAGE_INSTANCE_DELETE", stage(number, OTHER), known, NOW + 30 * MINUTE)
    found += heard(known, (60, voice("11", None)), (60, voice("12", None)))
    assert spent(found) == {(OTHER, 0): 30}
    there = [one for one in found if one.kind is Kind.ATTENDANCE and not one.retracted]
    assert {one.account for one in there} == {ANN, BEN}
    assert {(one.key, one.at) for one in there} == {(f"d:{number}/here", NOW - HOUR)}
    assert there[0].context == Context(place=number, name=f"name{OTHER}", parent=OTHER)
    assert "wrote" not in repr(found)


def test_stage_of_a_scheduled_event_is_that_event() -> None:
    known = guild(channels=stage_channel(), guild_scheduled_events=[convening(EVENT, channel_id=OTHER)])
    for number, of in ((snowflake(NOW - HOUR), EVENT), (snowflake(NOW - HOUR, 1), None)):
        told("STAGE_INSTANCE_CREATE", stage(number, OTHER, guild_scheduled_event_id=of), known)
    found = heard(known, (0, voice("11", OTHER, suppress=True)), (30, voice("11", None)))
    assert [one.key for one in found if not one.retracted] == [f"d:{EVENT}/here"]


def test_stage_that_ended_while_we_did_not_listen_is_forgotten() -> None:
    number, known = snowflake(NOW - HOUR), guild(channels=stage_channel(), stage_instances=[stage("1", OTHER)])
    known.created(server(channels=stage_channel(), stage_instances=[stage(number, OTHER)]), NOW)
    assert [one.id for one in known.convenings] == [number]
    known.created(server(channels=stage_channel()), NOW)
    assert list(known.convenings) == []


def test_who_has_the_floor_is_a_speaker_and_who_listens_is_not() -> None:
    number = snowflake(NOW - HOUR)
    known = guild(channels=stage_channel(), stage_instances=[stage(number, OTHER)])
    found = heard(known, (0, voice("12", OTHER, suppress=True)), (0, voice("11", OTHER, suppress=True)))
    assert spoke(found + heard(known, (5, voice("11", OTHER)))) == []
    found = heard(known, (5.5, voice("11", OTHER, suppress=True)), (20, voice("11", OTHER)))
    assert spoke(found) == []
    [one] = spoke(heard(known, (25, voice("11", None)), (25, voice("12", None))))
    assert (one.account, one.key_person, one.key) == (ANN, ANN, f"d:{number}/as/speaker")
    assert (one.context.role, one.context.place, one.at) == ("speaker", number, NOW - HOUR)


def spoke(signals: Iterable[Signal]) -> list[Signal]:
    """Return who had a part in a convening."""
    return [one for one in signals if one.kind is Kind.PARTICIPATION]


def test_nobody_speaks_where_no_stage_is() -> None:
    known = among_others(guild_scheduled_events=[convening(EVENT)])
    assert spoke(heard(known, (0, voice("11")), (30, voice("11", None)))) == []


def test_muting_changes_nothing() -> None:
    acts = (0, voice("11")), (10, voice("11", self_mute=True)), (20, voice("11", None))
    assert [one.amount for one in heard(lounge(), *acts)] == [20]


def test_moving_splits_a_stay() -> None:
    known = lounge(channels=[*server()["channels"], channel(OTHER, 13)])
    found = heard(known, (0, voice("11")), (10, voice("11", OTHER)), (25, voice("11", None)))
    assert spent(found) == {("702", 0): 10, (OTHER, 0): 15}


def test_midnight_splits_a_stay_and_loses_nothing() -> None:
    start = 24 * 60 - 30.5
    found = heard(lounge(), (start, voice("11")), (start + 61, voice("11", None)))
    assert spent(found) == {("702", 0): 30, ("702", 1): 31}


def test_pause_over_midnight_belongs_to_no_day() -> None:
    late = 24 * 60 - 20
    acts = (late, voice("11")), (late + 10, voice("11", self_deaf=True)), (late + 40, voice("11"))
    assert spent(heard(lounge(), *acts, (late + 45, voice("11", None)))) == {("702", 0): 10, ("702", 1): 5}


def test_restart_goes_on_from_who_is_there() -> None:
    before = heard(lounge(), (0, voice("11")))
    both = voice("11"), company()
    states = [{name: value for name, value in one.items() if name not in ("guild_id", "member")} for one in both]
    people = [member() | {"user": user("11")}, company()["member"]]
    known = lounge()
    whole = server(voice_states=states, members=people)
    before += known.created(whole, NOW + 7 * MINUTE)
    assert spent(before + heard(known, (20, voice("11", None)))) == {("702", 0): 13}


def test_lost_session_counts_who_is_gone_until_we_last_heard() -> None:
    known = lounge()
    heard(known, (0, voice("11")), (0, voice("12")))
    states = [voice("12") | {"member": None}, company()]
    found = known.created(server(voice_states=states), NOW + 60 * MINUTE, heard=NOW + 20 * MINUTE)
    found += heard(known, (70, voice("12", None)))
    assert (spent(found), spent(found, BEN)) == ({("702", 0): 20}, {("702", 0): 70})


def test_who_is_there_without_a_word_on_who_it_is_waits_for_one() -> None:
    known = lounge()
    found = known.created(server(voice_states=[voice("11") | {"member": None}, company()]), NOW)
    found += heard(known, (10, voice("11", self_mute=True)), (30, voice("11", None)))
    assert spent(found) == {("702", 0): 20}


def test_outage_told_as_a_server_forgets_no_channel() -> None:
    known = lounge()
    heard(known, (0, voice("11")))
    found = told("GUILD_CREATE", {"id": GUILD, "unavailable": True}, known, NOW + 9 * MINUTE)
    assert spent(found) == {("702", 0): 9}
    assert known.spot("700").allowed


def test_server_out_of_reach_ends_stays() -> None:
    known = lounge()
    heard(known, (0, voice("11")))
    found = told("GUILD_DELETE", {"id": GUILD, "unavailable": True}, known, NOW + 9 * MINUTE)
    assert spent(found + heard(known, (50, voice("11", None)))) == {("702", 0): 9}


def test_by_default_only_time_at_a_convening_counts() -> None:
    known = among_others(guild_scheduled_events=[convening(EVENT, 1)])
    found = heard(known, (0, voice("11")))
    found += told("GUILD_SCHEDULED_EVENT_UPDATE", convening(EVENT, 2), known, NOW + 10 * MINUTE)
    found += heard(known, (15, voice("12")))
    found += told("GUILD_SCHEDULED_EVENT_UPDATE", convening(EVENT, 3), known, NOW + 40 * MINUTE)
    found += heard(known, (60, voice("11", None)), (60, voice("12", None)))
    assert (spent(found), spent(found, BEN)) == ({("702", 0): 30}, {("702", 0): 25})


def test_switched_off_or_unused_time_is_not_told() -> None:
    for settings, kinds in ((replace(EVERYWHERE, stays=Stays.OFF), EVERY_KIND), (EVERYWHERE, EVERY_KIND - {Kind.STAY})):
        known = guild(settings, kinds, voice_states=[company()])
        told("GUILD_SCHEDULED_EVENT_CREATE", convening(EVENT, 2), known)
        found = heard(known, (0, voice("11")), (60, voice("11", None)))
        assert [one.kind for one in found] == [Kind.ATTENDANCE]


def test_other_settings_hold_from_when_they_are_given() -> None:
    known = among_others()
    found = heard(known, (0, voice("11")))
    found += known.apply(EVERYWHERE, EVERY_KIND, NOW + 10 * MINUTE)
    assert spent(found + heard(known, (30, voice("11", None)))) == {("702", 0): 20}


def test_channel_deleted_under_people_keeps_what_they_spent() -> None:
    known = lounge()
    found = heard(known, (0, voice("11")))
    found += told("CHANNEL_DELETE", channel("702", 2), known, NOW + 10 * MINUTE)
    assert spent(found + heard(known, (30, voice("11", None)))) == {("702", 0): 10}


def test_ten_minutes_at_a_convening_are_attendance() -> None:
    known = among_others(guild_scheduled_events=[convening(EVENT)])
    short = heard(known, (0, voice("12")), (9.9, voice("12", None)))
    assert [one for one in short if one.kind is Kind.ATTENDANCE and not one.retracted] == []
    found = heard(known, (20, voice("11")), (26, voice("11", None)), (30, voice("11")), (34, voice("11", None)))
    [there] = [one for one in found if one.kind is Kind.ATTENDANCE and not one.retracted]
    assert (there.key, there.account, there.key_person) == (f"d:{EVENT}/here", ANN, ANN)
    assert (there.at, there.context.place, there.context.name) == (NOW - 6 * HOUR, EVENT, "Office hours")
    again = heard(known, (40, voice("11")), (80, voice("11", None)))
    assert {one.kind for one in again} == {Kind.STAY}


def test_each_date_of_a_series_is_attended_by_itself() -> None:
    known = guild()
    keys = []
    for week, start in enumerate(("2024-02-01T18:00:00+00:00", "2024-02-08T18:00:00+00:00")):
        series = {"recurrence_rule": {"frequency": 2, "interval": 1}, "scheduled_start_time": start}
        at = NOW + week * 7 * 24 * HOUR
        told("GUILD_SCHEDULED_EVENT_UPDATE", convening(EVENT, 2, **series), known, at)
        found = told("VOICE_STATE_UPDATE", voice("11"), known, at)
        found += told("VOICE_STATE_UPDATE", voice("11", None), known, at + 30 * MINUTE)
        found += told("GUILD_SCHEDULED_EVENT_UPDATE", convening(EVENT, 1, **series), known, at + HOUR)
        keys += [one.key for one in found if one.kind is Kind.ATTENDANCE]
    assert keys == [f"d:{EVENT}/2024-02-01/here", f"d:{EVENT}/2024-02-08/here"]


_STEP = st.tuples(st.integers(0, 200), st.sampled_from(["702", OTHER, "", "deaf", "tick", "restart"]))


@given(st.lists(_STEP, max_size=30))
def test_minutes_told_are_those_spent(steps: list[tuple[int, str]]) -> None:
    """However somebody moves about, no minute is told twice, and less than one is lost for each time they came."""
    known = lounge(channels=[*server()["channels"], channel(OTHER, 2)])
    now, where, real, visits = NOW, "", 0, 0
    found: list[Signal] = []
    for wait, what in [*steps, (1, "")]:
        now += wait * 31_000
        real += wait * 31_000 if where in ("702", OTHER) else 0
        if what == "tick":
            found += known.stays.tick(now)
        elif what == "restart":
            here = where if where != "deaf" else "702"
            states = [company(), company(OTHER)] + ([voice("11", here, self_deaf=where == "deaf")] if where else [])
            found += known.created(
                server(voice_states=states, channels=[*server()["channels"], channel(OTHER, 2)]), now
            )
        else:
            place = "702" if what == "deaf" else what or None
            found += told("VOICE_STATE_UPDATE", voice("11", place, self_deaf=what == "deaf"), known, now)
            visits += what != where
            where = what
    total = sum(spent(found).values())
    assert total * MINUTE <= real
    assert total * MINUTE > real - (visits + 1) * MINUTE

"""The Gate: each reason refuses by itself, nothing passes that it should not, and it says when to ask again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.gate import Contact, Facts, Invite, Person, Purpose, Reason, Standing, Way, decide
from bot.sending.quiet import ends_at, zone_named

NOON = 1_700_049_600_000
"""Wednesday, 15 November 2023, 12:00 UTC."""
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
WILLING = Person(invite=Invite.DM, met_at=NOON - DAY)
LIVE = Standing(live=True)
YES = Facts(NOON, NOON + 7 * DAY, Purpose.INVITATION, Way.DM, LIVE, WILLING)
ZONES = sorted(available_timezones())


def with_person(**changes: Any) -> Facts:
    return replace(YES, person=replace(WILLING, **changes))


def sent(*days: float, invitation: bool = True) -> tuple[Contact, ...]:
    return tuple(Contact(NOON - round(one * DAY), invitation) for one in days)


def test_willing_member_may_be_invited() -> None:
    assert decide(YES).allowed


@pytest.mark.parametrize(
    ("facts", "reason", "again"),
    [
        (replace(YES, expires=NOON), Reason.EXPIRED, None),
        (replace(YES, standing=Standing()), Reason.NOT_LIVE, NOON + HOUR),
        (replace(YES, standing=Standing(live=True, paused=True)), Reason.PAUSED, NOON + HOUR),
        (with_person(left_out=True), Reason.LEFT_OUT, None),
        (with_person(minor=True), Reason.UNDER_AGE, None),
        (with_person(left=True), Reason.LEFT, None),
        (with_person(invite=None), Reason.NO_CONSENT, None),
        (with_person(invite=Invite.NO), Reason.NO_CONSENT, None),
        (with_person(invite=Invite.HERE), Reason.ONLY_HERE, None),
        (with_person(closed_at=NOON - 90 * DAY + 1), Reason.CLOSED, None),
        (with_person(met_at=0), Reason.LAPSED, None),
        (with_person(met_at=NOON - 183 * DAY), Reason.LAPSED, None),
        (with_person(ignored=3), Reason.IGNORED, None),
        (with_person(quiet_until=NOON + 2 * DAY), Reason.LATER, NOON + 2 * DAY),
        (with_person(quiet_until=NOON + 9 * DAY), Reason.LATER, None),
        (with_person(zone="Asia/Tokyo"), Reason.QUIET, NOON + 11 * HOUR),
        (with_person(sent=sent(6.9)), Reason.WEEK, NOON + round(0.1 * DAY)),
        (with_person(sent=sent(29, 20, 8)), Reason.MONTH, NOON + DAY),
    ],
    ids=str,
)  # fmt: skip
def test_each_reason_refuses_by_itself(facts: Facts, reason: Reason, again: int | None) -> None:
    verdict = decide(facts)

    assert (verdict.reason, verdict.again) == (reason, again)
    assert verdict.line is (reason in (Reason.CLOSED, Reason.ONLY_HERE))


@pytest.mark.parametrize(
    "facts",
    [
        with_person(closed_at=NOON - 90 * DAY),
        with_person(met_at=NOON - 183 * DAY + 1),
        with_person(ignored=2),
        with_person(zone="Asia/Karachi"),  # 17:00
        with_person(zone="Nowhere/At_all"),
        with_person(sent=sent(7)),
        with_person(sent=sent(30, 20, 8)),
        with_person(sent=sent(25, invitation=False) + sent(10)),
        replace(with_person(sent=sent(29, 20)), purpose=Purpose.NUDGE),
        replace(with_person(ignored=3), purpose=Purpose.QUESTION),
        replace(with_person(closed_at=NOON, invite=Invite.HERE, zone="Asia/Tokyo", left=True), way=Way.LINE),
        replace(YES, way=Way.CHANNEL, pings=True),
        replace(with_person(invite=None, met_at=0, ignored=9), way=Way.CHANNEL),
        replace(with_person(invite=None, met_at=0, ignored=9, sent=sent(1)), purpose=Purpose.ANSWER),
        Facts(NOON, NOON + 1, Purpose.DIGEST, Way.CHANNEL, LIVE),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_just_within_bounds_passes(facts: Facts) -> None:
    assert decide(facts).allowed


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (replace(with_person(sent=sent(20, invitation=False)), purpose=Purpose.NUDGE), Reason.MONTH),
        (replace(with_person(sent=sent(20, invitation=False)), purpose=Purpose.QUESTION), Reason.MONTH),
        (replace(with_person(ignored=3, asked=True), purpose=Purpose.QUESTION), Reason.IGNORED),
        (replace(with_person(invite=None), way=Way.LINE), Reason.NO_CONSENT),
        (replace(with_person(sent=sent(3)), way=Way.LINE), Reason.WEEK),
        (replace(with_person(invite=Invite.HERE), way=Way.CHANNEL, pings=True), Reason.ONLY_HERE),
        (replace(with_person(left_out=True), purpose=Purpose.ANSWER), Reason.LEFT_OUT),
        (replace(with_person(minor=True), way=Way.CHANNEL), Reason.UNDER_AGE),
        (replace(YES, standing=Standing(live=True, paused=True), purpose=Purpose.ANSWER), Reason.PAUSED),
        (Facts(NOON, NOON + 9, Purpose.NOTICE, Way.CHANNEL, Standing()), Reason.NOT_LIVE),
        (Facts(NOON, NOON, Purpose.DIGEST, Way.CHANNEL, LIVE), Reason.EXPIRED),
    ],
    ids=str,
)  # fmt: skip
def test_other_ways_and_purposes_have_their_own_bounds(facts: Facts, reason: Reason) -> None:
    assert decide(facts).reason is reason


def test_what_cannot_go_before_it_expires_is_refused_for_good() -> None:
    facts = replace(with_person(sent=sent(1)), expires=NOON + 6 * DAY)

    assert (decide(facts).reason, decide(facts).again) == (Reason.WEEK, None)
    assert decide(replace(facts, expires=NOON + 6 * DAY + 1)).again == NOON + 6 * DAY


def test_zone_that_nobody_knows_holds() -> None:
    nowhere = replace(with_person(zone="Nowhere"), standing=replace(LIVE, zone="../etc"))

    assert (decide(nowhere).reason, decide(nowhere).again) == (Reason.QUIET, NOON + HOUR)
    assert [zone_named(one) for one in ("", "../etc/passwd", "/etc", "Europe", "a\0b", "x" * 9999)] == [None] * 6


def test_weekends_are_quiet_where_the_community_says_so() -> None:
    friday = NOON + 2 * DAY + 8 * HOUR  # 20:00
    standing = replace(LIVE, quiet_weekends=True)
    facts = replace(YES, now=friday, expires=friday + 7 * DAY, standing=standing)

    assert decide(facts).again == friday + 2 * DAY + 12 * HOUR
    assert decide(replace(facts, standing=LIVE)).again == friday + 12 * HOUR


@given(st.integers(0, 4_000_000_000_000), st.sampled_from(ZONES), st.booleans())
@example(1_325_239_200_000, "Pacific/Apia", True)  # a day that there was not
@example(1_711_843_200_000, "Europe/Berlin", False)  # the night that is an hour shorter
@example(1_729_980_000_000, "Europe/Berlin", False)  # and the one that is longer
def test_quiet_ends_in_the_morning_and_not_later(now: int, zone: str, weekends: bool) -> None:
    end = ends_at(now, (zone,), weekends=weekends)

    def quiet(at: int) -> bool:
        local = dt.datetime.fromtimestamp(at / 1000, ZoneInfo(zone))
        return not 8 <= local.hour < 20 or (weekends and local.weekday() >= 5)

    assert end is not None
    assert not quiet(end)
    assert (end == now) is not quiet(now)
    assert all(quiet(at) for at in range(now, end, 10 * MINUTE))


people = st.builds(
    Person,
    invite=st.sampled_from([None, *Invite]),
    met_at=st.sampled_from([0, NOON - 184 * DAY, NOON - 182 * DAY, NOON]),
    zone=st.sampled_from([None, "Asia/Tokyo", "America/New_York", "nowhere"]),
    ignored=st.integers(0, 4),
    asked=st.booleans(),
    closed_at=st.sampled_from([None, NOON - 91 * DAY, NOON - 89 * DAY]),
    left=st.booleans(),
    left_out=st.booleans(),
    minor=st.booleans(),
    sent=st.lists(st.builds(Contact, st.integers(NOON - 40 * DAY, NOON), st.booleans()), max_size=5).map(tuple),
)
facts_of_anything = st.builds(
    Facts,
    now=st.just(NOON),
    expires=st.integers(NOON - 1, NOON + 40 * DAY),
    purpose=st.sampled_from(Purpose),
    way=st.sampled_from(Way),
    standing=st.builds(Standing, st.booleans(), st.booleans(), st.sampled_from(["UTC", "Asia/Tokyo"]), st.booleans()),
    person=st.one_of(st.none(), people),
    pings=st.booleans(),
)


def forbidden(facts: Facts) -> bool:
    """Whether anything at all speaks against a message, said in another way than the Gate says it."""
    if facts.now >= facts.expires or not facts.standing.live or facts.standing.paused:
        return True
    person = facts.person
    if person is None:
        return False
    if person.left_out or person.minor or (person.left and facts.way is not Way.LINE):
        return True
    if facts.way is Way.DM and person.closed_at is not None and facts.now - person.closed_at < 90 * DAY:
        return True
    if facts.purpose in (Purpose.ANSWER, Purpose.DIGEST) or (facts.way is Way.CHANNEL and not facts.pings):
        return False
    comes = facts.way is not Way.LINE
    month = [one for one in person.sent if facts.now - one.at < 30 * DAY]
    zone = person.zone if person.zone != "nowhere" else None
    hour = dt.datetime.fromtimestamp(facts.now / 1000, ZoneInfo(zone or facts.standing.zone)).hour
    return (
        person.invite not in ((Invite.DM,) if comes else (Invite.DM, Invite.HERE))
        or (comes and facts.now - person.met_at >= 183 * DAY)
        or (person.ignored >= 3 and not (facts.purpose is Purpose.QUESTION and not person.asked))
        or any(facts.now - one.at < 7 * DAY for one in month)
        or len(month) >= 3
        or (facts.purpose is not Purpose.INVITATION and any(not one.invitation for one in month))
        or (comes and not 8 <= hour < 20)
    )  # fmt: skip


@given(facts_of_anything)
def test_gate_lets_through_exactly_what_nothing_speaks_against(facts: Facts) -> None:
    assert decide(facts).allowed is not forbidden(facts)


@given(facts_of_anything)
def test_asking_again_when_told_is_no_sooner_and_comes_to_an_end(facts: Facts) -> None:
    asked = 0
    verdict = decide(facts)
    while not verdict.allowed and verdict.again is not None:
        assert facts.now < verdict.again <= facts.expires
        if verdict.reason in (Reason.WEEK, Reason.MONTH, Reason.QUIET):
            assert forbidden(replace(facts, now=verdict.again - 1)) or verdict.again - facts.now <= 1
        facts = replace(facts, now=verdict.again)
        verdict = decide(facts)
        asked += 1
        assert asked < 40 * 24 + 10

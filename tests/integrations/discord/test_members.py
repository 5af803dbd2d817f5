"""Members: joining, leaving, onboarding and roles, and threads they open."""

from __future__ import annotations

from bot.ports import Context, Kind
from tests.integrations.discord.payloads import (
    ANN,
    BEN,
    EVERY_KIND,
    GENERAL,
    GUILD,
    HOUR,
    NOW,
    Record,
    guild,
    member,
    message,
    role,
    snowflake,
    thread,
    told,
    user,
)

SINCE = "2024-02-01T23:00:00.000000+00:00"
LOBBY = Context(place=GENERAL, name="name700")


def about(*roles: str, who: str = "11", **more: object) -> Record:
    """Return a member as payloads about members carry it."""
    return member(*roles, joined_at=SINCE) | {"guild_id": GUILD, "user": user(who), "pending": False} | more


def test_joining_is_dated_by_discord_and_placed_where_newcomers_are_greeted() -> None:
    [joined] = told("GUILD_MEMBER_ADD", about())
    assert (joined.kind, joined.at, joined.account, joined.context) == (Kind.JOIN, NOW - 3_600_000, ANN, LOBBY)
    assert (joined.key, joined.key_person) == (f"d:{GUILD}/join", ANN)


def test_joining_where_nobody_is_greeted_has_no_place() -> None:
    [joined] = told("GUILD_MEMBER_ADD", about(), guild(system_channel_id=None))
    assert joined.context == Context()


def test_bots_come_and_go_unnoticed() -> None:
    robot = about() | {"user": user("99", bot=True)}
    for name in ("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE"):
        assert told(name, robot) == []


def test_leaving_is_dated_by_our_clock() -> None:
    [left] = told("GUILD_MEMBER_REMOVE", {"guild_id": GUILD, "user": user("11")})
    assert (left.kind, left.at, left.account, left.key) == (Kind.LEAVE, NOW, ANN, f"d:{GUILD}/leave")


def test_completed_onboarding_is_a_newer_word_on_joining() -> None:
    known = guild()
    [joined] = told("GUILD_MEMBER_ADD", about(), known)
    [later] = told("GUILD_MEMBER_UPDATE", about(flags=2), known)
    assert (later.key, later.key_day, later.at, later.key_person) == joined[1:4] + (ANN,)
    assert (later.context.completed, later.context.place) == (True, GENERAL)
    assert later.version > joined.version
    assert told("GUILD_MEMBER_UPDATE", about(flags=8), known) == []


def test_member_of_old_tells_nothing_of_their_onboarding() -> None:
    assert told("GUILD_MEMBER_UPDATE", about(flags=2, joined_at="2020-01-01T00:00:00+00:00")) == []


def test_role_given_and_taken_is_one_act_and_its_end() -> None:
    known = guild()
    told("GUILD_MEMBER_ADD", about(), known)
    [given] = told("GUILD_MEMBER_UPDATE", about("801"), known)
    assert (given.kind, given.context, given.at) == (Kind.ROLE, Context(role="mentor"), NOW)
    assert told("GUILD_MEMBER_UPDATE", about("801", nick="new"), known) == []
    [taken] = told("GUILD_MEMBER_UPDATE", about(), known)
    assert (taken.key, taken.key_day, taken.key_person) == (given.key, given.key_day, given.key_person)
    assert taken.retracted
    assert taken.version > given.version


def test_role_held_before_we_looked_is_not_news() -> None:
    known = guild()
    assert told("GUILD_MEMBER_UPDATE", about("801"), known) == []
    told("GUILD_MEMBERS_CHUNK", {"guild_id": GUILD, "members": [about("801", who="12")]}, known)
    assert told("GUILD_MEMBER_UPDATE", about("801", who="12"), known) == []
    told("GUILD_ROLE_CREATE", {"guild_id": GUILD, "role": role("804", "host")}, known)
    [given] = told("GUILD_MEMBER_UPDATE", about("801", "804", who="12"), known)
    assert given.context.role == "host"


def test_list_of_members_tells_who_joined_since_it_was_last_known() -> None:
    known = guild()
    known.joined_after = NOW - 2 * 3_600_000
    page = [about(), about(who="12", flags=2), about(who="13", joined_at="2024-02-01T20:00:00+00:00")]
    page += [about("802", who="14"), about() | {"user": user("99", bot=True)}]
    plain, onboarded = told("GUILD_MEMBERS_CHUNK", {"guild_id": GUILD, "members": page}, known)
    [live] = told("GUILD_MEMBER_ADD", about(), known)
    assert plain == live
    assert (onboarded.account, onboarded.context.completed) == (BEN, True)


def test_roles_of_apps_are_no_acts() -> None:
    known = guild()
    told("GUILD_MEMBER_ADD", about(), known)
    assert told("GUILD_MEMBER_UPDATE", about("803"), known) == []


def test_role_that_leaves_people_out_says_nothing_of_the_others() -> None:
    known = guild()
    told("GUILD_MEMBER_ADD", about(), known)
    assert told("GUILD_MEMBER_UPDATE", about("801", "802"), known) == []
    assert {one.retracted for one in told("GUILD_MEMBER_UPDATE", about(), known)} == {True}


def test_opened_thread_belongs_to_its_channel_and_owner() -> None:
    number = snowflake(NOW - 1_000)
    known = guild()
    [opened] = told("THREAD_CREATE", thread(number, newly_created=True), known)
    assert (opened.kind, opened.key, opened.at) == (Kind.THREAD, f"d:{number}/thread", NOW - 1_000)
    assert (opened.account, opened.context) == (ANN, LOBBY)
    assert told("MESSAGE_CREATE", message(snowflake(NOW), channel_id=number), known)


def test_joining_a_thread_is_one_act_until_somebody_leaves_it() -> None:
    number, known = snowflake(NOW - HOUR), guild()
    told("THREAD_CREATE", thread(number), known)
    one = {"id": number, "user_id": "12", "join_timestamp": SINCE, "flags": 1, "member": about(who="12")}
    robot = one | {"user_id": "99", "member": about() | {"user": user("99", bot=True)}}
    change = {"id": number, "guild_id": GUILD, "member_count": 2}
    [came] = told("THREAD_MEMBERS_UPDATE", change | {"added_members": [one, robot]}, known)
    assert (came.kind, came.key, came.account, came.key_person) == (Kind.JOIN, f"d:{number}/in", BEN, BEN)
    assert (came.at, came.context) == (NOW - HOUR, Context(place=number, parent=GENERAL))
    [went] = told("THREAD_MEMBERS_UPDATE", change | {"removed_member_ids": ["12", "99"]}, known)
    assert (went.key, went.key_day, went.key_person, went.retracted) == (came.key, came.key_day, BEN, True)
    [again] = told("THREAD_MEMBERS_UPDATE", change | {"added_members": [one]}, known)
    assert came.version < went.version < again.version


def test_thread_that_does_not_count_or_is_not_asked_about_is_joined_by_nobody() -> None:
    number, none = snowflake(NOW - HOUR), EVERY_KIND - {Kind.JOIN}
    one = {"id": number, "user_id": "12", "join_timestamp": SINCE, "flags": 1}
    change = {"id": number, "guild_id": GUILD, "member_count": 2, "added_members": [one]}
    known = guild()
    told("THREAD_CREATE", thread(number, type=12), known)
    assert told("THREAD_MEMBERS_UPDATE", change, known) == []
    assert told("THREAD_MEMBERS_UPDATE", change, guild(kinds=none)) == []
    left_out = change | {"added_members": [one | {"member": about("802", who="12")}]}
    told("THREAD_UPDATE", thread(number), known)
    assert told("THREAD_MEMBERS_UPDATE", left_out, known) == []


def test_thread_we_are_let_into_or_that_is_private_is_no_news() -> None:
    number = snowflake(NOW - 1_000)
    assert told("THREAD_CREATE", thread(number)) == []
    assert told("THREAD_CREATE", thread(number, type=12, newly_created=True)) == []

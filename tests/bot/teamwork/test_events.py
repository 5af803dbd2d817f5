"""Events are announced, checked in to and counted; what is excluded or held is so at once, and not for ever."""

from __future__ import annotations

import pytest

from bot.chat.speech import Action
from bot.hearing.space_settings import Listed, SpaceSettings
from bot.ports import Place
from bot.sending.parcels import unpacked
from bot.storage.exclusions import OnTop
from scoring.signals import DAY_MS, Kind
from tests.bot.teamwork.stage import ANN, BOB, HEAD, Stage, buttons, form, said, select

CREATE, CHECK_IN = "cairn-team event create", "cairn-team event check-in"
TODAY = {"title": "Call", "day": "2026-02-16", "time": "12:30", "channel": "99"}


async def event(stage: Stage) -> str:
    """Announce an event and return its public id."""
    await stage.call(CREATE, **TODAY)
    return str((await stage.rows("SELECT public FROM convening ORDER BY id DESC"))[0][0])


async def test_event_is_announced_through_the_outbox(stage: Stage) -> None:
    made = said(await stage.call(CREATE, **TODAY, place="Online"))
    row = (await stage.rows("SELECT channel, state, content FROM outbox"))[0]

    assert made.startswith("Call is put down for")
    assert row[:2] == ("99", "pending")
    assert "You are invited" in str(unpacked(stage.keys.open_bytes(bytes(row[2]))))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"day": "2026-13-01"}, "That is no day"),
        ({"time": "25:00"}, "That is no time"),
        ({"time": "noon"}, "That is no time"),
        ({"time": "²:30"}, "That is no time"),
        ({"day": "2031-01-01"}, "between yesterday and a year"),
        ({"day": "9999-12-31"}, "between yesterday and a year"),
        ({"minutes": 1e9}, "does not fit"),
        ({"channel": "55; DROP"}, "not one of the things"),
        ({"title": " "}, "Something is missing"),
    ],
)
async def test_event_that_makes_no_sense_is_refused(stage: Stage, change: dict[str, object], told: str) -> None:
    assert told in said(await stage.call(CREATE, **TODAY | change))
    assert await stage.rows("SELECT count(*) FROM convening") == [(0,)]


@pytest.mark.parametrize(("channel", "told"), [("66", "Cairn cannot write in that"), ("404", "That is no channel of")])
async def test_event_is_not_announced_where_cairn_cannot_write(stage: Stage, channel: str, told: str) -> None:
    assert said(await stage.call(CREATE, **TODAY | {"channel": channel})).startswith(told)

    stage.told.silent = True
    assert said(await stage.call(CREATE, **TODAY)).startswith("The platform did not say")
    assert await stage.rows("SELECT count(*) FROM convening") == [(0,)]
    assert await stage.rows("SELECT count(*) FROM outbox") == [(0,)]


async def test_hour_that_the_clocks_leave_out_is_refused(stage: Stage) -> None:
    await stage.do("UPDATE community SET settings = :zone", zone='{"zone": "Europe/Berlin"}')
    await stage.desks.refresh()
    answer = said(await stage.call(CREATE, title="Call", day="2026-03-29", time="02:30"))
    fine = said(await stage.call(CREATE, title="Call", day="2026-03-29", time="03:30"))

    assert "no such hour" in answer
    assert fine.startswith("Call is put down")
    assert await stage.rows("SELECT starts_at % 86400000 FROM convening") == [(90 * 60_000,)]


async def test_who_is_there_checks_in_once_by_the_button(stage: Stage) -> None:
    opened = await stage.call(CHECK_IN, event=await event(stage))
    action = next(iter(buttons(opened).values()))
    answers = [said(await stage.act(action, who)) for who in (ANN, ANN, BOB)]

    assert answers == ["Welcome to Call! You are checked in."] * 3
    assert await stage.holding(Kind.ATTENDANCE) == 2
    assert "Call, 2, -" in said(await stage.call("cairn-team event list"))


async def test_code_must_be_right_to_check_in(stage: Stage) -> None:
    public = await event(stage)
    opened = await stage.call(CHECK_IN, event=public, code=True)
    code = (await stage.rows("SELECT code FROM convening"))[0][0]
    asked = form(await stage.act(next(iter(buttons(opened).values())), ANN))
    wrong, right = [said(await stage.act(asked.action, ANN, code=one)) for one in ("AAAA", f" {code.lower()} ")]
    around = said(await stage.act(Action("event-here", (public,)), BOB))

    assert "not the code" in wrong
    assert right.startswith("Welcome")
    assert around.startswith("There is no such event")
    assert await stage.holding(Kind.ATTENDANCE) == 1


async def test_checking_in_is_refused_before_it_is_opened_and_at_another_time(stage: Stage) -> None:
    public = await event(stage)
    early = said(await stage.act(Action("event-here", (public,)), ANN))
    await stage.call(CHECK_IN, event=public)
    stage.now += DAY_MS
    late = said(await stage.act(Action("event-here", (public,)), ANN))

    assert early.startswith("There is no such event")
    assert late.startswith("You can check in from an hour before")
    assert await stage.holding(Kind.ATTENDANCE) == 0


@pytest.mark.parametrize("arguments", [(), ("x",), ("x", "y"), ("' OR 1=1",)])
async def test_forged_event_is_unknown(stage: Stage, arguments: tuple[str, ...]) -> None:
    await event(stage)

    for name in ("event-here", "event-code", "event-coded"):
        assert said(await stage.act(Action(name, arguments), ANN)).startswith("There is no such event")
    assert said(await stage.act(Action("event-off", arguments))).startswith("There is no such event")


async def test_event_of_another_space_is_unknown_to_buttons(stage: Stage) -> None:
    public = await event(stage)
    await stage.call(CHECK_IN, event=public)
    columns = "community, platform, external, name, consent"
    await stage.do(f"INSERT INTO space ({columns}) SELECT community, platform, '701', name, consent FROM space")
    await stage.do("UPDATE convening SET space = (SELECT id FROM space WHERE external = '701')")

    assert said(await stage.act(Action("event-here", (public,)), ANN)).startswith("There is no such event")


async def test_team_checks_somebody_in_and_counts_heads(stage: Stage) -> None:
    public = await event(stage)
    answer = said(await stage.call(CHECK_IN, event=public, who=ANN))
    for heads in (41.0, 43.0):
        await stage.call("cairn-team event headcount", event=public, heads=heads)
    half = said(await stage.call("cairn-team event headcount", event=public, heads=0.5))

    assert answer == f"@{ANN.id} is checked in to Call."
    assert await stage.rows('SELECT kind, n FROM "count"') == [("headcount", 43)]
    assert half == "That is not a number."


async def test_event_that_is_called_off_says_so_once(stage: Stage) -> None:
    off = buttons(await stage.call(CREATE, **TODAY))["Call it off"]
    answers = [said(await stage.act(off)) for _ in range(2)]

    assert answers == ["Call is called off.", "There is no such event here. Please choose one that is suggested."]
    assert await stage.rows("SELECT count(*) FROM outbox") == [(2,)]


async def test_excluded_channel_and_role_hold_and_are_lifted(stage: Stage) -> None:
    await stage.call("cairn-team exclude channel", channel="77")
    await stage.call("cairn-team exclude role", role="12")
    await stage.desks.refresh()
    during = stage.desk.settings
    listed = await stage.call("cairn-team exclude list")
    for one in select(listed).choices:
        await stage.act(select(listed).action, chosen=[one.value])
    await stage.desks.refresh()

    assert not during.allows(Place("77", "help"))
    assert during.excluded_roles.has("12")
    assert stage.desk.settings.allows(Place("77", "help"))
    assert not stage.desk.settings.excluded_roles.has("12")


def test_exclusion_wins_over_a_file_that_lets_the_channel_in() -> None:
    settings = SpaceSettings(listed_in=Listed.of(["77"]))
    assert not OnTop(frozenset({"77"})).over(settings).allows(Place("77"))


async def test_excluded_person_is_left_out_until_they_are_let_in(stage: Stage) -> None:
    reply = await stage.call("cairn-team exclude person", who=ANN)
    await stage.wrote(ANN, 1)
    none = await stage.holding(Kind.MESSAGE)
    lift = select(reply)
    await stage.act(lift.action, chosen=[lift.choices[0].value])
    await stage.wrote(ANN, 2)

    assert none == 0
    assert await stage.holding(Kind.MESSAGE) == 1


async def test_own_word_outlives_the_teams(stage: Stage) -> None:
    reply = await stage.call("cairn-team exclude person", who=ANN)
    sql = "INSERT INTO left_out (community, handle, space, since) VALUES (:of, :handle, 0, 0)"
    await stage.do(sql, of=stage.community, handle=stage.keys.handle(ANN))
    await stage.act(select(reply).action, chosen=[select(reply).choices[0].value])
    await stage.wrote(ANN, 1)

    assert await stage.holding(Kind.MESSAGE) == 0


async def test_pause_holds_and_resume_lets_go(stage: Stage) -> None:
    refused = said(await stage.call("cairn-team pause"))
    paused = [said(await stage.call("cairn-team pause", HEAD)) for _ in range(2)]
    held = await stage.rows("SELECT count(*) FROM outgoing WHERE paused_at IS NOT NULL")
    resumed = [said(await stage.call("cairn-team resume", HEAD)) for _ in range(2)]

    assert refused == "This is for managers of this community."
    assert paused[0].startswith("Nothing goes out any more")
    assert paused[1].startswith("Everything is held already")
    assert held == [(1,)]
    assert resumed[0].startswith("The hold is over.")
    assert resumed[1] == "Nothing is held at the moment."
    assert await stage.audited() == ["held everything that goes out", "let messages go out again"]


async def test_jobs_are_listed_in_the_callers_language(stage: Stage) -> None:
    assert "next" in said(await stage.call("cairn-team jobs", HEAD))
    assert "als Nächstes" in said(await stage.in_german("cairn-team jobs", HEAD))


async def test_what_may_have_arrived_is_told_with_the_jobs(stage: Stage) -> None:
    """Where and when, not to whom; what was to stand beside an act is not worth a word."""
    assert "knows" not in said(await stage.call("cairn-team jobs", HEAD))
    columns = "community, space, key, purpose, way, member, channel, pings, posted_at, due, expires, state, reason"
    for key, way, channel in (("a", "channel", "77"), ("b", "dm", ""), ("c", "beside", "88"), ("d", "dm", "")):
        state, since = ("sent" if key == "d" else "unknown"), stage.now
        await stage.do(
            f"INSERT INTO outbox ({columns}, opens, message, settled_at) VALUES (1, 1, :key, 'question', :way, 5, "
            f":channel, FALSE, {since}, {since}, {since}, '{state}', 'not there', FALSE, '', {since})",
            key=key,
            way=way,
            channel=channel,
        )
    told = said(await stage.call("cairn-team jobs", HEAD))
    assert "nobody knows" in told
    assert told.count("a question") == 2
    assert "77" in told
    assert "88" not in told
    assert "niemand weiß" in said(await stage.in_german("cairn-team jobs", HEAD))

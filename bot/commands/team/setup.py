"""`/cairn-team setup`: three questions, a First look, and Go live when it is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from pydantic import ValidationError

from bot.chat.calling import Call
from bot.chat.speech import (
    Action,
    Asks,
    Bar,
    Bars,
    Block,
    Bold,
    Button,
    Choice,
    Controls,
    Field,
    Form,
    Heading,
    Moment,
    Paragraph,
    Reply,
    Style,
    Text,
)
from bot.commands.room import Room
from bot.commands.spec import Act, Command, Role
from bot.community.changing import change
from bot.community.fields import days_of
from bot.rules import read_rules, starters
from bot.storage import backfills, outgoing, teamwork
from bot.storage.backfills import Backfill
from bot.storage.turns import in_turn
from bot.teamwork.aside import aside
from bot.teamwork.given import Given
from bot.teamwork.looking import private_channel
from bot.teamwork.people import actor, did
from bot.teamwork.reporting import FirstLook, first_look, suggested
from bot.teamwork.unheard import unheard
from bot.teamwork.waiting import begun, looked
from bot.teamwork.works import Progress
from scoring.signals import DAY_MS, day_of

SET_UP, WENT_LIVE = "set Cairn up", "let messages go out"
_HISTORY = {"days": "90 days", "year": "12 months", "all": "all", "none": "off"}
_FORM, _LOOK, _LIVE = "setup-send", "setup-look", "setup-live"
_MOST_MONTHS = 12
_LOOK_SECONDS = 0.3
"""How often it is looked how far history is read, while a First look waits for it."""


async def run(call: Call, room: Room) -> Reply:  # noqa: ARG001 - all commands are called alike
    """Ask for the managers' role, a private channel, and how much history to read."""
    words = room.words
    choices = tuple(Choice(one, words.plain(f"setup.history.{one}")) for one in _HISTORY)
    fields = (
        Field("role", words.plain("setup.role"), Asks.ROLE, required=False, hint=words.plain("setup.role_hint")),
        Field("channel", words.plain("setup.channel"), Asks.CHANNEL, hint=words.plain("setup.channel_hint")),
        Field("history", words.plain("setup.how_much"), Asks.CHOICE, choices=choices),
    )
    return Reply(form=Form(words.plain("setup.form"), fields, Action(_FORM)))


async def _sent(call: Call, room: Room) -> Reply:
    """Put the answers in force, and take the First look."""
    given = Given(call, room)
    channel, history = given.place("channel"), given.among("history", tuple(_HISTORY))
    if not channel:
        raise given.wrong("channel", "team.missing")
    await private_channel(call, room, channel)
    wanted: dict[str, object] = {"backfill": _HISTORY[history]}
    if role := given.place("role"):
        wanted["roles"] = {"managers": [role]}
    try:
        async with in_turn(room.database, room.community) as connection:
            await change(connection, room.community, room.space, wanted)
            by = await actor(connection, room, call.caller.account)
            await teamwork.set_team_channel(connection, room.space, channel, (by, room.now))
            await did(connection, room, call, SET_UP, history=history)
    except (LookupError, ValidationError):
        return room.say("team.not_among")
    room.tools.changed()
    return await _look_at(call, room, days_of(_HISTORY[history]))


async def _look_at(call: Call, room: Room, days: int | None) -> Reply:
    """Take a First look, a moment later where history is still to be read (so many days of it; None: all)."""

    async def work(progress: Progress) -> Reply:
        past = await _history(room, days, progress)
        progress.at("begun")
        found = await aside(room.database, lambda own: first_look(own, room.community, room.now))
        async with room.database.read() as connection:
            live = (await outgoing.going(connection, room.community)).live_at is not None
        return Reply((*_told(room, found), *_reading(room, past, days), *_ways_on(room, live=live), *_seen(call, room)))

    return await begun(room, Action(_LOOK, (str(room.space),)), work)


async def _history(room: Room, days: int | None, progress: Progress) -> Backfill | None:
    """Wait until history is read, but not for ever; returns how far it is."""
    now = asyncio.get_running_loop().time
    end = now() + room.tools.patience
    while True:
        async with room.database.read() as connection:
            past = await backfills.get(connection, room.space)
        if _is_read(past, days) or now() >= end:
            return past
        if past is not None:
            progress.at("history", past.done, past.places)
        await asyncio.sleep(_LOOK_SECONDS)


def _is_read(past: Backfill | None, days: int | None) -> bool:
    """Whether nothing more of the history is to come: all that is wanted is read, or it was taken back."""
    if past is None or past.state == backfills.RUNNING:
        return days == 0
    wanted = 0 if days is None else max(day_of(past.until) - days, 0) * DAY_MS
    return past.state != backfills.DONE or past.since <= wanted


async def _look(call: Call, room: Room) -> Reply:
    """Tell of a look that goes on, or take a new one."""
    action = Action(_LOOK, (str(room.space),))
    if room.tools.works.goes_on((room.community, action.text)):
        return await looked(room, action)
    return await _look_at(call, room, room.settings.backfill_days)


def _told(room: Room, found: FirstLook) -> Iterator[Block]:
    words = room.words
    yield Heading(words.text("setup.look"))
    if found.months:
        most = max(n for _, n in found.months) or 1
        yield Paragraph(words.text("setup.writers"))
        yield Bars(tuple(_month(room, found, month, n, most) for month, n in found.months[-_MOST_MONTHS:]))
        yield from unheard(words, found.gaps)
    else:
        yield Paragraph(words.text("setup.nobody_yet"))
    yield Paragraph(_answered(room, found))
    yield from _mountain(room, found)


def _month(room: Room, found: FirstLook, month: str, n: int, most: int) -> Bar:
    if month not in found.incomplete:
        return Bar(month, n, most, str(n))
    return Bar(month, n, most, room.words.plain("unheard.bar", n=n), partial=True)


def _reading(room: Room, past: Backfill | None, days: int | None) -> Iterator[Block]:
    """Say how far history is read, where more of it is to come."""
    if _is_read(past, days):
        return
    if past is None or past.state != backfills.RUNNING or not past.places:
        yield Paragraph(room.words.text("setup.to_come"))
        return
    reached = Moment(day_of(past.reached) * DAY_MS, day=True) if past.reached else "-"
    yield Paragraph(room.words.text("setup.reading", done=past.done, of=past.places, reached=reached))


def _ways_on(room: Room, *, live: bool) -> Iterator[Block]:
    words = room.words
    look = Button(words.plain("setup.again"), Action(_LOOK, (str(room.space),)))
    go = () if live else (Button(words.plain("setup.live"), Action(_LIVE), Style.MAIN),)
    yield Paragraph(words.text("setup.is_live" if live else "setup.not_live"))
    yield Controls((look, *go))


def _seen(call: Call, room: Room) -> Iterator[Block]:
    """Say to whom the platform shows the team's commands, where it hides them from some of the team."""
    key = f"setup.seen.{call.caller.account.platform}"
    if room.words.has(key):
        yield Paragraph(room.words.text(key))


def _answered(room: Room, found: FirstLook) -> Text:
    share = found.answered.value
    if share is None:
        return room.words.text("setup.no_newcomers")
    percent, n = Bold(f"{round(share * 100)} %"), found.answered.denominator
    return room.words.text("setup.answered", percent=percent, answered=found.answered.numerator, n=n)


def _mountain(room: Room, found: FirstLook) -> Iterator[Block]:
    """Show who would stand where on the Mountain in force, and which starter may fit better."""
    words, report = room.words, found.report
    if report is not None and any(one.standing for one in report.findings.bands):
        mountain = report.mountain.in_language(words.tag)
        yield Heading(words.text("setup.mountain", name=Bold(mountain.name)))
        most = max(one.standing for one in report.findings.bands)
        bands = reversed(report.findings.bands)
        yield Bars(tuple(Bar(mountain.called(one.band), one.standing, most, str(one.standing)) for one in bands))
    starter = suggested(found.traits)
    if starter:
        title = Bold(_titled(starter, words.tag))
        yield Paragraph(words.text("setup.suggested", starter=title, why=words.plain(f"setup.why.{starter}")))
        yield Controls((Button(words.plain("setup.draft"), Action("rules-starter", (starter,))),))
    else:
        yield Paragraph(words.text("setup.keep"))


def _titled(starter: str, language: str) -> str:
    """Return what the rules of a starter are called."""
    return read_rules(starters()[starter]).in_language(language).name


async def _live(call: Call, room: Room) -> Reply:
    """Ask once more, then let messages go out."""
    sure = bool(call.action and call.action.arguments == ("yes",))
    if not sure:
        yes = Button(room.words.plain("setup.yes"), Action(_LIVE, ("yes",)), Style.MAIN)
        return room.say("setup.sure", Controls((yes,)))
    async with in_turn(room.database, room.community) as connection:
        there = await outgoing.going(connection, room.community)
        if there.live_at is None:
            await outgoing.go_live(connection, room.community, room.now)
            await did(connection, room, call, WENT_LIVE)
    return room.say("setup.is_live" if there.live_at is not None else "setup.went_live", *_seen(call, room))


COMMAND = Command(
    "cairn-team setup",
    run,
    Role.MANAGER,
    acts={
        "setup": Act(run, Role.MANAGER, opens_form=True),
        _FORM: Act(_sent, Role.MANAGER),
        _LOOK: Act(_look, Role.MANAGER),
        _LIVE: Act(_live, Role.MANAGER),
    },
    opens_form=True,
)

"""`/cairn-team programme`: who takes part in which programme, in which cohort and role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.chat.calling import Call
from bot.chat.speech import Asks, Block, Bold, Choice, Heading, Paragraph, Reply, Span, Table, Text, Who
from bot.commands.room import Room
from bot.commands.spec import Act, Asked, Command, Role
from bot.storage import programmes, recalling
from bot.storage.programmes import Part
from bot.storage.turns import in_turn
from bot.teamwork.given import NAME, Given, noon
from bot.teamwork.people import did, member_of, shown
from bot.teamwork.recording import refused, stored
from bot.teamwork.taking_part import taking_part
from scoring.signals import Account, Context, Signal

JOINED, LEFT = "added somebody to a programme", "took somebody from a programme"
_MOST_CHOICES, _MOST_SHOWN = 25, 40


def _signal(call: Call, room: Room, who: Account, day: int) -> Signal:
    given = Given(call, room)
    context = Context(programme=given.needed("programme"), cohort=given.text("cohort"), role=given.text("role"))
    return taking_part(who, context, noon(day, room.now), room.now)


async def add(call: Call, room: Room) -> Reply:
    """Put down that somebody takes part, from a day on."""
    given = Given(call, room)
    who = given.person()
    signal = _signal(call, room, who, given.day())
    receipt = await room.record([signal])
    if not stored(receipt):
        return refused(room, receipt)
    await _put_down(call, room, who, JOINED)
    return room.say("programme.added", who=Who(who), what=_called(signal.context))


async def remove(call: Call, room: Room) -> Reply:
    """Take back that somebody takes part, where the team had put it down."""
    who = Given(call, room).person()
    await member_of(room, who)
    signal = _signal(call, room, who, room.today)
    async with room.database.read() as connection:
        there = await recalling.held(connection, room.keys, room.community, (signal.key_day, signal.key))
    if not any(one.who[:3] == who[:3] and one.counts for one in there):
        return room.say("programme.not_there", who=Who(who), what=_called(signal.context))
    await room.record([signal._replace(retracted=True)])
    await _put_down(call, room, who, LEFT)
    return room.say("programme.removed", who=Who(who), what=_called(signal.context))


async def _put_down(call: Call, room: Room, who: Account, what: str) -> None:
    known = await room.known(who)
    async with in_turn(room.database, room.community) as connection:
        await did(connection, room, call, what, known.member if known else None)


def _called(one: Context) -> Bold:
    return Bold(", ".join(filter(None, (one.programme, one.cohort, one.role))))


async def show(call: Call, room: Room) -> Reply:
    """Show who takes part in a programme, or which programmes there are."""
    wanted = Given(call, room).text("programme")
    async with room.database.read() as connection:
        names = await programmes.names(connection, room.community)
        found = next((one for one in names if one.casefold() == wanted.casefold()), None)
        parts = await programmes.parts(connection, room.community, found) if found else []
        people = {who for one in parts for who in one.members}
        pages = await programmes.pages_among(connection, room.community, people)
    if not names:
        return room.say("programme.none")
    if found is None:
        head = (room.words.plain("programme.head.name"), room.words.plain("programme.head.people"))
        rows = tuple((name, str(n)) for name, n in names.items())
        return room.say("programme.all", Table(head, rows[:_MOST_SHOWN], frozenset({1})))
    return Reply(tuple(_shown(call, room, parts, pages)))


def _shown(call: Call, room: Room, parts: list[Part], pages: dict[int, list[bytes]]) -> Iterator[Block]:
    """Name those who have a page, and count the others."""
    for one in parts[:_MOST_SHOWN]:
        title = ", ".join(filter(None, (one.cohort, one.role))) or room.words.plain("programme.no_role")
        yield Heading((title, f" ({len(one.members)})"))
        named = [who for who in one.members if who in pages][:_MOST_SHOWN]
        text: Text = ()
        for who in named:
            person: Span = shown(room, call, pages[who])
            text += ((", ",) if text else ()) + (person,)
        more = len(one.members) - len(named)
        if more:
            text += ((" ",) if text else ()) + room.words.text("programme.others", n=more)
        yield Paragraph(text)


async def _suggested(column: str, typed: str, room: Room) -> Sequence[str]:
    async with room.database.read() as connection:
        there = await programmes.said(connection, room.community, column)
    return [one for one in there if typed.casefold().strip() in one.casefold()][:_MOST_CHOICES]


async def _programmes(typed: str, room: Room) -> Sequence[Choice]:
    return _choices(await _suggested("programme", typed, room))


async def _cohorts(typed: str, room: Room) -> Sequence[Choice]:
    return _choices(await _suggested("cohort", typed, room))


async def _roles(typed: str, room: Room) -> Sequence[Choice]:
    return _choices(await _suggested("role", typed, room))


def _choices(found: Sequence[str]) -> list[Choice]:
    return [Choice(one, one) for one in found if len(one) <= NAME]


_WHO = Asked("who", Asks.PERSON, required=True)
_WHAT = (
    Asked("programme", required=True, suggest=_programmes),
    Asked("role", suggest=_roles),
    Asked("cohort", suggest=_cohorts),
)
COMMANDS = (
    Command("cairn-team programme add", add, Role.MODERATOR, (_WHO, *_WHAT, Asked("date", Asks.DAY))),
    Command("cairn-team programme remove", remove, Role.MODERATOR, (_WHO, *_WHAT)),
    Command(
        "cairn-team programme show",
        show,
        Role.MODERATOR,
        (Asked("programme", suggest=_programmes),),
        {"programme-show": Act(show, Role.MODERATOR)},
    ),
)

"""`/cairn-team chapter`: local chapters and teams, and who belongs to them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.calling import Call
from bot.chat.speech import (
    Action,
    Asks,
    Bold,
    Button,
    Choice,
    Controls,
    Paragraph,
    Reply,
    Span,
    Style,
    Table,
    Text,
    Who,
)
from bot.commands.room import Room
from bot.commands.spec import Act, Asked, Command, Role
from bot.storage import chapters, programmes
from bot.storage.chapters import Chapter
from bot.storage.turns import in_turn
from bot.teamwork.given import NAME, Given
from bot.teamwork.people import actor, did, member_of, shown

MADE, CLOSED, ADDED, REMOVED = "made a chapter", "closed a chapter", "added to a chapter", "took from a chapter"
_MOST_CHOICES, _MOST_SHOWN = 25, 50


async def create(call: Call, room: Room) -> Reply:
    """Make a chapter."""
    given = Given(call, room)
    name, place = given.needed("name"), given.text("place")
    async with in_turn(room.database, room.community) as connection:
        by = await actor(connection, room, call.caller.account)
        made = await chapters.create(connection, room.community, name, place, (by, room.now))
        if made is not None:
            await did(connection, room, call, MADE, chapter=made.id)
    return room.say("chapter.made" if made else "chapter.there", name=Bold(name))


async def add(call: Call, room: Room) -> Reply:
    """Let somebody belong to a chapter from today on."""
    one, who, member = await _meant(call, room)
    async with in_turn(room.database, room.community) as connection:
        new = await chapters.add(connection, room.community, one.id, member, room.today)
        if new:
            await did(connection, room, call, ADDED, member, chapter=one.id)
    return room.say("chapter.added" if new else "chapter.belongs", who=who, name=Bold(one.name))


async def remove(call: Call, room: Room) -> Reply:
    """Let somebody no longer belong to a chapter."""
    one, who, member = await _meant(call, room)
    async with in_turn(room.database, room.community) as connection:
        gone = await chapters.remove(connection, room.community, one.id, member, room.today)
        if gone:
            await did(connection, room, call, REMOVED, member, chapter=one.id)
    return room.say("chapter.removed" if gone else "chapter.no_member", who=who, name=Bold(one.name))


async def _meant(call: Call, room: Room) -> tuple[Chapter, Who, int]:
    given = Given(call, room)
    who = given.person()
    return await _chapter(room, given), Who(who), await member_of(room, who)


async def _chapter(room: Room, given: Given) -> Chapter:
    async with room.database.read() as connection:
        found = await chapters.find(connection, room.community, given.needed("chapter"))
    if found is None:
        raise given.wrong("chapter", "chapter.unknown")
    return found


async def list_(call: Call, room: Room) -> Reply:
    """List the chapters, or who belongs to one."""
    given = Given(call, room)
    if given.text("chapter"):
        return await _one(call, room, await _chapter(room, given))
    async with room.database.read() as connection:
        there = await chapters.everyone(connection, room.community)
    if not there:
        return room.say("chapter.none")
    head = tuple(room.words.plain(f"chapter.head.{one}") for one in ("name", "place", "members"))
    rows = tuple((one.name, one.place, str(one.members)) for one in there[:_MOST_SHOWN])
    return room.say("chapter.all", Table(head, rows, frozenset({2})))


async def _one(call: Call, room: Room, one: Chapter) -> Reply:
    """Name the members who have a page, and count the others."""
    async with room.database.read() as connection:
        members = await chapters.members(connection, room.community, one.id)
        pages = await programmes.pages_among(connection, room.community, members)
    named = [who for who in members if who in pages][:_MOST_SHOWN]
    text: Text = ()
    for who in named:
        person: Span = shown(room, call, pages[who])
        text += ((", ",) if text else ()) + (person,)
    if more := len(members) - len(named):
        text += ((" ",) if text else ()) + room.words.text("programme.others", n=more)
    close = Button(room.words.plain("chapter.close"), Action("chapter-close", (str(one.id),)), Style.DANGER)
    return room.say("chapter.one", Paragraph(text), Controls((close,)), name=Bold(one.name), n=len(members))


async def _close(call: Call, room: Room) -> Reply:
    """Let a chapter end; who belonged to it stays put down."""
    wanted = call.action.arguments if call.action else ()
    async with in_turn(room.database, room.community) as connection:
        there = await chapters.find(connection, room.community, wanted[0]) if len(wanted) == 1 else None
        done = there is not None and await chapters.close(connection, room.community, there.id, room.now)
        if there is not None and done:
            await did(connection, room, call, CLOSED, chapter=there.id)
    return room.say("chapter.closed" if done else "chapter.unknown")


async def _suggest(typed: str, room: Room) -> Sequence[Choice]:
    async with room.database.read() as connection:
        there = await chapters.everyone(connection, room.community)
    fits = [one for one in there if typed.casefold().strip() in one.name.casefold()]
    return [Choice(str(one.id), one.name[:NAME]) for one in fits[:_MOST_CHOICES]]


_WHO, _WHICH = Asked("who", Asks.PERSON, required=True), Asked("chapter", required=True, suggest=_suggest)
COMMANDS = (
    Command("cairn-team chapter create", create, Role.MODERATOR, (Asked("name", required=True), Asked("place"))),
    Command("cairn-team chapter add", add, Role.MODERATOR, (_WHO, _WHICH)),
    Command("cairn-team chapter remove", remove, Role.MODERATOR, (_WHO, _WHICH)),
    Command(
        "cairn-team chapter list",
        list_,
        Role.MODERATOR,
        (Asked("chapter", suggest=_suggest),),
        {"chapter-list": Act(list_, Role.MODERATOR), "chapter-close": Act(_close, Role.MODERATOR)},
    ),
)

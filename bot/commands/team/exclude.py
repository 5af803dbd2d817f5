"""`/cairn-team exclude`: channels, roles and people that do not count, on top of the community file."""

from __future__ import annotations

from bot.chat.calling import Call
from bot.chat.speech import Action, Asks, Block, Channel, Choice, Controls, Paragraph, Reply, RoleTag, Select, Span, Who
from bot.commands.room import Room
from bot.commands.spec import Act, Asked, Command, Role
from bot.storage import accounts, exclusions
from bot.storage.exclusions import CHANNEL, PERSON, ROLE, Excluded
from bot.storage.turns import in_turn
from bot.teamwork.given import Given
from bot.teamwork.looking import may_leave_out_person, may_leave_out_role
from bot.teamwork.people import actor, did, shown
from scoring.signals import date_of, day_of

LEFT_OUT, LET_IN = "left something out", "let something count again"
_MOST = 25
_LETTERS = {CHANNEL: "c", ROLE: "r", PERSON: "p"}


async def channel(call: Call, room: Room) -> Reply:
    """Leave a channel out."""
    which = Given(call, room).place("channel")
    return await _exclude(call, room, CHANNEL, which, Channel(which))


async def role(call: Call, room: Room) -> Reply:
    """Leave the people with a role out; not a role of managers, unless by a manager."""
    given = Given(call, room)
    which = given.place("role")
    if which and not await may_leave_out_role(call, room, which):
        raise given.wrong("role", "team.not_below")
    return await _exclude(call, room, ROLE, which, RoleTag(which))


async def person(call: Call, room: Room) -> Reply:
    """Leave a person out; not a manager, unless by a manager."""
    given = Given(call, room)
    who = given.person()
    if not await may_leave_out_person(call, room, who):
        raise given.wrong("who", "team.not_below")
    return await _exclude(call, room, PERSON, room.keys.handle(who), Who(who))


async def _exclude(call: Call, room: Room, what: str, which: str, said: Span) -> Reply:
    if not which:
        raise Given(call, room).wrong(what, "team.missing")
    about = await _member(room, which) if what == PERSON else None
    async with in_turn(room.database, room.community) as connection:
        by = await actor(connection, room, call.caller.account)
        of = room.community, room.space
        new = await exclusions.exclude(connection, of, what, which, (by, room.now))
        if new:
            await did(connection, room, call, LEFT_OUT, about, sort=what)
    room.tools.changed()
    lift = Controls((_list([Excluded(what, which, room.now)], room),))
    return room.say(f"exclude.{what}.done" if new else "exclude.there", lift, what=said)


async def _member(room: Room, handle: str) -> int | None:
    async with room.database.read() as connection:
        known = await accounts.find(connection, room.community, [handle])
    return known[handle].member if handle in known else None


async def list_(call: Call, room: Room) -> Reply:
    """List what the team leaves out, to let it count again."""
    async with room.database.read() as connection:
        found = (await exclusions.of_space(connection, room.community, room.space))[-_MOST:]
    if not found:
        return room.say("exclude.none")
    blocks: list[Block] = []
    for n, one in enumerate(found, 1):
        who = await _shown(call, room, one)
        day = date_of(day_of(one.at)).isoformat()
        blocks.append(Paragraph(room.words.text(f"exclude.{one.what}.line", number=str(n), what=who, day=day)))
    return room.say("exclude.all", *blocks, Controls((_list(found, room),)))


async def _shown(call: Call, room: Room, one: Excluded) -> Span:
    if one.what == CHANNEL:
        return Channel(one.which)
    if one.what == ROLE:
        return RoleTag(one.which)
    async with room.database.read() as connection:
        sealed = await exclusions.sealed_of(connection, room.community, one.which)
    return shown(room, call, [sealed]) if sealed else room.words.plain("exclude.unknown")


def _list(found: list[Excluded], room: Room) -> Select:
    choices = tuple(
        Choice(f"{_LETTERS[one.what]}{one.which}", room.words.plain(f"exclude.{one.what}.lift", number=str(n)))
        for n, one in enumerate(found, 1)
    )
    return Select(Action("exclude-lift"), choices, room.words.plain("exclude.lift"))


async def _lift(call: Call, room: Room) -> Reply:
    chosen = next(iter(call.chosen), "")
    what = next((one for one, letter in _LETTERS.items() if chosen.startswith(letter)), CHANNEL)
    which = chosen[1:]
    async with in_turn(room.database, room.community) as connection:
        gone = await exclusions.lift(connection, (room.community, room.space), what, which)
        if gone:
            await did(connection, room, call, LET_IN, sort=what)
    room.tools.changed()
    return room.say("exclude.lifted" if gone else "team.gone")


COMMANDS = (
    Command("cairn-team exclude channel", channel, Role.MODERATOR, (Asked("channel", Asks.CHANNEL, required=True),)),
    Command("cairn-team exclude role", role, Role.MODERATOR, (Asked("role", Asks.ROLE, required=True),)),
    Command("cairn-team exclude person", person, Role.MODERATOR, (Asked("who", Asks.PERSON, required=True),)),
    Command(
        "cairn-team exclude list",
        list_,
        Role.MODERATOR,
        acts={"exclude-list": Act(list_, Role.MODERATOR), "exclude-lift": Act(_lift, Role.MODERATOR)},
    ),
)

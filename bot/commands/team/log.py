"""`/cairn-team log`: an engagement that somebody of the team saw, or hours or a grant given to somebody."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.calling import Call, Menu
from bot.chat.speech import Action, Asks, Bold, Choice, Field, Form, Moment, Reply, Who
from bot.commands.room import Room
from bot.commands.spec import Act, Asked, Command, Role
from bot.rules import ruling
from bot.storage import teamwork
from bot.storage.teamwork import GRANT, HOURS, HUNDREDTHS, Investment, Logged
from bot.storage.turns import in_turn
from bot.teamwork.given import Given, noon
from bot.teamwork.loggable import loggable
from bot.teamwork.people import actor, brought, carried, did
from bot.teamwork.recording import refused, stored
from scoring.signals import DAY_MS, Account, Signal, date_of

LOGGED, INVESTED = "logged an engagement", "logged an investment"
"""What stands in the audit log."""
_MOST_AMOUNT = 10_000_000
_MOST_CHOICES = 25
_LONGEST_LABEL = 80


async def run(call: Call, room: Room) -> Reply:
    """Log what was given; ask for it where the command came from a context menu."""
    if call.aim.person is not None:
        return await _ask(call, room, call.aim.person)
    return await _log(call, room, Given(call, room).person())


async def _ask(call: Call, room: Room, who: Account) -> Reply:
    if who.bot:
        return room.say("team.machine")
    day = date_of(min(call.aim.at // DAY_MS, room.today) if call.aim.at else room.today).isoformat()
    words = room.words
    fields = (
        Field("what", words.plain("log.option.what"), Asks.CHOICE, choices=tuple(await _choices("", room))),
        Field("date", words.plain("log.option.date"), Asks.DAY, value=day),
        Field("amount", words.plain("log.option.amount"), Asks.NUMBER, required=False, longest=12),
    )
    return Reply(form=Form(words.plain("log.form"), fields, Action("log-send", carried(room, who))))


async def _sent(call: Call, room: Room) -> Reply:
    arguments = call.action.arguments if call.action else ()
    return await _log(call, room, brought(room, call, arguments))


async def _log(call: Call, room: Room, who: Account) -> Reply:
    given = Given(call, room)
    what, day = given.chosen("what") or next(iter(call.chosen), ""), given.day()
    if what in (HOURS, GRANT):
        return await _invest(call, room, who, what)
    async with room.database.read() as connection:
        types = loggable((await ruling.in_force(connection, room.community)).mountain.in_language(room.words.tag))
    if what not in types:
        raise given.wrong("what", "log.no_type")
    one, kind, context = types[what]
    at = noon(day, room.now)
    signal = Signal(kind, f"t:{one.name}", day, at, who, room.now, context, key_person=who)
    receipt = await room.record([signal])
    if not stored(receipt):
        return refused(room, receipt)
    return await _put_down(call, room, signal, one.title)


async def _put_down(call: Call, room: Room, signal: Signal, title: str) -> Reply:
    who = signal.account
    known = await room.known(who) if who is not None else None
    if who is None or known is None:  # they were forgotten in this very moment
        return room.say("common.nobody_known")
    key, kind = f"{signal.key}/{room.keys.handle(who)}", signal.key.partition(":")[2]
    async with in_turn(room.database, room.community) as connection:
        # Of two who log the same, the second finds the first one's row.
        by = await actor(connection, room, call.caller.account)
        row = Logged(0, room.space, signal.key_day, key, kind, signal.key_day, known.member, by, room.now)
        number = await teamwork.log(connection, room.community, row)
        await did(connection, room, call, LOGGED, known.member, type=kind, day=signal.key_day, number=number)
    day = Moment(signal.key_day * DAY_MS, day=True)
    return room.say("log.done", who=Who(who), what=Bold(title), day=day)


async def _invest(call: Call, room: Room, who: Account, what: str) -> Reply:
    given = Given(call, room)
    amount, day = given.number("amount", _MOST_AMOUNT), given.day()
    if not amount:
        raise given.wrong("amount", "log.no_amount")
    known = await room.known(who)
    if known is None or known.bot:
        raise given.wrong("who", "common.nobody_known")
    worth = round(amount * HUNDREDTHS)
    async with in_turn(room.database, room.community) as connection:
        by = await actor(connection, room, call.caller.account)
        row = Investment(0, known.member, day, what, worth, by, room.now)
        number = await teamwork.invest(connection, room.community, row)
        await did(connection, room, call, INVESTED, known.member, kind=what, day=day, number=number)
    when = Moment(day * DAY_MS, day=True)
    return room.say(f"log.invested.{what}", who=Who(who), amount=f"{amount:g}", day=when)


async def _choices(typed: str, room: Room) -> Sequence[Choice]:
    """Return what can be logged, by what was typed so far."""
    async with room.database.read() as connection:
        types = loggable((await ruling.in_force(connection, room.community)).mountain.in_language(room.words.tag))
    wanted = typed.casefold().strip()
    found = [Choice(name, one.title[:_LONGEST_LABEL]) for name, (one, _, _) in types.items()]
    given = [Choice(one, room.words.plain(f"log.invest.{one}")) for one in (HOURS, GRANT)]
    fits = [one for one in found if wanted in one.value.casefold() or wanted in one.label.casefold()]
    more = [one for one in given if wanted in one.label.casefold()]
    return [*fits[: _MOST_CHOICES - len(more)], *more]


COMMAND = Command(
    "cairn-team log",
    run,
    Role.MODERATOR,
    (
        Asked("who", Asks.PERSON, required=True),
        Asked("what", required=True, suggest=_choices),
        Asked("date", Asks.DAY),
        Asked("amount", Asks.NUMBER),
    ),
    {"log-send": Act(_sent, Role.MODERATOR)},
    (Menu.PERSON, Menu.MESSAGE),
    opens_form=True,
)

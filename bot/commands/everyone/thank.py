"""`/cairn thank`: recognition. The person is told privately, and it counts as the rules say; never one's own."""

from __future__ import annotations

from bot.chat.calling import Call, Menu
from bot.chat.speech import Action, Asks, Button, Controls, Paragraph, Reply, Who
from bot.commands.mine import standing
from bot.commands.room import Room
from bot.commands.spec import Asked, Command
from bot.errors import WrongError
from bot.gate import Purpose
from bot.language import Words
from bot.sending import outbox
from bot.sending.outbox import Letter
from bot.storage import contacts, ledger, speaking
from bot.storage.turns import in_turn
from scoring.signals import DAY_MS, NOWHERE, Account, Context, Kind, Signal, day_of

MOST_A_DAY = 10
"""How many thanks of one person are taken on a day: thanks are worth something because they are few."""
KEPT_DAYS = 90
"""How long a private thank-you waits for its reader."""


async def run(call: Call, room: Room) -> Reply:
    """Thank a person, for a message of theirs or just so."""
    given = call.given.get("person")
    whom = call.aim.person or (given if isinstance(given, Account) else None)
    there = await standing(call, room)
    if there.out:
        return room.say("thank.left_out")
    if whom is None:
        raise _wrong(room, "nobody")
    known = await room.known(whom)
    if whom.bot or (known is not None and known.bot):
        raise _wrong(room, "machine")
    if whom[:3] == call.caller.account[:3] or (known is not None and known.member == there.member):
        raise _wrong(room, "yourself")
    return await _thank(call, room, whom)


def _wrong(room: Room, key: str) -> WrongError:
    """Return that the person who was chosen cannot be thanked."""
    return WrongError(room.words.plain(f"thank.{key}"), "person")


async def _thank(call: Call, room: Room, whom: Account) -> Reply:
    signal = _signal(call, room, whom)
    mine = await room.known(call.caller.account)
    async with room.database.read() as connection:
        n = await ledger.done_on(connection, room.community, mine.id, Kind.THANKS, room.today) if mine else 0
    if n >= MOST_A_DAY:
        return room.say("thank.enough", n=MOST_A_DAY)
    receipt = await room.record([signal])
    if receipt.dropped["no consent yet"] and await room.known(call.caller.account) is None:
        make = Button(room.words.plain("me.button.make"), Action("page-make"))
        return room.say("thank.no_consent", Controls((make,)))
    if receipt.known or sum(receipt.again.values()):
        return room.say("thank.again", who=Who(whom))
    await _tell(call, room, signal)
    return room.say("thank.done", who=Who(whom))


def _signal(call: Call, room: Room, whom: Account) -> Signal:
    """Return the signal: of one person to another for one message, or else on one day, there is but one."""
    who, message, at = call.caller.account, call.aim.message, call.aim.at
    place = call.aim.place
    if message and not room.settings.listed_out.has(place):
        key, day, context = f"{message}/thank", day_of(at), Context(place=place)
        return Signal(Kind.THANKS, key, day, room.now, who, room.now, context, who, message, day, whom)
    key = f"c:{room.keys.passing(who, f'thank {room.today}')}/thank"
    return Signal(Kind.THANKS, key, room.today, room.now, who, room.now, NOWHERE, whom, target=whom)


async def _tell(call: Call, room: Room, signal: Signal) -> None:
    """Let the thanked person read of it beside the answer to what they next ask for; nobody is written to."""
    there = await room.known(signal.target) if signal.target else None
    mine = await room.known(call.caller.account)
    if there is None or mine is None:
        return
    async with room.database.read() as connection:
        own = await speaking.languages(connection, room.community, [there.member])
    words = Words(own.get(there.member, room.settings.language))
    told = (Paragraph(words.text("thank.letter", who=Who(call.caller.account))),)
    key = f"thanks:{room.today}:{there.member}{contacts.OF}{mine.member}"
    until = room.now + KEPT_DAYS * DAY_MS
    letter = Letter(
        room.community, room.space, key, Purpose.ANSWER, told, member=there.member, due=room.now, expires=until,
        line=True,
    )  # fmt: skip
    async with in_turn(room.database, room.community) as connection:
        await outbox.post(connection, letter, room.keys)


COMMAND = Command(
    "cairn thank",
    run,
    options=(Asked("person", Asks.PERSON, required=True),),
    menus=(Menu.PERSON, Menu.MESSAGE),
)
